/**
 * The credentials of a source, where they rest in AWS: an object in S3, which the free gateway endpoint reaches, or a secret in Secrets
 * Manager, whose endpoint is paid. Read just before the mirror, so that what is overwritten there counts from the next task on.
 *
 * Messages name the host and the place, never anything of the content.
 */
import type { Auth } from '@hourglass/relay';
import { z } from 'zod';
import { type CredentialsPlace, namePlace } from './source-networks.ts';

/** What an SDK client may be given besides what it finds in the environment. */
export type ClientSettings = Record<string, unknown>;

/** There are no credentials to use; the message says of which host, where they should be, and what is wrong. */
export class CredentialsUnusable extends Error {
  override readonly name = 'CredentialsUnusable';
}

/** An RSA key of 4,096 bits takes 3.4 KB. */
const MAX_BYTES = 16_384;

const name = z.string().regex(/^[^:\p{Cc}]+$/u, 'username must be text without colon, line end and control characters');
const word = z.string().regex(/^[^\p{Cc}]+$/u, 'password must be text without line end and control characters');
const token = z.string().regex(/^[\x21-\x7e]+$/, 'token must be text without blanks and line ends');
const key = z
  .string()
  .regex(
    /^-----BEGIN (?:OPENSSH |RSA |EC |DSA )?PRIVATE KEY-----\n(?!Proc-Type:)[\s\S]+\n-----END [A-Z ]*PRIVATE KEY-----\n*$/,
    'privateKey must be an OpenSSH or PEM private key without passphrase, line ends included',
  );
/** By the member that says which it is. */
const FORMS = {
  privateKey: z.strictObject({ privateKey: key }, 'privateKey must be the only member, a text'),
  token: z.strictObject({ token }, 'token must be the only member, a text'),
  password: z.strictObject({ username: name, password: word }, 'username and password must be the only members, texts'),
} satisfies Record<string, z.ZodType<Auth>>;

/**
 * Reads the credentials of a host.
 * @param settings for the SDK's client; the environment is enough in a task
 * @throws CredentialsUnusable; the signal's reason
 */
export async function readCredentials(
  host: string,
  place: CredentialsPlace,
  signal: AbortSignal,
  settings: ClientSettings = {},
): Promise<Auth> {
  const refuse = (why: string) => new CredentialsUnusable(`the credentials of ${host}, ${namePlace(place)}, ${why}`);
  let text: string | undefined;
  try {
    // As for the table: each try is short, and there are some, since endpoints are young here.
    const timeouts = { connectionTimeout: 3000, requestTimeout: 8000 };
    text = await ('secretArn' in place ? readSecret : readObject)(place as never, signal, {
      maxAttempts: 6,
      requestHandler: timeouts,
      ...settings,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw refuse(explain(error as Error));
  }
  if (text === undefined) throw refuse(`are no text of at most ${MAX_BYTES} bytes`);
  return parse(text, refuse);
}

async function readObject(place: { bucket: string; key: string }, abortSignal: AbortSignal, settings: ClientSettings) {
  const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3');
  const client = new S3Client(settings);
  try {
    const found = await client.send(new GetObjectCommand({ Bucket: place.bucket, Key: place.key }), { abortSignal });
    if (found.ContentLength === undefined || found.ContentLength > MAX_BYTES) return undefined;
    return await found.Body?.transformToString();
  } finally {
    // Also of an object that is left unread.
    client.destroy();
  }
}

async function readSecret(place: { secretArn: string }, abortSignal: AbortSignal, settings: ClientSettings) {
  const { SecretsManagerClient, GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(settings);
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: place.secretArn }), {
      abortSignal,
    });
    return SecretString === undefined || SecretString.length > MAX_BYTES ? undefined : SecretString;
  } finally {
    client.destroy();
  }
}

function explain({ name, message }: Error): string {
  if (name === 'PermanentRedirect') return 'lie in another Region: a gateway endpoint leads to the buckets of its own';
  // Who may not list a bucket, as a task may not, is denied where there is no such object, too.
  if (/s3:ListBucket/.test(message)) return 'are not there';
  if (name === 'AccessDenied') return `are not there, or the task's role may not read them: ${message}`;
  return `cannot be read: ${message || name}`;
}

function parse(text: string, refuse: (why: string) => CredentialsUnusable): Auth {
  const content = parseJson(text);
  const form = (['privateKey', 'token', 'password'] as const).find((member) => Object.hasOwn(content, member));
  if (form === undefined) {
    throw refuse('must be JSON: {"username", "password"} or {"token"} for http(s), {"privateKey"} for ssh');
  }
  const parsed = FORMS[form].safeParse(content);
  if (parsed.success) return parsed.data;
  throw refuse(`are malformed: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
}

/** The parser's own message would show some of the text. */
function parseJson(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
