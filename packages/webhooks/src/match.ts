/**
 * Which configured repository a payload speaks of. The configuration gives each one's source address; a payload gives what its server calls it.
 *
 * A source that names its `hosts` is believed to be that server, whatever name the server has for itself: many call themselves
 * `localhost`. Then the paths alone are compared, and only with repositories of these hosts.
 */
import { type CloneAddress, foldName, readAddress, readHostname } from './address.ts';
import type { NamedRepository } from './delivery.ts';
import type { ServerName } from './servers.ts';

/** What the configuration says of where deliveries come from. */
export interface HookSource {
  readonly server: ServerName;
  /** `host` or `host:port`, as the configured addresses have them; undefined: a payload's host must be that of the configured address. */
  readonly hosts?: readonly string[] | undefined;
}

/** The source address of each repository, by its name. */
export type SourceAddresses = Readonly<Record<string, string>>;

export interface Matcher {
  /** The repositories that the source may speak of. */
  readonly repositories: readonly string[];
  /** Those that the payload means; more than one only if `findSharedAddresses` finds them too. */
  match(named: NamedRepository): string[];
}

interface Candidate extends CloneAddress {
  readonly repository: string;
}

/** Reads the configuration once, for many payloads. */
export function createMatcher(source: HookSource, addresses: SourceAddresses): Matcher {
  const { server, hosts } = source;
  const candidates = candidatesOf(source, addresses);
  const byPath = groupByPath(candidates);
  const byAddress = (url: string) => {
    const address = readAddress(url, server);
    const found = address === undefined ? [] : (byPath.get(address.path) ?? []);
    return found.filter((candidate) => hosts !== undefined || isSameServer(candidate, address as CloneAddress));
  };
  const byName = (name: string) => {
    const folded = foldName(name, server);
    return candidates.filter(({ path }) => path === folded || path.endsWith(`/${folded}`));
  };
  // Who writes its own JSON may know the repository by the name that it has here.
  const byOurName = ({ names }: NamedRepository) =>
    server === 'generic' ? candidates.filter(({ repository }) => names.includes(repository)) : [];
  const match = (named: NamedRepository) => {
    const { names, cloneUrls } = named;
    const found = cloneUrls.length > 0 ? cloneUrls.flatMap(byAddress) : byOurName(named);
    const isNameEnough = hosts !== undefined || cloneUrls.every((url) => readAddress(url, server) === undefined);
    // The name without its group is only asked where there is no better one.
    const precise = names.filter((name) => name.includes('/'));
    if (found.length === 0 && isNameEnough) found.push(...(precise.length > 0 ? precise : names).flatMap(byName));
    return [...new Set(found.map(({ repository }) => repository))];
  };
  return { repositories: candidates.map(({ repository }) => repository), match };
}

/**
 * Repositories of which one payload could mean several, because their addresses are of one repository, written in two ways or not.
 * @param sources of the configuration; if there are none, the addresses are compared as they are written
 * @returns groups of names of repositories, each of two or more
 */
export function findSharedAddresses(sources: readonly HookSource[], addresses: SourceAddresses): string[][] {
  const readers: readonly HookSource[] = sources.length > 0 ? sources : [{ server: 'generic' }];
  const groups = readers.flatMap((source) =>
    [...groupByPath(candidatesOf(source, addresses)).values()].flatMap((same) =>
      same.map((one) =>
        same
          .filter((other) => source.hosts !== undefined || isSameServer(one, other))
          .map(({ repository }) => repository),
      ),
    ),
  );
  const shared = groups.filter((group) => group.length > 1).map((group) => group.toSorted());
  return [...new Map(shared.map((group) => [JSON.stringify(group), group])).values()];
}

/** `Map.groupBy`, which Node 20 has not, and the configuration is checked there too. */
function groupByPath(candidates: readonly Candidate[]): Map<string, Candidate[]> {
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) groups.set(candidate.path, [...(groups.get(candidate.path) ?? []), candidate]);
  return groups;
}

function candidatesOf({ server, hosts }: HookSource, addresses: SourceAddresses): Candidate[] {
  const own = hosts?.map(readHost);
  return Object.entries(addresses).flatMap(([repository, url]) => {
    const address = readAddress(url, server);
    const isOwn = address && (own === undefined || own.some((host) => isAt(address, host)));
    return isOwn ? [{ ...address, repository }] : [];
  });
}

function readHost(text: string): { host: string; port: string | undefined } {
  const [, host = text, port] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? [];
  return { host: readHostname(host), port };
}

/** A host without a port is the server behind all of its ports. */
function isAt(address: CloneAddress, { host, port }: { host: string; port: string | undefined }): boolean {
  if (address.host !== host) return false;
  if (port === undefined || address.port === undefined) return true;
  const usual = address.by === 'ssh' ? ['22'] : address.by === 'git' ? ['9418'] : ['80', '443'];
  return address.port === '' ? usual.includes(port) : address.port === port;
}

/** Two ports of one protocol are two servers; of two protocols they are one server's. */
function isSameServer(one: CloneAddress, other: CloneAddress): boolean {
  if (one.host !== other.host) return false;
  return one.by !== other.by || one.port === undefined || other.port === undefined || one.port === other.port;
}
