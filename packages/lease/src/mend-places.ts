/**
 * The slow net under the orders. An item and its place are written and deleted together, so neither is ever without the other; unless somebody else has
 * written the table: a version of Hourglass from before there were places (also one that was rolled back to), or a person.
 *
 *   an item without its place     would never be read. Whoever answers a timer compares what the orders hold with what the lease counts, and gives each
 *                                 item its place again.
 *   a place without its item      is read in vain, and looks like work that waits: it could keep endpoints open, and hide those behind it. The same
 *                                 handler takes away those that stand at the beginning of an order; the others do no harm until they do.
 */
import type { LeaseState } from './lease.ts';
import { isPaused } from './orders.ts';
import { FIRST_ITEMS, LeaseConflict, type LeaseStore, MAX_ITEMS_PER_WRITE } from './store.ts';
import { type TaskItem, taskTokenOf } from './task.ts';

export interface Mended {
  /** Items that were given their places. */
  given: number;
  /** Places that were taken away. */
  taken: number;
}

/** So many writes take strays away at one timer, and so many give places, some seconds together; the next timer goes on. */
const TAKING_WRITES = 25;
const GIVING_WRITES = 100;

/** So many of each order. */
const upTo = (limit: number) => ({ pending: limit, held: limit, dead: limit, running: { after: null, limit } });
const BEGINNINGS = upTo(FIRST_ITEMS);
/** Who has a place beyond these is given it once more, which is the same place. */
const PLACES = upTo(10_000);

/** Nothing is mended where all is well, or somebody else writes just now: the next timer looks again. */
export async function mendPlaces(store: LeaseStore, leaseId: string, nowMs: number): Promise<Mended> {
  const mended: Mended = { given: 0, taken: 0 };
  try {
    let first = await store.load(leaseId, BEGINNINGS);
    for (let writes = 0; first.strays && writes < TAKING_WRITES; writes += 1) {
      const { strays, ...without } = first;
      await store.commit(first, without, [], nowMs);
      mended.taken += strays.length;
      first = await store.load(leaseId, BEGINNINGS);
    }
    if (!first.strays && lacksPlaces(first)) mended.given = await givePlaces(store, leaseId, nowMs);
  } catch (error) {
    if (!(error instanceof LeaseConflict)) throw error;
  }
  return mended;
}

/** @throws LeaseConflict; what was written before it stays. */
async function givePlaces(store: LeaseStore, leaseId: string, nowMs: number): Promise<number> {
  const { items: placed } = await store.load(leaseId, PLACES);
  const { lease, items, ...whole } = await store.load(leaseId, { all: true });
  const all = [...items.values()];
  const lacking = all.filter(({ taskKey }) => !placed.has(taskKey)).slice(0, GIVING_WRITES * MAX_ITEMS_PER_WRITE);
  const counted = {
    ...lease,
    paused: all.filter(isPaused).length,
    tasks: all.filter(({ claim }) => claim && claim.token === taskTokenOf(claim)).length,
  };
  for (let start = 0; start < lacking.length; start += MAX_ITEMS_PER_WRITE) {
    const some = new Map(lacking.slice(start, start + MAX_ITEMS_PER_WRITE).map((item) => [item.taskKey, item]));
    const version = lease.version + start / MAX_ITEMS_PER_WRITE;
    const before: LeaseState = { ...whole, lease: { ...lease, version }, items: new Map<string, TaskItem>() };
    await store.commit(before, { ...before, lease: { ...counted, version }, items: some }, [], nowMs);
  }
  return lacking.length;
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
