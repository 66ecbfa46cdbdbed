/**
 * AWS credentials as the AWS CLI finds them, and where there are none, why: one sentence with what to do, and nothing secret in it.
 *
 * The SDK's chain tries one source after the other and reports the last one alone; what the earlier ones said goes to its logger.
 */
import { MirrorRefused } from '../errors.ts';
import { explainCredentials } from './explain-credentials.ts';
import type { AwsCredentials } from './sign.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Keys of the environment come first in the chain anyway, and without the rest of it the process stays small.
 * @returns what may be asked again and again: it is renewed when it expires. @throws MirrorRefused (when asked) if there are none
 */
export function awsCredentials(
  environment: Environment,
  { region, profile }: { readonly region: string; readonly profile?: string | undefined },
): () => Promise<AwsCredentials> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE } = environment;
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY && !profile && !AWS_PROFILE) {
    const keys = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    return async () => checkKeys({ ...keys, ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }) });
  }
  let provider: (() => Promise<AwsCredentials>) | undefined;
  let said: string[] = [];
  const ignore = () => {};
  const debug = (words: unknown) => said.push(String(words));
  const logger = { debug, trace: ignore, info: ignore, warn: ignore, error: ignore };
  return async () => {
    said = [];
    try {
      if (provider === undefined) {
        const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
        provider = defaultProvider({ logger, parentClientConfig: { region }, ...(profile && { profile }) });
      }
      return checkKeys(await provider());
    } catch (error) {
      if (error instanceof MirrorRefused) throw error;
      const asked = profile ?? (AWS_PROFILE || undefined);
      throw new MirrorRefused(
        explainCredentials(error as Error, said, { region, profile: asked, environment }),
        'access',
      );
    }
  };
}

/** They go into a header: a line end that came along with a copied key would be refused there, in words that nobody understands. */
function checkKeys(credentials: AwsCredentials): AwsCredentials {
  const { accessKeyId, secretAccessKey, sessionToken = 'x' } = credentials;
  if ([accessKeyId, secretAccessKey, sessionToken].every((key) => /^[\x21-\x7e]+$/.test(key))) return credentials;
  throw new MirrorRefused(
    'the AWS credentials have a blank, a line end or an odd character in them: copy access key, secret key and session token anew',
    'access',
  );
}
