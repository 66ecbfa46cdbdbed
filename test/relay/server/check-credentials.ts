/** Who may use the test server: anyone, one user with a password, one token, or one AWS access key. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { GitRequest } from './git-request.ts';
import { signCodeCommit } from './sign-codecommit.ts';

export type ServerAuth =
  | { readonly kind: 'digest'; readonly username: string; readonly password: string }
  | { readonly kind: 'ntlm' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | {
      readonly kind: 'sigv4';
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken?: string;
      readonly region: string;
    };

/** CodeCommit takes a password for a quarter of an hour. */
const PASSWORD_LIVES_MS = 15 * 60_000;

/** What the server asks for, as its header says it. */
export function challengeOf({ kind }: ServerAuth): string {
  if (kind === 'digest') return 'Digest realm="test", nonce="n0nce", qop="auth", algorithm=MD5';
  return kind === 'ntlm' ? 'NTLM' : 'Basic realm="test"';
}

/** https://www.rfc-editor.org/rfc/rfc7616 */
function acceptsDigest(header: string, method: string, auth: { username: string; password: string }): boolean {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const given = Object.fromEntries(
    [...header.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map(([, k, a, b]) => [k, a ?? b]),
  );
  const [ha1, ha2] = [md5(`${auth.username}:test:${auth.password}`), md5(`${method}:${given.uri}`)];
  return given.response === md5([ha1, 'n0nce', given.nc, given.cnonce, 'auth', ha2].join(':'));
}

/** Gives the status to refuse with, or undefined to let the request in. */
export function refuseCredentials(request: IncomingMessage, asked: GitRequest, auth: ServerAuth): number | undefined {
  const given = request.headers.authorization;
  if (given === undefined) return 401;
  if (auth.kind === 'ntlm') return 401;
  if (auth.kind === 'digest') return acceptsDigest(given, request.method ?? '', auth) ? undefined : 401;
  if (auth.kind === 'bearer') return given === `Bearer ${auth.token}` ? undefined : 401;
  const text = Buffer.from(given.replace(/^Basic /i, ''), 'base64').toString('utf8');
  const [user, password] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
  if (auth.kind === 'basic') return user === auth.username && password === auth.password ? undefined : 401;

  const expectedUser = auth.sessionToken ? `${auth.accessKeyId}%${auth.sessionToken}` : auth.accessKeyId;
  const timestamp = password.slice(0, 15);
  const path = `/${asked.repository}`;
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const expected = signCodeCommit({ ...auth, host, path, timestamp });
  const iso = timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z');
  const fresh = Math.abs(Date.now() - Date.parse(iso)) < PASSWORD_LIVES_MS;
  return user === expectedUser && password === expected && fresh ? undefined : 403;
}
