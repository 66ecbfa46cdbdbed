/**
 * Who may ask. The console stands on loopback, where every page in every browser tab of this machine can reach it, so:
 *   Host      must be the address it was started at: another name that resolves to 127.0.0.1 (DNS rebinding) is refused;
 *   Origin    and Sec-Fetch-Site, where the browser sends them, must say that the console's own page asks (CSRF);
 *   cookie    must hold the session, which the first address's token was exchanged for (SameSite=Strict, HttpOnly);
 *   POST      must name its Origin and be JSON, and is allowed only where actions are.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Session {
  /** In the first address. */
  readonly token: string;
  /** In the cookie; not the token, which stays in a browser's history. */
  readonly cookie: string;
}

export function createSession(): Session {
  return { token: randomBytes(32).toString('base64url'), cookie: randomBytes(32).toString('base64url') };
}

export interface Asked {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Refusal {
  readonly status: 400 | 401 | 403 | 405 | 415 | 421;
  readonly code: 'host' | 'origin' | 'session' | 'method' | 'type' | 'actions';
  readonly message: string;
}

export interface Guarded {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly session: Session;
  readonly allowActions: boolean;
}

/** Names of this machine by itself that the console is asked by. */
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost'];

/** Before anything else is looked at. @returns why it is refused, or undefined */
export function refusePlace({ method, headers }: Asked, { port }: Pick<Guarded, 'port'>): Refusal | undefined {
  const hosts = LOOPBACK_NAMES.map((name) => `${name}:${port}`);
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (!hosts.includes(host.toLowerCase())) {
    const message = `The console answers at http://127.0.0.1:${port} only. If you forward a port, forward it under the same number.`;
    return { status: 421, code: 'host', message };
  }
  if (!['GET', 'HEAD', 'POST'].includes(method)) {
    return { status: 405, code: 'method', message: `The console does not answer ${method}.` };
  }
  const foreign = { status: 403, code: 'origin', message: 'Another page asked, not the console.' } as const;
  if (origin !== undefined && origin !== `http://${host.toLowerCase()}`) return foreign;
  // A link in a ticket may lead here; nothing else from another site may.
  const navigates = mode === 'navigate' && method === 'GET';
  if (site !== undefined && !['same-origin', 'none'].includes(String(site)) && !navigates) return foreign;
  return undefined;
}

export function hasSession({ headers }: Asked, { port, session }: Pick<Guarded, 'port' | 'session'>): boolean {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const name = `${cookieName(port)}=`;
  return pairs.some((pair) => pair.startsWith(name) && isSame(pair.slice(name.length), session.cookie));
}

export function isToken(given: string | null, { token }: Session): boolean {
  return given !== null && isSame(given, token);
}

/** Of an action, on top of the rest. */
export function refuseAction({ headers }: Asked, { allowActions }: Pick<Guarded, 'allowActions'>): Refusal | undefined {
  if (headers.origin === undefined) return { status: 403, code: 'origin', message: 'An action names its origin.' };
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) {
    return { status: 415, code: 'type', message: 'An action is sent as JSON.' };
  }
  if (allowActions) return undefined;
  const message = 'This console only looks. Start it with --allow-actions to act.';
  return { status: 403, code: 'actions', message };
}

/** Cookies know no ports, and several consoles may run. */
export function cookieName(port: number): string {
  return `hourglass-console-${port}`;
}

export function setCookie({ port, session }: Pick<Guarded, 'port' | 'session'>): string {
  return `${cookieName(port)}=${session.cookie}; Path=/; HttpOnly; SameSite=Strict`;
}

/** In constant time, whatever the lengths. */
function isSame(given: string, kept: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(kept));
}

/** With every answer. The page may load its own files, speak to this server, and nothing else. */
export const SAFE_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
} as const;
