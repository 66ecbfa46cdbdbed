/**
 * What the user has set up in git's configuration for http and for addresses, so that the relay goes where git goes.
 *
 *     url.BASE.insteadOf, url.BASE.pushInsteadOf     http.KEY, http.URL.KEY     https://git-scm.com/docs/git-config
 *
 * git itself is asked what is set; but only where a file or the environment speaks of it, since that costs a process.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NeedsGit } from '../errors.ts';
import { gitEnvironment } from './git-environment.ts';
import { readProxy } from './proxy.ts';

type Environment = Readonly<Record<string, string | undefined>>;
/** Names with section and key in small letters, and values, in git's order. */
type Setting = readonly [name: string, value: string];

/** What one address is reached with. */
export interface HttpSettings {
  /** `name: value`; any of them may be a secret. */
  readonly extraHeaders: readonly string[];
  /** Empty: none, whatever the environment says. */
  readonly proxy?: string;
  readonly caInfo?: string;
  readonly userAgent?: string;
  readonly isVerified: boolean;
  /** Which redirects git follows: none, of the first request of a conversation (git's default), of each. */
  readonly follows: 'none' | 'first' | 'each';
}

/** Without these a server or a proxy would not let it in, and the relay cannot follow them. */
const ONLY_GIT =
  /^(?:sslcert|sslkey|sslcapath|cookiefile|emptyauth|delegation|curloptresolve|pinnedpubkey|proxysslcert|proxysslkey|proxysslcainfo)$/;
