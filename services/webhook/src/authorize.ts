/**
 * Who may send requests: whoever has the key, as `x-api-key` or as the password of Basic authentication (the user's name is free), and whoever
 * has a token of the identity provider that the deployment trusts. These are what an EventBridge API destination can be given.
 * One header decides: `x-api-key` if it is there, otherwise `Authorization`.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { RetryableError } from '@hourglass/shared';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { WebhookConfig } from './config.ts';

export type Authorize = (headers: Readonly<Record<string, string | undefined>>) => Promise<string | null>;

type Rules = Pick<WebhookConfig, 'API_KEY_SHA256' | 'OAUTH'>;

/** Signatures by a key pair only: with a shared key the provider's public one would do. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/**
 * @param keys the identity provider's; read from its `jwksUrl` if not given, and kept for ten minutes
 * @returns a function that gives null, or the reason for a 401; it throws RetryableError if the provider's keys cannot be had
 */
export function createAuthorizer(rules: Rules, keys: JWTVerifyGetKey | undefined = keysOf(rules)): Authorize {
  return async ({ 'x-api-key': apiKey, authorization }) => {
    if (apiKey !== undefined) return isKey(apiKey, rules) ? null : 'The header x-api-key is wrong.';
    const [, scheme, value] = /^(\S+) +(\S+)$/.exec(authorization ?? '') ?? [];
    if (scheme?.toLowerCase() === 'basic') {
      const password = Buffer.from(value ?? '', 'base64')
        .toString()
        .replace(/^[^:]*:?/, '');
      return isKey(password, rules) ? null : 'The password in the header Authorization is wrong.';
    }
    if (scheme?.toLowerCase() === 'bearer' && rules.OAUTH !== null && keys !== undefined) {
      return verifyToken(value ?? '', rules.OAUTH, keys);
    }
    return 'The header x-api-key is missing or wrong.';
  };
}

function keysOf({ OAUTH }: Rules): JWTVerifyGetKey | undefined {
  return OAUTH === null ? undefined : createRemoteJWKSet(new URL(OAUTH.jwksUrl), { timeoutDuration: 3_000 });
}

async function verifyToken(
  token: string,
  { issuer, audience }: NonNullable<Rules['OAUTH']>,
  keys: JWTVerifyGetKey,
): Promise<string | null> {
  try {
    const requiredClaims = ['exp'];
    await jwtVerify(token, keys, { issuer, audience, algorithms: ALGORITHMS, requiredClaims, clockTolerance: 30 });
    return null;
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'The token in the header Authorization has expired.';
    if (error instanceof errors.JWTClaimValidationFailed) {
      return `The token in the header Authorization is not for this: its claim "${error.claim}" is another one.`;
    }
    // Of its other errors these two are the provider's, and come as the base class where its answer is no list of keys.
    const isProviders =
      !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC';
    if (isProviders || error instanceof errors.JWKSInvalid) {
      throw new RetryableError(
        `The identity provider's keys could not be had: ${error instanceof Error ? error.message : error}`,
      );
    }
    return 'The token in the header Authorization is not one of the identity provider.';
  }
}

function isKey(given: string, { API_KEY_SHA256 }: Rules): boolean {
  const hash = createHash('sha256').update(given).digest();
  return API_KEY_SHA256 !== '' && timingSafeEqual(hash, Buffer.from(API_KEY_SHA256, 'hex'));
}
