/**
 * Addresses that git clones from, brought to a form in which two of one repository are equal: `https://`, `http://`, `ssh://`, `git://`,
 * `user@host:path`, and `user@host/path`, which GitBucket gives. User, query and fragment say nothing about the repository.
 *
 * Each server has ways of its own to write a path (`/scm/`, `/git/`, `_git`, `v3/`), and treats capitals in its own way.
 */
import { domainToASCII } from 'node:url';
import type { ServerName } from './servers.ts';

export interface CloneAddress {
  /** Ports mean nothing across these: a server has one for each. */
  readonly by: 'http' | 'ssh' | 'git';
  readonly host: string;
  /** Empty for the usual one; undefined where the address cannot say it, as `user@host:path` leaves it to ssh's configuration. */
  readonly port: string | undefined;
  /** Without `.git` and without what is the server's own way of writing; in small letters where capitals mean nothing. */
  readonly path: string;
}

const protocols: Record<string, { by: CloneAddress['by']; usualPorts: string[] }> = {
  'http:': { by: 'http', usualPorts: ['', '80', '443'] },
  'https:': { by: 'http', usualPorts: ['', '80', '443'] },
  'ssh:': { by: 'ssh', usualPorts: ['', '22'] },
  'git+ssh:': { by: 'ssh', usualPorts: ['', '22'] },
  'ssh+git:': { by: 'ssh', usualPorts: ['', '22'] },
  'git:': { by: 'git', usualPorts: ['', '9418'] },
};

/** `user@host:path`, and `user@host/path`. */
const SHORT =
  /^(?:[^@/:]+@)?(?<host>\[[^\]]+\]|[^@/:\s]+):(?!\/\/)(?<path>.+)$|^[^@/:]+@(?<host2>[^/:\s]+)\/(?<path2>.+)$/;

/** Not known to this table: GitBucket and Backlog, which are said to keep capitals, and what anybody may send. */
const keepsCapitals: readonly ServerName[] = ['gitbucket', 'backlog', 'generic'];

/** Hosts of one server that have another name for ssh. */
const sameHosts: Record<string, string> = {
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'ssh.dev.azure.com': 'dev.azure.com',
};

/** @returns undefined for what is no address of a server, such as a path on this machine */
export function readAddress(address: string, server: ServerName): CloneAddress | undefined {
  const text = address.trim();
  if (text.includes('://')) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const protocol = Object.hasOwn(protocols, url?.protocol ?? '') ? protocols[url?.protocol ?? ''] : undefined;
    if (!url || !protocol || url.hostname === '') return undefined;
    const port = protocol.usualPorts.includes(url.port) ? '' : url.port;
    return normalize(protocol.by, url.hostname, port, url.pathname, server);
  }
  const { host, path, host2, path2 } = SHORT.exec(text)?.groups ?? {};
  return normalize('ssh', host ?? host2 ?? '', undefined, path ?? path2 ?? '', server);
}

function normalize(
  by: CloneAddress['by'],
  givenHost: string,
  port: string | undefined,
  givenPath: string,
  server: ServerName,
): CloneAddress | undefined {
  const hostname = readHostname(givenHost);
  const segments = decode(givenPath)
    .split('/')
    .filter((segment) => segment !== '');
  const last = segments.pop()?.replace(/(?<=.)\.git$/i, '');
  if (hostname === '' || last === undefined) return undefined;
  const { host, parts } = inOwnWay[server]?.(hostname, [...segments, last]) ?? {
    host: hostname,
    parts: [...segments, last],
  };
  const path = foldName(parts.join('/'), server);
  if (path === '') return undefined;
  const usual = sameHosts[host];
  return usual === undefined ? { by, host, port, path } : { by, host: usual, port: '', path };
}

/** A path or name as the server compares it. */
export function foldName(name: string, server: ServerName): string {
  const normal = name.normalize('NFC');
  return keepsCapitals.includes(server) ? normal : normal.toLowerCase();
}

/** A host as names are compared: small, in ASCII, without the root's dot. */
export function readHostname(text: string): string {
  const bare = text.toLowerCase().replace(/\.$/, '');
  return bare.startsWith('[') ? bare : domainToASCII(bare) || bare;
}

type OwnWay = (host: string, parts: string[]) => { host: string; parts: string[] };

const afterLast =
  (marker: string): OwnWay =>
  (host, parts) => ({ host, parts: parts.slice(parts.lastIndexOf(marker) + 1) });

const inOwnWay: { readonly [server in ServerName]?: OwnWay } = {
  // https://bitbucket.example.com/context/scm/proj/repo.git, ssh://git@bitbucket.example.com:7999/proj/repo.git
  bitbucket: (host, parts) => (parts.at(-3) === 'scm' ? afterLast('scm')(host, parts) : { host, parts }),
  // https://git.example.com/context/git/owner/repo.git, ssh://git@git.example.com:29418/owner/repo.git
  gitbucket: (host, parts) => (parts.at(-3) === 'git' ? afterLast('git')(host, parts) : { host, parts }),
  // https://space.backlog.com/git/PROJ/repo.git, space@space.git.backlog.com:/PROJ/repo.git
  backlog: (host, parts) => ({
    host: host.replace(/^([^.]+)\.git\.(?=[^.]+\.[^.]+)/, '$1.'),
    parts: parts[0] === 'git' ? parts.slice(1) : parts,
  }),
  'azure-devops': azure,
};

/**
 * `/collection/project/_git/repo`, without the project where it has the repository's name; `v3/organization/project/repo` by ssh; the old
 * `organization.visualstudio.com` for `dev.azure.com/organization`.
 */
function azure(givenHost: string, given: string[]): { host: string; parts: string[] } {
  const organization = /^([^.]+)\.visualstudio\.com$/.exec(givenHost)?.[1];
  const host = organization === undefined ? givenHost : 'dev.azure.com';
  const isShared = organization === undefined || organization === 'vs-ssh';
  const rest = given[0]?.toLowerCase() === 'defaultcollection' && !isShared ? given.slice(1) : given;
  const parts = isShared ? rest : [organization, ...rest];
  const marker = parts.findIndex((part) => /^_(?:git|ssh)$/i.test(part));
  if (marker === -1 && parts[0]?.toLowerCase() !== 'v3') return { host, parts };
  const before = marker === -1 ? parts.slice(1, -1) : parts.slice(0, marker);
  const repository =
    marker === -1 ? parts.slice(-1) : parts.slice(marker + 1).filter((part) => !/^_(?:full|optimized)$/i.test(part));
  const named = before.at(-1)?.toLowerCase() === repository.join('/').toLowerCase() ? before.slice(0, -1) : before;
  return { host, parts: [...named, ...repository] };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