const SPEAKS_OF_IT = /^\s*\[\s*(?:http|url|include)/im;

const asked = new WeakMap<Environment, readonly Setting[]>();

function settingsIn(environment: Environment): readonly Setting[] {
  const known = asked.get(environment);
  if (known !== undefined) return known;
  const found = isSpokenOf(environment) ? askGit(environment) : [];
  asked.set(environment, found);
  return found;
}

function isSpokenOf(environment: Environment): boolean {
  const { HOME, USERPROFILE, XDG_CONFIG_HOME, GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM, GIT_CONFIG_NOSYSTEM } = environment;
  if (environment.GIT_CONFIG_COUNT || environment.GIT_CONFIG_PARAMETERS) return true;
  const home = HOME || USERPROFILE;
  const own = home ? [join(home, '.gitconfig'), join(XDG_CONFIG_HOME || join(home, '.config'), 'git', 'config')] : [];
  const system = GIT_CONFIG_NOSYSTEM ? [] : [GIT_CONFIG_SYSTEM ?? '/etc/gitconfig'];
  return [...(GIT_CONFIG_GLOBAL === undefined ? own : [GIT_CONFIG_GLOBAL]), ...system].some((file) => {
    try {
      return SPEAKS_OF_IT.test(readFileSync(file, 'utf8'));
    } catch {
      return false;
    }
  });
}

/** Of a configuration that git cannot read, git says so when it is called itself. */
function askGit(environment: Environment): readonly Setting[] {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { tmpdir } = process.getBuiltinModule('node:os');
  const cwd = tmpdir();
  // Not what stands in a repository there.
  const env = { ...gitEnvironment(environment), GIT_CEILING_DIRECTORIES: cwd };
  const words = ['config', '--null', '--includes', '--get-regexp', '^(http|url)\\.'];
  const { stdout } = spawnSync('git', words, { cwd, env, encoding: 'utf8', maxBuffer: 16 << 20 });
  return (stdout ?? '').split('\0').flatMap((entry): Setting[] => {
    const [name = '', ...value] = entry.split('\n');
    return name === '' ? [] : [[name, value.length === 0 ? 'true' : value.join('\n')]];
  });
}

/** The address that git would go to: the longest beginning that is to be replaced counts, and for pushes one of their own first. */
export function rewriteAddress(given: string, side: 'source' | 'destination', environment: Environment): string {
  const keys = side === 'source' ? ['insteadof'] : ['pushinsteadof', 'insteadof'];
  for (const key of keys) {
    let best: { base: string; from: string } | undefined;
    for (const [name, from] of settingsIn(environment)) {
      const [, base] = new RegExp(`^url\\.(.*)\\.${key}$`, 's').exec(name) ?? [];
      if (base !== undefined && given.startsWith(from) && from.length > (best?.from.length ?? -1))
        best = { base, from };
    }
    if (best !== undefined) return `${best.base}${given.slice(best.from.length)}`;
  }
  return given;
}

/** What is set for an address, by its key in small letters. */
function settingsFor(address: string, environment: Environment) {
  const values = new Map<string, { value: string; weight: number }>();
  let extraHeaders: string[] = [];
  let headerWeight = 0;
  for (const [name, value] of settingsIn(environment)) {
    const [, pattern, key = ''] = /^http\.(?:(.*)\.)?([^.]+)$/s.exec(name) ?? [];
    const weight = pattern === undefined ? 0 : weightOf(pattern, address);
    if (weight === undefined) continue;
    if (key === 'extraheader') {
      if (weight < headerWeight) continue;
      headerWeight = weight;
      extraHeaders = value === '' ? [] : [...extraHeaders, value];
    } else if (weight >= (values.get(key)?.weight ?? 0)) values.set(key, { value, weight });
  }
  return { values, extraHeaders, set: (key: string) => values.get(key)?.value };
}

/** What git sends or is let in with beside credentials, which may be secrets: values of headers, logins of proxies. */
export function secretsAround(address: string, environment: Environment): string[] {
  const { extraHeaders, set } = settingsFor(address, environment);
  const values = extraHeaders.map((line) => line.replace(/^[^:]*:\s*/, ''));
  const said = values.flatMap((value) => [value, value.replace(/^\w+\s+/, '')]).filter(({ length }) => length >= 6);
  try {
    const logins = readProxy(address, environment, set('proxy'))?.secrets ?? [];
    return [...said, ...logins.filter(({ length }) => length >= 4)];
  } catch {
    return said;
  }
}

/** @throws NeedsGit if something is set that git alone can follow */
export function httpSettings(address: string, environment: Environment): HttpSettings {
  const { values, extraHeaders, set } = settingsFor(address, environment);
  const method = set('proxyauthmethod');
  const strange = [...values].find(
    ([key, { value }]) => ONLY_GIT.test(key) && !/^(?:|false|no|off|0)$/i.test(value),
  )?.[0];
  if (strange !== undefined || (method !== undefined && !/^(?:basic|anyauth)$/.test(method))) {
    throw new NeedsGit(
      `git's configuration has http.${strange ?? 'proxyauthmethod'} for ${address}, which only git follows (--via git)`,
    );
  }
  const [proxy, caInfo, userAgent] = [set('proxy'), set('sslcainfo'), set('useragent')];
  const noVerify = environment.GIT_SSL_NO_VERIFY;
  return {
    extraHeaders,
    isVerified: noVerify === undefined && !/^(?:false|no|off|0|)$/i.test(set('sslverify') ?? 'true'),
    follows: followsOf(set('followredirects')),
    ...(proxy !== undefined && { proxy }),
    ...(caInfo && { caInfo: caInfo.replace(/^~(?=\/)/, environment.HOME ?? '~') }),
    ...(userAgent && { userAgent }),
  };
}

function followsOf(set: string | undefined): HttpSettings['follows'] {
  if (/^(?:false|no|off|0|)$/i.test(set ?? 'initial')) return 'none';
  return /^(?:true|yes|on|[1-9]\d*)$/i.test(set ?? '') ? 'each' : 'first';
}

/** How well a pattern fits: by host, then path, then user, as git weighs them; undefined if it does not. */
function weightOf(pattern: string, address: string): number | undefined {
  const starred = pattern.replace(
    /^([a-z+]+:\/\/(?:[^/@]*@)?)([^/]*)/i,
    (_, head: string, host: string) => head + host.replaceAll('*', 'any-label'),
  );
  if (!URL.canParse(starred)) return undefined;
  const [want, have] = [new URL(starred), new URL(address)];
  if (want.protocol !== have.protocol || want.port !== have.port) return undefined;
  const [labels, there] = [want.hostname.split('.'), have.hostname.split('.')];
  if (labels.length !== there.length || labels.some((one, n) => one !== 'any-label' && one !== there[n]))
    return undefined;
  if (want.username !== '' && want.username !== have.username) return undefined;
  const path = want.pathname.replace(/\/+$/, '');
  if (path !== '' && have.pathname !== path && !have.pathname.startsWith(`${path}/`)) return undefined;
  const host = labels.includes('any-label') ? 0 : 1;
  return 1 + host * 1e6 + path.length * 2 + (want.username === '' ? 0 : 1);
}
