/**
 * The world that the exploration runs the services in, as small as the protocol can see it: the stored lease, the schedules that are alive,
 * the stacks, the tasks, and what has become of each request. Messages are not in it: whatever was once sent may come at any time, again
 * and again or never, so that duplicates, losses and stale messages need no state of their own.
 */
import {
  type Fact,
  identityOf,
  identityOfAsk,
  type Lease,
  type LeaseState,
  movePlaces,
  newLease,
  type Places,
  type TaskItem,
  type Timer,
} from '@hourglass/lease';
import type { Run } from './message.ts';

export const LEASE_ID = 'main';
export const STACK_NAME = 'endpoints';

export interface WorldStack {
  id: string;
  fence: number;
  status: 'creating' | 'complete' | 'failed' | 'deleting' | 'deleteFailed' | 'deleted';
  createdAtMs: number;
  deletedAtMs: number | null;
  /** An endpoint has outlived the stack and is billed. */
  leftBehind: boolean;
  /** Somebody deleted it who is not Hourglass; no rule can hold a task's endpoints then. */
  byHand: boolean;
}

/** A Fargate task with the attempts of its batch. */
export interface WorldTask {
  /** What it is begun with. */
  token: string;
  /** Each attempt, with the requests that were accepted before it started: what it mirrors, if it succeeds. */
  members: { token: string; taskKey: string; covers: string[] }[];
  fence: number;
  /** Of the direct carrier. */
  isDirect?: true;
  /** `claimed`: its work item was written with the claim, RunTask has not come through. `remains`: its containers have ended, and it never stops. */
  status: 'claimed' | 'running' | 'remains' | 'stopped';
  /**
   * `partly`: the first attempt has succeeded, then it died. Of the direct carrier, `stale`: the destination had moved; `limited`: only a task can do it.
   */
  end: 'succeeded' | 'partly' | 'failed' | 'notStarted' | 'stale' | 'limited' | null;
  stoppedAtMs: number;
}

export interface WorldRequest {
  id: string;
  repository: string;
  maxDelaySeconds: number;
  /** `dying`: its item is dead, the message in the dead-letter queue not yet sent. */
  fate: 'coming' | 'waiting' | 'dying' | 'served' | 'dead';
}

/** What the operator asks of the lease; each comes only once the one before it was taken. */
export interface WorldAsk {
  name: 'PauseRequested' | 'ResumeRequested' | 'CloseRequested';
  /** Everything, without it. */
  taskKey?: string;
}

export const askIdOf = (index: number): string => `ask-${index + 1}`;

export interface World {
  /** Whether the lease has any. */
  hasEndpoints: boolean;
  /** Requests that the lease with endpoints was asked for, in the place of this one: a second time is none. */
  handedOver: ReadonlySet<string>;
  nowMs: number;
  lease: Lease;
  items: ReadonlyMap<string, TaskItem>;
  /** As a store keeps them, written with the items. */
  places: Places;
  seen: ReadonlySet<string>;
  schedules: Timer[];
  stacks: WorldStack[];
  tasks: WorldTask[];
  requests: WorldRequest[];
  asks: readonly WorldAsk[];
  /** The fences that CreateStack was called for. */
  asked: number[];
  /** The one handler that stands between two of its calls; it goes on, or is never heard of again. */
  paused: Run | null;
  /** How many more rare faults may come: a lost answer, a refusal, a deletion that fails, a timer that is late, a hand in the console. */
  faultsLeft: number;
  /** How many more handlers may be stopped between two calls. */
  pausesLeft: number;
}

export function newWorld(
  requests: Omit<WorldRequest, 'fate'>[],
  faults: number,
  pauses: number,
  { hasEndpoints = true, asks = [] }: { hasEndpoints?: boolean; asks?: readonly WorldAsk[] | undefined } = {},
): World {
  return {
    hasEndpoints,
    handedOver: new Set(),
    nowMs: 0,
    lease: newLease(LEASE_ID),
    items: new Map(),
    places: new Map(),
    seen: new Set(),
    schedules: [],
    stacks: [],
    tasks: [],
    requests: requests.map((request) => ({ ...request, fate: 'coming' })),
    asks,
    asked: [],
    paused: null,
    faultsLeft: faults,
    pausesLeft: pauses,
  };
}

