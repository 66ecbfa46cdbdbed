/**
 * Batches: when more repositories wait than Fargate tasks may be begun, several share one. A Fargate task is billed from its image's pull
 * and for a minute at least, and a repository that has nothing new takes a second of it. Who would find a task of their own, has one.
 *
 * Each claim keeps its own token, work and result, so that one that fails takes none of the others with it.
 */
import type { LeaseState } from './lease.ts';
import { claimableItems } from './obligations.ts';
import { freeTasks } from './parallel.ts';
import { belongsToThisHour } from './policy.ts';
import type { LeaseSettings } from './settings.ts';
import { MAX_ITEMS_PER_WRITE } from './store.ts';
import type { TaskItem } from './task.ts';

/**
 * Who is to be claimed now, one list per Fargate task. As many as tasks may be begun have a task to themselves, the most urgent first; those
 * left over are dealt out to them evenly. A command has its task to itself, and what there is no room for waits.
 */
export function planBatches(state: LeaseState, nowMs: number, settings: LeaseSettings): TaskItem[][] {
  const waiting = claimableItems(state, nowMs, settings);
  const batches = waiting.splice(0, freeTasks(state, settings)).map((item) => [item]);
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
  // A batch is claimed in one write.
  if (batch.length >= Math.min(settings.maxRepositoriesPerTask, MAX_ITEMS_PER_WRITE)) return false;
  // Judged as if it were claimed when its turn is likely to come.
  const usualMs = state.lease.taskRun?.usualMs ?? settings.usualTaskMs;
  const turnMs = nowMs + batch.length * usualMs;
  return turnMs + usualMs <= nowMs + settings.taskTimeLimitMs && belongsToThisHour(state.lease, item, turnMs, settings);
}
