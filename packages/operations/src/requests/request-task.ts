/** Asks for a mirror or a command as any client does, in the operator's name. */
import { MirrorRequested, TaskRequested } from '@hourglass/shared/contracts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { NotFound, OperationFailed } from '../errors.ts';
import { newRequestId, putEvent } from './put-event.ts';

export interface Asked {
  readonly kind: 'mirror' | 'command';
  readonly name: string;
  /** Where to mirror from; without it, what the configuration says. */
  readonly source?: string | undefined;
  /** How long it may wait; without it, what the configuration says. */
  readonly maxDelaySeconds?: number | undefined;
}

/**
 * @returns the request's id, by which it is found again
 * @throws NotFound if the deployment does not know the name; OperationFailed for what no deployment takes
 */
export async function requestTask(deployment: Deployment, asked: Asked): Promise<{ requestId: string; task: string }> {
  const requestId = newRequestId();
  const { kind, name, maxDelaySeconds } = asked;
  const common = { requestId, ...(maxDelaySeconds !== undefined && { maxDelaySeconds }) };
  if (kind === 'command') {
    checkKnown(name, deployment.description.commands, 'command', 'commands');
    check(TaskRequested.detail.safeParse({ version: 1, ...common, name }));
    await putEvent(deployment, TaskRequested.name, { ...common, name });
    return { requestId, task: `command:${name}` };
  }
  const sourceUrl = asked.source ?? sourceOf(deployment, name);
  check(MirrorRequested.detail.safeParse({ version: 1, ...common, repository: name, sourceUrl }));
  await putEvent(deployment, MirrorRequested.name, { ...common, repository: name, sourceUrl });
  return { requestId, task: `mirror:${name}` };
}

/** @throws NotFound, OperationFailed */
export function sourceOf(deployment: Deployment, name: string): string {
  const { repositories, description } = deployment;
  if (description.repositories !== null) checkKnown(name, Object.keys(repositories), 'repository', 'repositories');
  const source = Object.hasOwn(repositories, name) ? repositories[name]?.source : undefined;
  if (source !== undefined) return source;
  throw new OperationFailed(
    `the deployment ${deployment.name} does not know where ${name} is mirrored from: give --source URL, or add its source to "repositories" of the configuration`,
  );
}

/** The address of its mirror, as tasks are given it. */
export function destinationOf({ description, repositories }: Deployment, name: string): string {
  const named = Object.hasOwn(repositories, name) ? repositories[name]?.destination : undefined;
  return `${description.destinationPrefix}${named ?? name}`;
}

function checkKnown(name: string, known: readonly string[], what: string, key: string): void {
  if (known.includes(name)) return;
  const there = known.length === 0 ? 'It has none' : `It has ${listed(known)}`;
  throw new NotFound(
    `the deployment has no ${what} ${JSON.stringify(name)}. ${there}; "${key}" of its configuration names them`,
  );
}

function listed(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, 20);
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}

function check(read: {
  success: boolean;
  error?: { issues: { path: PropertyKey[]; message: string }[] } | undefined;
}): void {
  if (read.success) return;
  const faults = read.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];
  throw new OperationFailed(`the request would be refused: ${faults.join('; ')}`);
}