export function copyOf(world: World): World {
  return {
    ...world,
    schedules: [...world.schedules],
    stacks: world.stacks.map((stack) => ({ ...stack })),
    tasks: world.tasks.map((task) => ({ ...task, members: task.members.map((member) => ({ ...member })) })),
    requests: world.requests.map((request) => ({ ...request })),
    asked: [...world.asked],
  };
}

export const taskKeyFor = (request: WorldRequest): string => `mirror:${request.repository}`;

/** What was found to be broken; the exploration ends with the way that led there. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Writes the step: the store's one transaction, and what it means for the requests. */
export function commit(world: World, before: LeaseState, after: LeaseState, facts: Fact[]): void {
  const items = new Map(world.items);
  for (const taskKey of before.items.keys()) if (!after.items.has(taskKey)) items.delete(taskKey);
  for (const [taskKey, item] of after.items) items.set(taskKey, item);
  // What is learned of durations is forgotten, so that the states stay finite; learning has tests of its own.
  world.lease = { ...after.lease, version: before.lease.version + 1, deletion: null, taskRun: null };
  world.items = items;
  world.places = movePlaces(world.places, before.items, after.items);
  for (const fact of facts) {
    if (fact.type === 'requestRemembered') {
      world.seen = new Set([...world.seen, identityOf(fact.request)]);
      // A request for a dead task revives it: what was dying waits again, for the new run.
      for (const request of world.requests) {
        // What is to be handed over is so all the same.
        const isHandedOver = items.get(fact.taskKey)?.handsOver === true;
        const isRevived = request.fate === 'dying' && taskKeyFor(request) === fact.taskKey && !isHandedOver;
        if (isRevived || request.id === fact.request.requestId) request.fate = 'waiting';
      }
    } else if (fact.type === 'askRemembered') {
      world.seen = new Set([...world.seen, identityOfAsk(fact.askId)]);
    } else if (fact.type === 'leaseOpening') {
      const resumes = facts.some(({ type }) => type === 'resumed');
      if (isPaused(before.lease) && !resumes) throw new Violation('the lease opens while everything is paused');
    } else if (fact.type === 'taskClaimed') {
      if (isPaused(before.lease, fact.taskKey)) throw new Violation(`${fact.taskKey} is claimed while it is paused`);
      const { token, taskKey, fence, batchId = token } = fact;
      const begun = world.tasks.find((task) => task.token === batchId);
      const member = { token, taskKey, covers: [] };
      if (begun) begun.members.push(member);
      else {
        const task = {
          token: batchId,
          members: [member],
          fence,
          status: 'claimed',
          end: null,
          stoppedAtMs: 0,
        } as const;
        world.tasks.push({ ...task, members: [member], ...(!world.hasEndpoints && { isDirect: true }) });
      }
    } else if (fact.type === 'taskFailed' && (fact.next === 'dead' || fact.next === 'handedOver')) {
      for (const request of world.requests) {
        if (taskKeyFor(request) === fact.taskKey && request.fate === 'waiting') request.fate = 'dying';
      }
    }
  }
}

export function isPaused({ heldSinceMs, heldTasks }: Lease, taskKey?: string): boolean {
  return heldSinceMs !== null || (taskKey !== undefined && heldTasks.includes(taskKey));
}

/** The first that was not taken yet. */
export function nextAsk({ asks, seen }: World): number | undefined {
  const index = asks.findIndex((_, n) => !seen.has(identityOfAsk(askIdOf(n))));
  return index === -1 ? undefined : index;
}

export function livingStack(world: World): WorldStack | undefined {
  return world.stacks.find(({ status }) => status !== 'deleted');
}

export function stopTask(world: World, task: WorldTask, end: NonNullable<WorldTask['end']>): void {
  task.status = 'stopped';
  task.end = end;
  task.stoppedAtMs = world.nowMs;
  const served = new Set(task.members.filter((_, index) => hasSucceeded(task, index)).flatMap(({ covers }) => covers));
  for (const request of world.requests) if (served.has(request.id)) request.fate = 'served';
}

export function hasSucceeded({ end }: WorldTask, member: number): boolean {
  return end === 'succeeded' || (end === 'partly' && member === 0);
}

export function isIdle({ lease }: World): boolean {
  return lease.phase === 'closed' && lease.pending + lease.running + lease.dead + lease.held === 0;
}
