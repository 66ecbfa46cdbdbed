/**
 * The git user and password of CodeCommit, made from AWS credentials.
 *
 * The user is the access key id, with `%` and the session token if there is one. The password is the time, `Z`, and the hexadecimal
 * SigV4 signature (service `codecommit`) over the canonical request
 *
 *     GIT\n{path}\n\nhost:{host}\n\nhost\n
 *
 * whose time stamp, unlike any other SigV4 signature's, has no `Z`. No library has this form; the AWS CLI's `codecommit
 * credential-helper` is the reference. https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-https-unixes.html
 */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignedCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Signs for one repository; CodeCommit accepts the password for 15 minutes.
 * @param url of the repository; its port is not signed
 * @param nowMs epoch milliseconds
 */
export function gitCredentials(
  url: string,
  region: string,
  credentials: AwsCredentials,
  nowMs: number,
): SignedCredentials {
  // Loaded for CodeCommit alone: a start without it is a tenth shorter.
  const { createHash, createHmac } = process.getBuiltinModule('node:crypto');
  const { hostname, pathname } = new URL(url);
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d+Z$/g, '');
  const date = time.slice(0, 8);
  const canonical = `GIT\n${pathname}\n\nhost:${hostname}\n\nhost\n`;
  const scope = `${date}/${region}/codecommit/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`;
  const key = [date, region, 'codecommit', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${credentials.secretAccessKey}`,
  );
  const { accessKeyId, sessionToken } = credentials;
  return {
    username: sessionToken ? `${accessKeyId}%${sessionToken}` : accessKeyId,
    password: `${time}Z${createHmac('sha256', key).update(toSign).digest('hex')}`,
  };
}
