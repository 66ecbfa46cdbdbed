/**
 * The secrets of the sources, from SSM Parameter Store. Kept for minutes, since each reading costs some 20 ms and SSM allows 40 a second; read anew when a
 * signature does not fit, so that a new secret is known at once; and kept longer while SSM does not answer.
 */
import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { RetryableError } from '@hourglass/shared';

const KEPT_S = 300;
/** So that wrong signatures cannot be turned into a storm of readings. */
const FRESH_EVERY_MS = 30_000;
/** One, and its successor or predecessor. */
const MOST = 2;

/** @returns the secrets that are valid now: one a line of the parameter */
export type ReadSecrets = (parameter: string, options?: { fresh?: boolean }) => Promise<readonly string[]>;

type Client = NonNullable<NonNullable<ConstructorParameters<typeof SSMProvider>[0]>['awsSdkV3Client']>;

/** @returns a function that throws RetryableError if a parameter has never been read and cannot be */
export function createSecretReader(awsSdkV3Client: Client, nowMs: () => number): ReadSecrets {
  const provider = new SSMProvider({ awsSdkV3Client });
  const known = new Map<string, { secrets: readonly string[]; freshAtMs: number }>();
  return async (parameter, { fresh = false } = {}) => {
    const before = known.get(parameter);
    const forceFetch = fresh && (before === undefined || nowMs() - before.freshAtMs >= FRESH_EVERY_MS);
    if (forceFetch && before !== undefined) before.freshAtMs = nowMs();
    try {
      const value = await provider.get(parameter, { decrypt: true, maxAge: KEPT_S, forceFetch });
      const secrets = (value ?? '')
        .split(/\r?\n/)
        .filter((line) => line !== '')
        .slice(0, MOST);
      known.set(parameter, { secrets, freshAtMs: before?.freshAtMs ?? nowMs() });
      return secrets;
    } catch (error) {
      if (before !== undefined) return before.secrets;
      const name = error instanceof Error && error.cause instanceof Error ? error.cause.name : String(error);
      throw new RetryableError(
        `The secret could not be read from the parameter ${parameter} (${name}). Is it there, as a SecureString, and may the function read it?`,
      );
    }
  };
}
