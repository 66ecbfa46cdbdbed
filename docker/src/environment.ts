/** What a child process of the task may know: named variables only, so that a secret of the task's own does not leak into a command. */

type Environment = Readonly<Record<string, string | undefined>>;

const ALWAYS = [
  'PATH',
  'TZ',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
];
/** All by which an AWS SDK or the AWS CLI finds region, credentials and endpoints. */
const AWS = /^(AWS_[A-Z0-9_]+|ECS_CONTAINER_METADATA_URI(_V4)?)$/;

/**
 * The environment of a child that has `home` as its home and its temporary folder.
 * @param withAws whether it gets the way to the task role's credentials
 */
export function childEnvironment(own: Environment, home: string, withAws: boolean): Record<string, string> {
  const given: Record<string, string> = { HOME: home, TMPDIR: home, LANG: 'C', LC_ALL: 'C', AWS_PAGER: '' };
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && (ALWAYS.includes(name) || (withAws && AWS.test(name)))) given[name] = value;
  }
  return given;
}
