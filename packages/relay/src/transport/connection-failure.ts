/** What it means that a server could not be reached, and whether git would get further. */
import { isUntrusted } from './network.ts';

/** What is wrong with a certificate whoever looks at it. */
const WRONG_CERTIFICATE = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);
/** A server that does not speak TLS. */
const NO_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);
/** curl knows these without asking anybody. */
const LOCALHOST = /(?:^|\.)localhost\.?$/i;

/**
 * Whether git would fail as well: it asks the same resolver for the same name, knocks at the same address, and must not believe a certificate
 * either that is wrong. A connection that breaks once it stands is another matter: what a front does not like may be the client.
 * @param bundled whether only given authorities are to be trusted
 */
export function isSameForGit(error: unknown, bundled: boolean): boolean {
  const { code = '', syscall, hostname, errors } = error as FailedConnection;
  if (WRONG_CERTIFICATE.has(code) || NO_TLS.has(code)) return true;
  if (isUntrusted(error)) return bundled;
  if (syscall === 'getaddrinfo') return !LOCALHOST.test(hostname ?? '');
  // Of several addresses Node gives each a quarter of a second; git waits for them all.
  if (errors !== undefined) return errors.every((one) => one.code === 'ECONNREFUSED');
  return syscall === 'connect';
}

interface FailedConnection extends NodeJS.ErrnoException {
  readonly hostname?: string;
  /** Of an AggregateError. */
  readonly errors?: readonly NodeJS.ErrnoException[];
}
