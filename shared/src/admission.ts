/** What a deployment admits: the checks that need its configuration, made at every door before a request is accepted. */
import type { Task } from '@hourglass/lease';
import * as z from 'zod';
import type { DetailOf } from './contracts/contract.ts';
import { MirrorRequested, TaskRequested } from './contracts/requests.ts';
import { describeIssues, json, list } from './env.ts';
import { PermanentError } from './errors.ts';
import { sourceHost } from './source-host.ts';

/** The environment variables that admission needs. */
export const admissionEnv = {
  ALLOWED_SOURCE_HOSTS: list,
  COMMANDS: json(z.record(z.string(), z.array(z.string()).min(1))),
  /** What a mirror may be asked of; `null`: every repository. */
  REPOSITORIES: json(z.array(z.string()).nullable()),
};

export interface AdmissionRules {
  ALLOWED_SOURCE_HOSTS: string[];
  COMMANDS: Record<string, string[]>;
  REPOSITORIES: string[] | null;
}

export type RequestDetail =
  | { kind: 'mirror'; detail: DetailOf<typeof MirrorRequested> }
  | { kind: 'command'; detail: DetailOf<typeof TaskRequested> };

/**
 * A request's detail, by its event name.
 * @throws PermanentError saying what is wrong and where, if the contract is broken or the deployment does not admit it.
 */
export function admitRequest(name: string, detail: unknown, rules: AdmissionRules): RequestDetail {
  if (name === MirrorRequested.name) {
    const mirror = parseDetail(MirrorRequested.detail, name, detail);
    checkRepository(mirror.repository, rules.REPOSITORIES);
    checkSource(mirror.sourceUrl, rules.ALLOWED_SOURCE_HOSTS);
    return { kind: 'mirror', detail: mirror };
  }
  if (name === TaskRequested.name) {
    const task = parseDetail(TaskRequested.detail, name, detail);
    if (!Object.hasOwn(rules.COMMANDS, task.name)) {
      const known = Object.keys(rules.COMMANDS).join(', ') || 'none';
      throw new PermanentError(`The command "${task.name}" is not defined in this deployment. Defined: ${known}.`);
    }
    return { kind: 'command', detail: task };
  }
  throw new PermanentError(`"${name}" is no request. Send ${MirrorRequested.name} or ${TaskRequested.name}.`);
}

/**
 * Keys of a request that its contract does not know, sorted. They are ignored, since a newer client may send more than this deployment
 * understands; but whoever has misspelt one reads so in the refusal.
 */
export function ignoredKeys(name: string, detail: unknown): string[] {
  const contract = [MirrorRequested, TaskRequested].find((one) => one.name === name);
  if (contract === undefined || typeof detail !== 'object' || detail === null) return [];
  return Object.keys(detail)
    .filter((key) => !Object.hasOwn(contract.detail.shape, key))
    .sort();
}

/** Where mirrors go: the repository of the same name below the prefix, if it is not given another name. */
export interface DestinationRules {
  DESTINATION_PREFIX: string;
  DESTINATIONS: Record<string, string>;
}

/** The task that an admitted request asks for; where a mirror goes is the deployment's choice. */
export function taskOf(admitted: RequestDetail, rules: DestinationRules): Task {
  if (admitted.kind === 'command') return { kind: 'command', name: admitted.detail.name };
  const { repository, sourceUrl } = admitted.detail;
  const name = Object.hasOwn(rules.DESTINATIONS, repository) ? rules.DESTINATIONS[repository] : repository;
  return { kind: 'mirror', repository, sourceUrl, destination: `${rules.DESTINATION_PREFIX}${name}` };
}

function parseDetail<T extends z.ZodType>(schema: T, name: string, detail: unknown): z.output<T> {
  const result = schema.safeParse(detail);
  if (result.success) return result.data;
  throw new PermanentError(`The detail of ${name} breaks its contract: ${describeIssues(result.error)}.`);
}

function checkRepository(repository: string, known: string[] | null): void {
  if (known === null || known.includes(repository)) return;
  throw new PermanentError(
    `The repository "${repository}" is not one of this deployment's: add it to "repositories" of its configuration. Known: ${known.join(', ')}.`,
  );
}

function checkSource(sourceUrl: string, allowedHosts: string[]): void {
  const host = sourceHost(sourceUrl);
  if (allowedHosts.some((allowed) => allowed.toLowerCase() === host)) return;
  throw new PermanentError(
    `The source host "${host}" is not on this deployment's allow-list (${allowedHosts.join(', ') || 'empty'}).`,
  );
}
