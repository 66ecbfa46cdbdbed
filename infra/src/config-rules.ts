/** What no key of the configuration is wrong by itself for, but two of them are together. */
import type { z } from 'zod';
import type { Sources } from './config-sources.ts';

/**
 * Room that what is admitted may take of the 4 KB which Lambda allows for all environment variables of a function:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxAdmissionBytes = 2_600;

/** What the ARNs of credentials may take of a role's policies, beside those of the repositories. */
const maxCredentialChars = 1_400;

/** Where the credentials of one host rest. */
export type CredentialPlace = NonNullable<Sources['networks'][string]['credentials']>;

/** What is looked at together. */
interface Contradictable {
  readonly repositories?: string[] | undefined;
  readonly destinations: Record<string, string>;
  readonly repositoryDelaySeconds: Record<string, number>;
  readonly commands: Record<string, { command: string[] }>;
  readonly sources: Sources;
}

/** Adds an issue for each contradiction, at the key that can be changed. */
export function refuseContradictions(config: Contradictable, context: z.RefinementCtx): void {
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const { repositories } = config;
  const hosts = config.sources.hosts.map((host) => host.toLowerCase());
  for (const host of Object.keys(config.sources.networks)) {
    if (hosts.includes(host)) continue;
    refuse(['sources', 'networks', host], `must be one of sources.hosts, in lower case (${hosts.join(', ')})`);
  }
  const places = new Set(credentialPlaces(config.sources).map((place) => Object.values(place).join()));
  if ([...places].join().length > maxCredentialChars) {
    const limit = `${maxCredentialChars} characters together (a role's policies are limited to 10,240)`;
    refuse(
      ['sources', 'networks'],
      `names credentials that take more than ${limit}: let hosts share them, or shorten the keys`,
    );
  }
  for (const key of ['destinations', 'repositoryDelaySeconds'] as const) {
    for (const name of Object.keys(config[key])) {
      if (repositories !== undefined && !repositories.includes(name)) {
        refuse([key, name], 'must be one of the repositories');
      }
    }
  }
  const names = repositories ?? [...new Set(Object.entries(config.destinations).flat())];
  const byDestination = Map.groupBy(names, (name) => destinationOf(name, config));
  for (const [destination, [first, second]] of byDestination) {
    if (second === undefined) continue;
    const key = [second, first].find((name) => name !== undefined && Object.hasOwn(config.destinations, name));
    refuse(['destinations', key ?? ''], `must be another name: ${first} and ${second} would both go to ${destination}`);
  }
  const sizes = Object.entries({
    commands: JSON.stringify(commandWords(config.commands)),
    'sources.hosts': config.sources.hosts.join(),
    repositories: JSON.stringify(repositories ?? null),
    destinations: JSON.stringify(config.destinations),
    repositoryDelaySeconds: JSON.stringify(config.repositoryDelaySeconds),
  }).map(([key, value]) => [key, Buffer.byteLength(value)] as const);
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  const [[largest, bytes] = ['', 0]] = sizes.toSorted(([, a], [, b]) => b - a);
  if (total > maxAdmissionBytes) {
    refuse(
      largest.split('.'),
      `takes ${bytes} bytes; ${sizes.map(([key]) => key).join(', ')} may take ${maxAdmissionBytes} together (a function's environment is limited to 4 KB)`,
    );
  }
}

/** The name that a repository's mirror has in CodeCommit. */
function destinationOf(name: string, { destinations }: Pick<Contradictable, 'destinations'>): string {
  return (Object.hasOwn(destinations, name) && destinations[name]) || name;
}

/** The names in CodeCommit that mirrors may go to; `*` where the configuration names no repositories. */
export function mirrorNames(config: Pick<Contradictable, 'destinations' | 'repositories'>): string[] {
  return config.repositories?.map((name) => destinationOf(name, config)) ?? ['*'];
}

/** Where the sources' credentials rest. */
export function credentialPlaces({ networks }: Pick<Sources, 'networks'>): CredentialPlace[] {
  return Object.values(networks).flatMap(({ credentials }) => credentials ?? []);
}

/** The commands as the services need them: name to argv. */
export function commandWords(commands: Record<string, { command: string[] }>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(commands).map(([name, { command }]) => [name, command]));
}
