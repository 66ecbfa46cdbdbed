/** The credentials of the two sides, from files and the environment: what stands in arguments can be read by everybody on the machine. */
import { readFileSync } from 'node:fs';
import type { Auth } from '@hourglass/relay';
import { UsageError } from '../errors.ts';

export interface CredentialOptions {
  readonly sourceUser?: string;
  readonly sourcePasswordFile?: string;
  readonly sourceTokenFile?: string;
  readonly destinationUser?: string;
  readonly destinationPasswordFile?: string;
  readonly destinationTokenFile?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What is given as an option goes before what stands in the environment. @throws UsageError, without a secret in it */
export function readCredentials(
  options: CredentialOptions,
  environment: Environment,
): { readonly source?: Auth; readonly destination?: Auth } {
  const source = readSide(
    'source',
    options.sourceUser,
    options.sourcePasswordFile,
    options.sourceTokenFile,
    environment,
  );
  const { destinationUser, destinationPasswordFile, destinationTokenFile } = options;
  const destination = readSide(
    'destination',
    destinationUser,
    destinationPasswordFile,
    destinationTokenFile,
    environment,
  );
  return { ...(source && { source }), ...(destination && { destination }) };
}

function readSide(
  side: 'source' | 'destination',
  userOption: string | undefined,
  passwordFile: string | undefined,
  tokenFile: string | undefined,
  environment: Environment,
): Auth | undefined {
  if (tokenFile !== undefined && (userOption !== undefined || passwordFile !== undefined)) {
    throw new UsageError(
      `--${side}-token-file stands for itself: a token that is a password goes into --${side}-password-file`,
    );
  }
  if (tokenFile !== undefined) return { token: readSecret(tokenFile, `--${side}-token-file`) };
  const given = (name: string) => environment[`HOURGLASS_${side.toUpperCase()}_${name}`] || undefined;
  const token = given('TOKEN');
  if (token !== undefined && userOption === undefined && passwordFile === undefined) return { token };
  const username = userOption ?? given('USER');
  const password = passwordFile === undefined ? given('PASSWORD') : readSecret(passwordFile, `--${side}-password-file`);
  if (password !== undefined && username === undefined) {
    throw new UsageError(
      `the password of the ${side} needs a user: --${side}-user, or HOURGLASS_${side.toUpperCase()}_USER`,
    );
  }
  // A user alone is one to ask git's credential helpers for.
  return username === undefined ? undefined : { username, password: password ?? '' };
}

function readSecret(file: string, option: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`);
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '' || /\p{Cc}/u.test(secret))
    throw new UsageError(`${option}: the file must hold one line, the secret`);
  return secret;
}
