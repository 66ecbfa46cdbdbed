/**
 * The slow net under the orders. An item without its place would never be read: one that was stored before there were places, or whose place
 * somebody has deleted. Whoever answers a timer compares what the orders hold with what the lease counts, and gives each item its place again.
 */
import type { LeaseState } from './lease.ts';
import { isPaused } from './orders.ts';
import { FIRST_ITEMS, LeaseConflict, type LeaseStore, MAX_ITEMS_PER_WRITE } from './store.ts';
import { type TaskItem, taskTokenOf } from './task.ts';

/** @returns how many items were given a place; 0 where none lacks one, or somebody else writes just now: the next timer looks again. */
export async function mendPlaces(store: LeaseStore, leaseId: string, nowMs: number): Promise<number> {
  const first = await store.load(leaseId, {
    pending: FIRST_ITEMS,
    held: FIRST_ITEMS,
    dead: FIRST_ITEMS,
    running: { after: null, limit: FIRST_ITEMS },
  });
  if (!lacksPlaces(first)) return 0;
  const { lease, items, ...whole } = await store.load(leaseId, { all: true });
  const all = [...items.values()];
  const counted = {
    ...lease,
    paused: all.filter(isPaused).length,
    tasks: all.filter(({ claim }) => claim && claim.token === taskTokenOf(claim)).length,
  };
  try {
    for (let start = 0; start < all.length; start += MAX_ITEMS_PER_WRITE) {
      const some = new Map(all.slice(start, start + MAX_ITEMS_PER_WRITE).map((item) => [item.taskKey, item]));
      const version = lease.version + start / MAX_ITEMS_PER_WRITE;
      const before: LeaseState = { ...whole, lease: { ...lease, version }, items: new Map<string, TaskItem>() };
      await store.commit(before, { ...before, lease: { ...counted, version }, items: some }, [], nowMs);
    }
  } catch (error) {
    if (!(error instanceof LeaseConflict)) throw error;
    return 0;
  }
  return all.length;
}

/** What was read to the end of an order, and is less than the lease counts. */
function lacksPlaces({ lease, items, unseen, runningUpTo }: LeaseState): boolean {
  const found = (state: TaskItem['state']) => [...items.values()].filter((item) => item.state === state).length;
  const isWhole = unseen?.readyFromMs === null && unseen.pausedFromMs === null;
  if (isWhole && found('pending') < lease.pending) return true;
  if (runningUpTo === null && found('running') < lease.running) return true;
  if (found('held') < Math.min(lease.held ?? 0, FIRST_ITEMS)) return true;
  return found('dead') < Math.min(lease.dead, FIRST_ITEMS);
}
