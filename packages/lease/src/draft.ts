/** A decision in the making: the state's own copy, with the facts that it leaves behind. */
import type { Fact } from './commands.ts';
import { type Lease, type LeaseState, nothingLearned, type Unseen } from './lease.ts';
import { lookDueMs } from './looks.ts';
import { isPaused } from './orders.ts';
import type { LeaseSettings } from './settings.ts';
import { type TaskItem, taskTokenOf } from './task.ts';

export interface Draft {
  lease: Lease;
  items: Map<string, TaskItem>;
  seen: Set<string>;
  readonly complete: boolean;
  readonly unseen: Unseen | undefined;
  facts: Fact[];
  readonly nowMs: number;
  readonly settings: LeaseSettings;
}

export function draftOf(state: LeaseState, nowMs: number, settings: LeaseSettings): Draft {
  return {
    lease: copyOf(state.lease),
    items: new Map(state.items),
    seen: new Set(state.seen),
    complete: state.complete,
    unseen: state.unseen,
    facts: [],
    nowMs,
    settings,
  };
}

const laterFields = [...Object.keys(nothingLearned), 'tasks'];

/** A lease that was stored before they were there lacks some fields. One that has them all, as nearly every one, is copied at a third of the price. */
function copyOf(lease: Lease): Lease {
  if (laterFields.every((field) => field in lease)) return { ...lease };
  return { ...nothingLearned, ...lease, tasks: lease.tasks ?? lease.running };
}

/** Replaces the item under `taskKey` and moves the lease's exact counts with it; `null` takes the item out. */
export function moveItem(draft: Draft, taskKey: string, given: TaskItem | null): void {
  const { lease } = draft;
  const before = draft.items.get(taskKey);
  if (before) count(lease, before, -1);
  if (!given) {
    draft.items.delete(taskKey);
    return;
  }
  // What waits of a paused task is held, from wherever it comes.
  const isHeld = given.state === 'pending' && lease.heldTasks.includes(taskKey);
  const next: TaskItem = isHeld ? { ...given, state: 'held' } : given;
  count(lease, next, 1);
  draft.items.set(taskKey, next);
  if (next.state === 'pending') lease.startByMs = Math.min(lease.startByMs ?? next.startByMs, next.startByMs);
  if (next.claim) expectLook(lease, lookDueMs(next.claim, draft.settings));
}

function count(lease: Lease, item: TaskItem, by: 1 | -1): void {
  lease[item.state] += by;
  if (isPaused(item)) lease.paused += by;
  if (item.claim?.token !== undefined && item.claim.token === taskTokenOf(item.claim)) lease.tasks += by;
}

function expectLook(lease: Lease, dueMs: number): void {
  lease.lookByMs = earlier(lease.lookByMs, dueMs);
  if (lease.round) lease.round = { ...lease.round, lookByMs: earlier(lease.round.lookByMs, dueMs) };
}

function earlier(atMs: number | null, otherMs: number): number {
  return Math.min(atMs ?? otherMs, otherMs);
}

/** The running item that this token belongs to; a token is good for one claim only. */
export function runningItem(draft: Draft, taskKey: string, token: string): TaskItem | undefined {
  const item = draft.items.get(taskKey);
  return item?.claim?.token === token ? item : undefined;
}
