/**
 * Batches: when more repositories wait than Fargate tasks may be begun, several share one. A Fargate task is billed from its image's pull
 * and for a minute at least, and a repository that has nothing new takes a second of it. Who would find a task of their own, has one.
 *
 * Each claim keeps its own token, work and result, so that one that fails takes none of the others with it.
 */
import type { Lease, LeaseState } from './lease.ts';
import { claimableItems } from './obligations.ts';
import { freeTasks, tasksLeft } from './parallel.ts';
import { belongsToThisHour, isHeld } from './policy.ts';
import type { LeaseSettings } from './settings.ts';
import { MAX_ITEMS_PER_WRITE } from './store.ts';
import type { TaskItem } from './task.ts';

/** Tasks that are claimed before their RunTask calls are made, all at once; and repositories, in some few writes. The next are read when these are begun. */
const TASKS_AT_ONCE = 24;
const ITEMS_AT_ONCE = 120;

/** So many of the pending items must be at hand for the next claims; 0: nothing can be claimed, whatever waits. */
export function claimWindow(lease: Lease, settings: LeaseSettings): number {
  if (lease.phase !== 'open' || lease.pending === 0 || isHeld(lease)) return 0;
  const free = tasksLeft(lease, settings);
  return Math.min(Math.min(free, TASKS_AT_ONCE) * shareOf(lease.pending, free, settings), ITEMS_AT_ONCE);
}

/** How many of those that wait each free task has. */
function shareOf(pending: number, free: number, settings: LeaseSettings): number {
  return Math.min(mostTogether(settings), Math.ceil(pending / Math.max(1, free)));
}

/** A batch is claimed in one write. */
function mostTogether({ maxRepositoriesPerTask }: LeaseSettings): number {
  return Math.min(maxRepositoriesPerTask, MAX_ITEMS_PER_WRITE);
}

/** How many tasks the items at hand are dealt out to: fewer than are free, if others wait behind them who fill the rest. */
function tasksToFill(state: LeaseState, claimable: number, settings: LeaseSettings): number {
  const free = freeTasks(state, settings);
  const { readyFromMs = null, pausedFromMs = null } = state.unseen ?? {};
  if (readyFromMs === null && pausedFromMs === null) return free;
  const share = shareOf(state.lease.pending, free, settings);
  return Math.min(free, Math.ceil(claimable / Math.max(1, share)));
}

/**
 * Who is to be claimed now, one list per Fargate task. As many as tasks may be begun have a task to themselves, the most urgent first; those
 * left over are dealt out to them evenly. A command has its task to itself, and what there is no room for waits.
 */
export function planBatches(state: LeaseState, nowMs: number, settings: LeaseSettings): TaskItem[][] {
  const waiting = claimableItems(state, nowMs, settings);
  const batches = waiting.splice(0, tasksToFill(state, waiting.length, settings)).map((item) => [item]);
  for (const item of waiting) {
    const open = batches.filter((batch) => mayJoin(state, batch, item, nowMs, settings));
    const shortest = open.reduce<TaskItem[] | undefined>((a, b) => (a && a.length <= b.length ? a : b), undefined);
    shortest?.push(item);
  }
  // One that has brought its task down before does so after the others.
  return batches.map((batch) => batch.sort((a, b) => a.attempts - b.attempts));
}

function mayJoin(
  state: LeaseState,
  batch: TaskItem[],
  item: TaskItem,
  nowMs: number,
  settings: LeaseSettings,
): boolean {
  if ([...batch, item].some(({ request }) => request.task.kind !== 'mirror')) return false;
  if (batch.length >= mostTogether(settings)) return false;
  // Judged as if it were claimed when its turn is likely to come.
  const usualMs = state.lease.taskRun?.usualMs ?? settings.usualTaskMs;
  const turnMs = nowMs + batch.length * usualMs;
  return turnMs + usualMs <= nowMs + settings.taskTimeLimitMs && belongsToThisHour(state.lease, item, turnMs, settings);
}
