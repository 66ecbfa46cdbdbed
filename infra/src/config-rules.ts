/** What no key of the configuration is wrong by itself for, but two of them are together. */
import type { z } from 'zod';
import { type Answers, refuseUnknownHosts } from './config-answers.ts';
import { refuseElsewhere } from './config-reach.ts';
import {
  charsOfNames,
  hostOfSource,
  maxNamesChars,
  type Repositories,
  type RepositoriesWritten,
  unfoldRepositories,
} from './config-repositories.ts';
import type { Sources } from './config-sources.ts';
import { refuseUnreachable, type Webhooks } from './config-webhooks.ts';

/**
 * Room that commands may take of the 4 KB which Lambda allows for all environment variables of a function; what else grows with the configuration is in
 * no function that cannot have it as a file (`settings-file.ts`).
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxCommandsBytes = 2_600;

/** What the ARNs of credentials may take of a role's policies, beside those of the repositories. */
const maxCredentialChars = 1_400;

/** Where the credentials of one host rest. */
export type CredentialPlace = NonNullable<Sources['networks'][string]['credentials']>;

/** What is looked at together. */
interface Contradictable extends RepositoriesWritten {
  readonly commands: Record<string, { command: string[] }>;
  readonly sources: Sources;
  readonly endpointSubnets?: readonly { readonly zone?: string | undefined }[] | undefined;
  readonly image: { readonly build?: true; readonly uri?: string };
  readonly destinationPrefix?: string | undefined;
  readonly webhooks: Webhooks;
  readonly answers: Answers;
  readonly carrier: 'fargate' | 'direct';
}

/** Adds an issue for each contradiction, at the key that can be changed. */
export function refuseContradictions(written: Contradictable, context: z.RefinementCtx): void {
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const config = { ...written, ...unfoldRepositories(written) };
  const { repositories } = config;
  /** Where a value stands: in the map, or in the key that is there for the list. */
  const pathTo = (key: 'destinations' | 'repositoryDelaySeconds', name: string) =>
    Object.hasOwn(written[key], name)
      ? [key, name]
      : ['repositories', name, { destinations: 'destination', repositoryDelaySeconds: 'maxDelay' }[key]];
  const hosts = config.sources.hosts.map((host) => host.toLowerCase());
  for (const host of Object.keys(config.sources.networks)) {
    if (hosts.includes(host)) continue;
    refuse(['sources', 'networks', host], `must be one of sources.hosts, in lower case (${hosts.join(', ')})`);
  }
  refuseElsewhere(config, refuse);
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
        refuse(pathTo(key, name), 'must be one of the repositories');
      } else if (Object.hasOwn(written[key], name) && written[key][name] !== config[key][name]) {
        refuse(
          [key, name],
          `is ${written[key][name]}, and repositories.${name} says ${config[key][name]}: leave one of them out`,
        );
      }
    }
  }
  for (const [name, source] of Object.entries(config.repositorySources)) {
    const host = hostOfSource(source);
    if (host !== undefined && !hosts.includes(host))
      refuse(['repositories', name, 'source'], `is at ${host}, which is none of sources.hosts (${hosts.join(', ')})`);
  }
  for (const name of Object.keys(config.repositorySchedules)) {
    if (Object.hasOwn(config.repositorySources, name)) continue;
    refuse(['repositories', name, 'schedule'], 'needs to know what to mirror: give the repository its source');
  }
  refuseUnreachable(config, hosts, refuse);
  refuseUnknownHosts(config, hosts, refuse);
  const names = new Set(repositories ?? Object.entries(config.destinations).flat());
  const takenBy = new Map<string, string>();
  for (const second of names) {
    const destination = destinationOf(second, config);
    const first = takenBy.get(destination);
    takenBy.set(destination, second);
    if (first === undefined) continue;
    const key = [second, first].find((name) => Object.hasOwn(config.destinations, name)) ?? second;
    refuse(pathTo('destinations', key), `must be another name: ${first} and ${second} would both go to ${destination}`);
  }
  const commandsBytes = Buffer.byteLength(JSON.stringify(commandWords(config.commands)));
  if (commandsBytes > maxCommandsBytes) {
    refuse(
      ['commands'],
      `takes ${commandsBytes} bytes, and may take ${maxCommandsBytes} (a function's environment is limited to 4 KB)`,
    );
  }
  const parameters = [...new Set(Object.values(config.webhooks).map(({ secret }) => secret.parameter))];
  if (charsOfNames(parameters) > maxNamesChars) {
    const limit = `a role's policies hold ${maxNamesChars} characters of parameters, each with its ARN`;
    refuse(['webhooks'], `must be fewer (${parameters.length} secrets; ${limit}): let sources share a secret`);
  }
}

/** The name that a repository's mirror has in CodeCommit. */
export function destinationOf(name: string, { destinations }: Pick<Repositories, 'destinations'>): string {
  return (Object.hasOwn(destinations, name) && destinations[name]) || name;
}

/** What decides who carries what. */
type Carriers = Pick<Repositories, 'repositoryCarriers'> & { readonly carrier: 'fargate' | 'direct' };

/** The repositories that another carrier has than the deployment's. */
export function otherCarriers({ carrier, repositoryCarriers }: Carriers): string[] {
  return Object.keys(repositoryCarriers).filter((name) => repositoryCarriers[name] !== carrier);
}

/** Whether the mirrors of this repository are carried without a task. */
export function isDirect(name: string, config: Carriers): boolean {
  return (
    (Object.hasOwn(config.repositoryCarriers, name) ? config.repositoryCarriers[name] : config.carrier) === 'direct'
  );
}

/** Whether any mirror may be. */
export function hasDirect({ carrier, repositoryCarriers }: Carriers): boolean {
  return carrier === 'direct' || Object.values(repositoryCarriers).includes('direct');
}

/** Which refs are mirrored, by the name in CodeCommit: that is what a task knows of its mirror. */
export function refsByMirror(config: Pick<Repositories, 'destinations' | 'repositoryRefs'>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(config.repositoryRefs).map(([name, patterns]) => [destinationOf(name, config), patterns]),
  );
}

/** The names in CodeCommit that mirrors may go to; `*` where the configuration names no repositories. */
export function mirrorNames(config: Pick<Repositories, 'destinations' | 'repositories'>): string[] {
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

/** Which of the webhook's doors there are: `requests` for holders of a key or token, `hooks` for git servers. Where nobody could get in, there is none. */
export function webhookDoors({ apiKeySha256, webhook, webhooks }: WebhookKeys): { requests: boolean; hooks: boolean } {
  return {
    requests: apiKeySha256 !== undefined || webhook.oauth !== undefined,
    hooks: Object.keys(webhooks).length > 0,
  };
}

/** Whether there is a webhook at all. */
export function hasWebhook(config: WebhookKeys): boolean {
  return Object.values(webhookDoors(config)).some(Boolean);
}

interface WebhookKeys {
  readonly apiKeySha256?: string | undefined;
  readonly webhook: { readonly oauth?: object | undefined };
  readonly webhooks: Webhooks;
}
