/**
 * What AWS has and what runs in it: endpoints are never deleted under a task and no task starts without them (invariant 2), there are never two
 * stacks (3), and nothing outlives the lease (4).
 */
import type { Cloud, FaultedCall, Stack, Trace } from '@hourglass/cloud';
import { IdleEndpoints } from './idle-endpoints.ts';
import { itemsPut, type Seen } from './lease-table.ts';
import type { Report } from './violation.ts';

const FENCE_TAG = 'hourglass:fence';

/** AWS has said for certain that there will be no repository. */
const REFUSED = /LimitExceeded|Denied|NotAllowed/;

/**
 * A task that does not heed StopTask is asked again hour by hour, not minute by minute, until it is given up after three days: six times
 * while the pause doubles, 72 times after that, and again where the write that follows was lost.
 */
const MOST_STOPS = 100;

type Change = Extract<Trace, { kind: 'stack' | 'task' | 'endpoint' }>;

export class StacksAndTasks {
  readonly #cloud: Cloud;
  readonly #report: Report;
  /** Tasks whose container has not ended, by ARN, with the keys of what they run. What ECS tidies up after that is nobody's matter. */
  readonly #living = new Map<string, string[]>();
  readonly #known = new Set<string>();
  readonly #taskKeys = new Map<string, string>();
  /** The tokens in the batch of the one that a task is begun with. */
  readonly #members = new Map<string, string[]>();
  readonly #stops = new Map<string, number>();
  /** Repositories that are not there, and that AWS has refused to make when it was last asked. */
  readonly #refused = new Set<string>();
  readonly #fences = new Set<string>();
  readonly #endpoints = new Set<string>();
  readonly #idle: IdleEndpoints;
  #stacks: Stack[] = [];

  constructor(cloud: Cloud, report: Report) {
    this.#cloud = cloud;
    this.#report = report;
    this.#idle = new IdleEndpoints(cloud, report);
  }

  get tasksTaken(): number {
    return this.#known.size;
  }

  /** Learns which task an attempt is for. */
  onWrite({ input }: FaultedCall): void {
    for (const item of itemsPut(input)) {
      const { pk, taskKey, members = [] } = item as { pk: string; taskKey?: string; members?: string[] };
      if (!pk.startsWith('work#') || taskKey === undefined) continue;
      this.#taskKeys.set(pk.slice('work#'.length), taskKey);
      this.#members.set(pk.slice('work#'.length), members);
    }
  }

