/** What an answer with another status than 200 means, in words, and how the mirror goes on from it. */
import type http from 'node:http';
import { MirrorRefused, NeedsGit, RelayFailed } from '../errors.ts';
import { printable } from '../protocol/pkt-line.ts';
import type { Redact } from '../redact.ts';
import type { Authorization } from './authorization.ts';
import { onlyGitSpeaks, schemesOf } from './challenge.ts';
import { firstWords } from './first-words.ts';
import { type ForwardProxy, PROXY_LOGIN } from './proxy.ts';
import { pauseOf } from './retry.ts';

export interface Asked {
  readonly side: 'source' | 'destination';
  /** The repository's, as it was given. */
  readonly url: string;
  /** Where redirects have led. */
  readonly base: string;
  readonly authorization: Authorization;
  /** The host to which a redirect has led, and credentials were not sent; undefined where they were. */
  readonly notSentTo: string | undefined;
  readonly proxy: ForwardProxy | undefined;
  readonly redact: Redact;
  readonly nowMs: () => number;
  /** Whether git's configuration lets it follow a redirect of any request. */
  readonly gitFollows: boolean;
}

/** An answer to the list of refs is the same for git, which asks for it in the same words. */
const SAME_LIST = new Set([500, 502, 504, 520, 521, 522, 523, 524]);
/** About the repository, the user or the law, not about the request. */
const SAME_ALWAYS = new Set([402, 410, 451]);

export async function explainStatus(
  response: http.IncomingMessage,
  method: 'GET' | 'POST',
  asked: Asked,
): Promise<Error> {
  const { side, authorization } = asked;
  const status = response.statusCode ?? 0;
  const said = await firstWords(response, asked.redact);
  const tail = `${said ? `: ${said}` : ''}${requestIdOf(response.headers)}`;
  const { location, 'retry-after': retryAfter } = response.headers;
  const pauseMs = pauseOf(status, retryAfter, asked.nowMs());
  if (pauseMs !== undefined) {
    const later = `it wants to be asked again in ${Math.ceil(pauseMs / 1000)} seconds`;
    return new RelayFailed(`the ${side} answered ${status}${tail}; ${later}`, status, { isLast: true, pauseMs });
  }
  if (status === 401) {
    return new MirrorRefused(
      `the ${side} does not accept the credentials (401)${tail}${wishOf(response, asked)}`,
      'access',
    );
  }
  if (status === 407) return proxyRefusal(asked.proxy, response.headers['proxy-authenticate']);
  if (status === 403) {
    const action = side === 'source' ? 'codecommit:GitPull' : 'codecommit:GitPull and codecommit:GitPush';
    const help = `; the AWS credentials may have expired, or may not do ${action} there`;
    return new MirrorRefused(
      `the ${side} forbids this (403)${tail}${authorization.origin() === 'aws' ? help : ''}`,
      'access',
    );
  }
  if (status === 404) {
    // A proxy says 404 as well while the git server behind it starts.
    const isFinal = side === 'source' && !/page not found|default backend/i.test(said);
    return new MirrorRefused(
      `there is no repository at the ${side} ${asked.url} (404)${tail}`,
      isFinal ? 'absent' : 'access',
    );
  }
  if (status >= 301 && status <= 308 && location !== undefined) {
    const to = URL.canParse(location, asked.base) ? new URL(location, asked.base) : undefined;
    const where = to === undefined ? 'an address that is none' : printable(`${to.origin}${to.pathname}`);
    const sentence = `the ${side} answered ${status} in the middle of the conversation, which leads to ${where}${tail}`;
    return new RelayFailed(sentence, status, { isLast: !asked.gitFollows });
  }
  // git takes another success for an empty repository.
  const isLast =
    status < 400 ||
    status === 429 ||
    status === 503 ||
    SAME_ALWAYS.has(status) ||
    (method === 'GET' && SAME_LIST.has(status));
  return new RelayFailed(`the ${side} answered ${status}${tail}`, status, { isLast });
}

/** What a server asks for that was given nothing, or something else, and how to give it. */
function wishOf(response: http.IncomingMessage, { side, url, authorization, notSentTo }: Asked): string {
  if (notSentTo !== undefined) {
    return `; it is at ${notSentTo}, to which ${new URL(url).host} redirects, and credentials are not sent on: give that address`;
  }
  const schemes = schemesOf(response.headers['www-authenticate']);
  if (schemes.length === 0) return '';
  const asked = `; it asks for ${schemes.join(' or ')}`;
  if (authorization.isEmpty()) {
    return `${asked}, and none were given: --${side}-user with --${side}-password-file, or --${side}-token-file, .netrc or a credential helper`;
  }
  if (authorization.token !== undefined && !schemes.includes('Bearer')) {
    return `${asked}: give the token as a password, by --${side}-user with --${side}-password-file`;
  }
  const origin = authorization.origin();
  if (origin === 'netrc') return `${asked}, and those of .netrc were sent`;
  return origin === 'helper' ? `${asked}, and those of git's credential helper were sent` : asked;
}

/** Proxies too may want what only git speaks, so it is tried. @param challenge what the proxy wants, where it can be read */
export function proxyRefusal(proxy: ForwardProxy | undefined, challenge?: string): Error {
  const sentence = `the proxy ${proxy?.shown} does not accept the credentials (407): ${PROXY_LOGIN}`;
  const wanted = schemesOf(challenge);
  const isSame = proxy !== undefined && proxy.secrets.length > 0 && wanted.length > 0 && !onlyGitSpeaks(wanted);
  return isSame ? new MirrorRefused(sentence, 'access') : new NeedsGit(sentence);
}

/** By which those who run a server find one request in its log: git servers, AWS, and fronts. */
const REQUEST_IDS = [
  'x-request-id',
  'x-amzn-requestid',
  'x-amz-request-id',
  'x-amz-cf-id',
  'x-github-request-id',
  'x-gitlab-request-id',
  'x-arequestid',
  'x-vss-e2eid',
  'x-correlation-id',
  'cf-ray',
];

export function requestIdOf(headers: http.IncomingHttpHeaders): string {
  const name = REQUEST_IDS.find((one) => typeof headers[one] === 'string' && headers[one] !== '');
  return name === undefined ? '' : ` (${name} ${printable(String(headers[name])).slice(0, 100)})`;
}
