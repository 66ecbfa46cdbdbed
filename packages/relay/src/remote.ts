/** Reads what a person gives as source or destination. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeCommitHost, codeCommitRegion, readCodeCommit, refuseRepositoryName } from './codecommit/address.ts';
import { MirrorRefused } from './errors.ts';
import type { Auth } from './options.ts';
import { hideInAddress } from './redact.ts';

export type Remote =
  | {
      readonly kind: 'http';
      /** Without user, password and slash at the end. */
      readonly url: string;
      readonly auth: Auth | undefined;
      /** Profile of the shared AWS configuration, of a codecommit:: remote. */
      readonly profile?: string;
    }
  | {
      readonly kind: 'ssh';
      /** `host` or `user@host`. */
      readonly login: string;
      readonly host: string;
      readonly port: string | undefined;
      readonly path: string;
      /** The one key to offer; undefined for what ssh finds itself. */
      readonly privateKey?: string;
    }
  | { readonly kind: 'local'; readonly path: string };

/**
 * Accepts http, https, ssh and file URLs, `[user@]host:path`, paths, and `codecommit::region://[profile@]repository`.
 * @param auth given apart from the URL; it is used instead of user and password of the URL
 * @throws MirrorRefused with a message that holds no credentials
 */
export function parseRemote(given: string, side: 'source' | 'destination', auth?: Auth): Remote {
  const refuse = (why: string) => {
    const shown = hideInAddress(given);
    return new MirrorRefused(`the ${side} ${JSON.stringify(shown)} is refused: ${why}`, 'input');
  };
  if (given === '' || /\p{Cc}/u.test(given)) throw refuse('it is empty or has control characters');
  const remote = readRemote(given, auth, refuse);
  if (auth === undefined || remote.kind === 'local') return remote;
  const key = 'privateKey' in auth ? auth.privateKey : undefined;
  if (remote.kind === 'ssh' && key !== undefined) return { ...remote, privateKey: key };
  if (remote.kind === 'ssh') throw refuse('ssh takes a private key, not a user, password or token');
  if (key !== undefined) throw refuse('http and https take user and password or a token, not a private key');
  return remote;
}

function readRemote(given: string, auth: Auth | undefined, refuse: (why: string) => MirrorRefused): Remote {
  const codeCommit = readCodeCommit(given);
  const noName = codeCommit && refuseRepositoryName(codeCommit.name);
  if (noName !== undefined) throw refuse(`the name of the repository ${noName}`);
  if (codeCommit !== undefined && given.startsWith('codecommit::')) {
    const { region, profile, name } = codeCommit;
    const url = `https://${codeCommitHost(region)}/v1/repos/${name}`;
    return { kind: 'http', url, auth: auth ?? { codeCommit: { region } }, ...(profile ? { profile } : {}) };
  }
  if (/^[\w-]+::/.test(given)) throw refuse('of remote helpers only codecommit::region://repository is known');
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(given) ?? [];
  if (scheme === undefined) return parseScpLikeOrPath(given, refuse);
  // URL parsers end the path there and git does not: the two would mean different repositories.
  if (/[?#]/.test(given)) throw refuse('it has a ? or #, which in a name is written %3F and %23');
  if (!URL.canParse(given)) throw refuse('it is not a URL');
  const url = new URL(given);
  if (url.protocol === 'file:') return { kind: 'local', path: fileURLToPath(new URL(url.pathname, 'file:///')) };
  if (url.protocol === 'ssh:') return parseSshUrl(url, refuse);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refuse('only http, https and ssh URLs, user@host:path, codecommit::region://repository and paths are known');
  }
  return parseHttpUrl(url, auth);
}

function parseHttpUrl(url: URL, auth: Auth | undefined): Remote {
  const clean = `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
  const region = url.protocol === 'https:' ? codeCommitRegion(url.hostname) : undefined;
  if (auth === undefined && url.username !== '') {
    auth = { username: decode(url.username), password: decode(url.password) };
  } else if (auth === undefined && region !== undefined) auth = { codeCommit: { region } };
  return { kind: 'http', url: clean, auth };
}

function parseSshUrl(url: URL, refuse: (why: string) => MirrorRefused): Remote {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const path = decode(url.pathname).replace(/^\/~/, '~');
  return checkSsh({ user: decode(url.username), host, port: url.port || undefined, path }, refuse);
}

function parseScpLikeOrPath(given: string, refuse: (why: string) => MirrorRefused): Remote {
  // As git reads it: a colon before the first slash makes it a host.
  const [, user, bracketed, plain, path] = /^(?:([^/:@]+)@)?(?:\[([^\]/]+)\]|([^/:@[\]]+)):(.*)$/.exec(given) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || path === undefined) return { kind: 'local', path: resolve(given) };
  return checkSsh({ user: user ?? '', host, port: undefined, path }, refuse);
}

function checkSsh(
  parts: { user: string; host: string; port: string | undefined; path: string },
  refuse: (why: string) => MirrorRefused,
): Remote {
  const { user, host, port, path } = parts;
  // ssh would take a name that begins with a dash for an option.
  if (!/^[\w.:][\w.:%-]*$/.test(host) || (user !== '' && !/^\w[\w.+-]*$/.test(user)))
    throw refuse('user or host is malformed');
  if (path === '' || path === '/') throw refuse('it names no repository');
  return { kind: 'ssh', login: user === '' ? host : `${user}@${host}`, host, port, path };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
