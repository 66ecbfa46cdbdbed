/** The host that a source address names: read in one way, by the doors that admit requests and by the configuration. */
import { decodePercent, refuseSsh, refuseUrl } from '@hourglass/relay/address-rule';
import { PermanentError } from './errors.ts';

/** git's short form for ssh: `user@host:path`. */
const SCP_LIKE = /^(?:(?<user>[\w.-]+)@)?(?<host>[\w.-]+):(?!\/\/)(?<path>.*)$/s;
const NO_CREDENTIALS = 'sourceUrl must not hold credentials: they belong to the deployment, not into a request.';
const PROTOCOLS = ['https:', 'http:', 'ssh:'];

/**
 * `host`, or `host:port` where the port is not the protocol's own, in lower case.
 * @throws PermanentError saying what is wrong with the address; it never repeats what may be a password.
 */
export function sourceHost(sourceUrl: string): string {
  // A backslash is a slash to URL parsers and none to git: the two would read different hosts. Of what else is no visible character,
  // a half of a surrogate pair is refused by DynamoDB and a noncharacter by SQS, when the request is long accepted.
  if (/[\s\p{C}\\]/u.test(sourceUrl)) {
    throw new PermanentError('sourceUrl must not hold spaces, backslashes, control or other invisible characters.');
  }
  // Before anything of it gets into a message: what stands between a colon and an @ is a password.
  if (/:[^/@]*@|:\/\/[^/]*:[^/]*@/.test(sourceUrl)) throw new PermanentError(NO_CREDENTIALS);
  const { user = '', host, path = '' } = (sourceUrl.includes('://') ? null : SCP_LIKE.exec(sourceUrl))?.groups ?? {};
  if (host !== undefined && !host.startsWith('-')) {
    refuse(refuseSsh({ user, host, path }));
    return host.toLowerCase();
  }
  const url = URL.canParse(sourceUrl) ? new URL(sourceUrl) : undefined;
  if (!url || !PROTOCOLS.includes(url.protocol) || url.hostname === '') {
    throw new PermanentError('sourceUrl must be an https, http or ssh URL, or user@host:path.');
  }
  if (url.password !== '' || (url.username !== '' && url.protocol !== 'ssh:')) {
    throw new PermanentError(NO_CREDENTIALS);
  }
  if (url.search !== '' || url.hash !== '') {
    throw new PermanentError(
      'sourceUrl must have no query and no fragment: git has no use for them, and tokens hide there.',
    );
  }
  // What the relay would refuse after a paid hour.
  refuse(refuseUrl(sourceUrl));
  if (url.protocol === 'ssh:') {
    const [user = '', host = '', path = ''] = [url.username, url.hostname.replace(/^\[|\]$/g, ''), url.pathname].map(
      decodePercent,
    );
    refuse(refuseSsh({ user, host, path }));
  }
  return url.host;
}

function refuse(why: string | undefined): void {
  if (why !== undefined) throw new PermanentError(`sourceUrl is refused: ${why}.`);
}