  onCall({ service, operation, input }: FaultedCall, _output: unknown): void {
    if (operation === 'StopTask') this.#onStopTask(String(input.task));
    const deletes = operation === 'DeleteStack' || (service === 'ec2' && operation === 'DeleteVpcEndpoints');
    if (!deletes || this.#living.size === 0) return;
    const what = JSON.stringify(input.StackName ?? input.VpcEndpointId);
    this.#report(2, `${operation} ${what} while ${this.#living.size} tasks run: ${[...this.#living.values()]}.`);
  }

  onTrace(trace: Trace): void {
    this.#idle.onTrace(trace);
    if (trace.kind === 'api' && trace.service === 'codecommit') this.#onRepositoryCall(trace);
  }

  onChange(change: Change, seen: Seen): void {
    if (change.kind === 'task') this.#onTask(change, seen);
    else if (change.kind === 'stack') this.#onStack(change, seen);
    else if (change.state === 'deleted') this.#endpoints.delete(change.endpointId);
    else if (change.tags[FENCE_TAG] !== undefined) this.#endpoints.add(change.endpointId);
  }

  check(seen: Seen): void {
    const { lease } = seen;
    if (lease?.phase === 'closed') {
      if (this.#endpoints.size > 0) this.#report(4, `The lease is closed, and ${this.#endpoints.size} endpoints live.`);
      if (this.#stacks.length > 0) this.#report(4, `The lease is closed, and the stack ${this.#stacks[0]?.id} lives.`);
    }
    this.#idle.check(seen, this.#endpoints.size, this.#living.size);
  }

  owed(): string[] {
    return [
      ...this.#stacks.map(({ id, status }) => `the stack ${id} is ${status}`),
      ...[...this.#endpoints].map((id) => `the endpoint ${id} lives`),
      ...[...this.#living].map(([arn, taskKey]) => `the task ${arn} of ${taskKey} runs`),
    ];
  }

  /** What is not there after a refusal stays refused until AWS answers anything but that it is not there: then it is made, or nobody knows. */
  #onRepositoryCall({ operation, outcome, demands }: Extract<Trace, { kind: 'api' }>): void {
    const name = demands[0]?.resources[0]?.split(':').at(-1) ?? '';
    const isThere = this.#cloud.parts.codecommit.repositories().has(name);
    if (!isThere && operation === 'CreateRepository' && REFUSED.test(outcome)) this.#refused.add(name);
    else if (isThere || outcome !== 'RepositoryDoesNotExistException') this.#refused.delete(name);
  }

  #onStopTask(arn: string): void {
    const calls = (this.#stops.get(arn) ?? 0) + 1;
    this.#stops.set(arn, calls);
    if (calls === MOST_STOPS) this.#report(4, `The task ${arn} is asked to stop for the ${calls}th time.`);
  }

  #onStack({ stackId, status }: Extract<Change, { kind: 'stack' }>, { lease }: Seen): void {
    const stack = this.#cloud.parts.cloudformation.stacks().find(({ id }) => id === stackId);
    if (!stack) return;
    this.#stacks = this.#stacks.filter(({ id }) => id !== stackId);
    if (status !== 'DELETE_COMPLETE') this.#stacks.push(stack);
    if (status === 'DELETE_IN_PROGRESS' && this.#living.size > 0) {
      this.#report(2, `The stack ${stackId} is deleted while ${[...this.#living.values()]} run.`);
    }
    if (status === 'DELETE_IN_PROGRESS' && (lease?.phase !== 'closing' || lease.stackId !== stackId)) {
      this.#report(2, `The stack ${stackId} is deleted while the lease is ${lease?.phase}, with ${lease?.stackId}.`);
    }
    if (status !== 'CREATE_IN_PROGRESS') return;
    const fence = stack.tags.find(({ Key }) => Key === FENCE_TAG)?.Value ?? '';
    if (this.#stacks.length > 1) this.#report(3, `There are two stacks: ${this.#stacks.map(({ id }) => id)}.`);
    if (this.#fences.has(fence)) this.#report(3, `A second stack was created for fence ${fence}.`);
    this.#fences.add(fence);
    if (lease?.phase !== 'opening' || String(lease.fence) !== fence) {
      this.#report(
        4,
        `A stack of fence ${fence} was created while the lease was ${lease?.phase}, fence ${lease?.fence}.`,
      );
    }
  }

  #onTask({ taskArn, status, startedBy = '' }: Extract<Change, { kind: 'task' }>, { lease, items }: Seen): void {
    if (status === 'DEPROVISIONING' || status === 'STOPPED') this.#living.delete(taskArn);
    if (this.#known.has(taskArn)) return;
    this.#known.add(taskArn);
    const tokens = [startedBy, ...(this.#members.get(startedBy) ?? [])];
    const taskKeys = tokens.map((token) => this.#taskKeys.get(token) ?? '?');
    const [stack] = this.#stacks;
    if (lease?.phase !== 'open' || stack?.status !== 'CREATE_COMPLETE') {
      this.#report(
        2,
        `A task of ${taskKeys} was started while the lease was ${lease?.phase}, its stack ${stack?.status}.`,
      );
    } else {
      for (const token of tokens) {
        const item = items.find(({ claim }) => claim?.token === token);
        if (item?.claim?.fence === lease.fence && item.state === 'running') continue;
        this.#report(2, `A task of ${taskKeys} was started for a claim that is not the lease's: ${token}.`);
      }
    }
    for (const taskKey of taskKeys) {
      if (!this.#refused.has(taskKey.replace('mirror:', ''))) continue;
      this.#report(1, `A task of ${taskKey} was started, and AWS refuses to make its destination.`);
    }
    for (const taskKey of [...this.#living.values()].flat()) {
      if (taskKeys.includes(taskKey)) this.#report(2, `Two tasks of ${taskKey} run at once.`);
    }
    this.#living.set(taskArn, taskKeys);
  }
}
