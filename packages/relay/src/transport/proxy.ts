/** The forward proxy that curl, and so git, would take for an address, by the environment. https://curl.se/docs/manpage.html#ENVIRONMENT */
import { isIP } from 'node:net';
import { MirrorRefused, NeedsGit } from '../errors.ts';

export interface ForwardProxy {
  /** With user and password, if it has them. */
  readonly url: string;
  /** For a message. */
  readonly shown: string;
  readonly secrets: readonly string[];
}

/** What helps when it says 407. */
export const PROXY_LOGIN =
  'user and password of a proxy stand in its URL, as in https_proxy=http://USER:PASSWORD@HOST:PORT';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param configured http.proxy of git's configuration, which goes before the environment; empty for none
 * @returns undefined where the way is direct
 * @throws MirrorRefused for a proxy whose address is malformed; NeedsGit for one that only git knows
 */
export function proxyFor(address: string, environment: Environment, configured?: string): ForwardProxy | undefined {
  const proxy = readProxy(address, environment, configured);
  if (proxy === undefined) return undefined;
  if (!/^https?:/.test(proxy.url)) throw new NeedsGit(`the proxy ${proxy.shown} is one that only git can use`);
  if (!knowsProxies(process.versions.node)) throw new NeedsGit(`the proxy ${proxy.shown} needs Node 24.5 or git`);
  return proxy;
}

/** As `proxyFor`, of any kind. @throws MirrorRefused for a proxy whose address is malformed */
export function readProxy(address: string, environment: Environment, configured?: string): ForwardProxy | undefined {
  const { protocol, hostname, port } = new URL(address);
  const name = `${protocol.slice(0, -1)}_proxy`;
  // HTTP_PROXY is what a CGI program is given of a header named Proxy, so curl does not read it.
  const upper = protocol === 'https:' ? environment.HTTPS_PROXY : undefined;
  const given = configured ?? (environment[name] || upper || environment.all_proxy || environment.ALL_PROXY);
  if (!given || isExcepted(hostname, port, environment.no_proxy ?? environment.NO_PROXY ?? '')) return undefined;
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  if (!URL.canParse(full)) {
    const where = configured === undefined ? name : 'http.proxy';
    throw new MirrorRefused(
      `the proxy of ${where} is not a URL; in its password @ : / # are written %40 %3A %2F %23`,
      'input',
    );
  }
  const url = new URL(full);
  // As curl reads it; Node would take it for broken.
  const stray = /%(?![0-9a-f]{2})/gi;
  [url.username, url.password] = [url.username.replace(stray, '%25'), url.password.replace(stray, '%25')];
  const shown = `${url.protocol}//${url.host}`;
  const basic = Buffer.from(`${decode(url.username)}:${decode(url.password)}`).toString('base64');
  const secrets = url.password === '' ? [] : [url.password, decode(url.password), basic];
  return { url: url.href, shown, secrets };
}

/** Node's own agents do since then. */
function knowsProxies(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5);
}

/** `*`, or names by commas or blanks: each stands for itself and all below it, with a port for that alone; networks as `10.0.0.0/8`. */
function isExcepted(hostname: string, port: string, exceptions: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      const [, bracketed, plain, only] = /^(?:\[([^\]]+)\]|([^:]+|[0-9a-f:]+))(?::(\d+))?$/.exec(entry) ?? [];
      const name = (bracketed ?? plain ?? '').replace(/^\*?\.|\.$/g, '');
      if (name === '' || (only !== undefined && only !== port)) return false;
      if (isIP(host) !== 0) return name === host || isInNetwork(host, name);
      return host === name || host.endsWith(`.${name}`);
    });
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits] = network.split('/');
  if (bits === undefined || isIP(host) !== 4 || isIP(address) !== 4) return false;
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(host) / size) === Math.floor(number(address) / size);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
