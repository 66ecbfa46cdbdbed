/** Reads what a person gives as source or destination. */
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { decodePercent, refuseSsh, refuseUrl } from './address-rule.ts';
import { codeCommitHost, codeCommitRegion, readCodeCommit, refuseRepositoryName } from './codecommit/address.ts';
import { MirrorRefused } from './errors.ts';
import type { Auth } from './options.ts';
import { hideInAddress, quoted } from './redact.ts';

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
    return new MirrorRefused(`the ${side} ${quoted(shown)} is refused: ${why}`, 'input');
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
  const why = refuseUrl(given);
  if (why !== undefined) throw refuse(why);
  if (/^codecommit$/i.test(scheme)) throw refuse('it names no Region, as codecommit::REGION://REPOSITORY does');
  if (!URL.canParse(given)) throw refuse('it is not a URL');
  const url = new URL(given);
  const decode = (text: string) => {
    const decoded = decodePercent(text);
    if (decoded === undefined) throw refuse('what it has behind a % is not UTF-8');
    return decoded;
  };
  if (url.protocol === 'file:') return { kind: 'local', path: resolve(decode(given.slice('file://'.length))) };
  if (SSH.has(url.protocol)) return parseSshUrl(url, decode, refuse);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refuse('only http, https and ssh URLs, user@host:path, codecommit::region://repository and paths are known');
  }
  return parseHttpUrl(url, auth, decode);
}

type Decode = (text: string) => string;

/** The other two are what git has called it. */
const SSH = new Set(['ssh:', 'git+ssh:', 'ssh+git:']);

function parseHttpUrl(url: URL, auth: Auth | undefined, decode: Decode): Remote {
  const clean = `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
  const region = url.protocol === 'https:' ? codeCommitRegion(url.hostname) : undefined;
  if (auth === undefined && (url.username !== '' || url.password !== '')) {
    auth = { username: decode(url.username), password: decode(url.password) };
  } else if (auth === undefined && region !== undefined) auth = { codeCommit: { region } };
  return { kind: 'http', url: clean, auth };
}

function parseSshUrl(url: URL, decode: Decode, refuse: (why: string) => MirrorRefused): Remote {
  if (url.password !== '') throw refuse('ssh takes a private key, not a password');
  const host = decode(url.hostname).replace(/^\[|\]$/g, '');
  const path = decode(url.pathname).replace(/^\/~/, '~');
  return checkSsh({ user: decode(url.username), host, port: url.port || undefined, path }, refuse);
}

function parseScpLikeOrPath(given: string, refuse: (why: string) => MirrorRefused): Remote {
  if (process.platform === 'win32' && /^[a-z]:/i.test(given)) return { kind: 'local', path: resolve(given) };
  // As git reads it: a colon before the first slash makes it a host. In brackets stand an IPv6 address, or host and port.
  const [, before = '', bracketed, plain = '', path] =
    /^([^/:[\]]*@)?(?:\[([^\]/]+)\]|([^/:@[\]]+)):(.*)$/s.exec(given) ?? [];
  if (path === undefined) return { kind: 'local', path: resolve(given) };
  const [, within = '', inside = ''] = /^(.*@)?(.*)$/s.exec(bracketed ?? '') ?? [];
  const [, name = inside, port] = /^([^:]+):(\d+)$/.exec(inside) ?? [];
  const host = bracketed === undefined ? plain : name;
  return checkSsh({ user: (before || within).slice(0, -1), host, port, path }, refuse);
}

function checkSsh(
  parts: { user: string; host: string; port: string | undefined; path: string },
  refuse: (why: string) => MirrorRefused,
): Remote {
  const { user, host, port, path } = parts;
  const why = refuseSsh(parts);
  if (why !== undefined) throw refuse(why);
  return { kind: 'ssh', login: user === '' ? host : `${user}@${host}`, host, port, path };
}

/** The same for two ways to write one repository, as far as an address shows it. */
export function sameKey(remote: Remote): string {
  if (remote.kind === 'http') return decodePercent(remote.url) ?? remote.url;
  if (remote.kind === 'ssh') {
    const path = remote.path.replace(/^~\//, '').replace(/(?<=.)\/+$/, '');
    return `ssh ${remote.login} ${remote.port ?? '22'} ${path}`;
  }
  try {
    return `local ${realpathSync(remote.path)}`;
  } catch {
    return `local ${remote.path}`;
  }
}
