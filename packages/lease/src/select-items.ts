/** What a scope asks for, of items that are all at hand: for the stores that hold them in memory. */
import type { Lease, LeaseState } from './lease.ts';
import { type Order, placeOf, timeInKey } from './orders.ts';
import type { ScopeOf } from './store.ts';
import type { TaskItem } from './task.ts';

/** @param seen whether this request was accepted before */
export function selectItems(
  lease: Lease,
  items: ReadonlyMap<string, TaskItem>,
  seen: (identity: string) => boolean,
  scopeOf: ScopeOf,
): LeaseState {
  const scope = typeof scopeOf === 'function' ? scopeOf(lease) : scopeOf;
  if ('all' in scope) return { lease, items, seen: new Set(), complete: true };
  const asked = new Set(scope.taskKeys);
  const found = new Map([...items].filter(([taskKey]) => asked.has(taskKey)));
  const page = (order: Order, limit: number, after: string | null = null) => {
    const places = [...items.values()]
      .map((item) => ({ item, ...placeOf(item) }))
      .filter((place) => place.order === order && (after === null || place.key > after))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const { item } of places.slice(0, limit)) found.set(item.taskKey, item);
    return { next: places[limit]?.key ?? null, last: places[limit - 1]?.key ?? null };
  };
  const { pending, held, dead, running } = scope;
  const [ready, paused] = pending === undefined ? [] : [page('ready', pending), page('paused', pending)];
  if (held !== undefined) page('held', held);
  if (dead !== undefined) page('dead', dead);
  const tasks = running && page('running', running.limit, running.after);
  return {
    lease,
    items: found,
    seen: new Set(scope.identities?.filter(seen)),
    ...boundsOf(lease, ready?.next ?? null, paused?.next ?? null, pending !== undefined),
    runningUpTo: tasks?.next ? tasks.last : null,
  };
}

/** What is known of the pending items that were not loaded: `next` are the keys of the first of them, `null` where there is none. */
export function boundsOf(
  lease: Pick<Lease, 'pending'>,
  nextReady: string | null,
  nextPaused: string | null,
  asked: boolean,
): Pick<LeaseState, 'complete' | 'unseen'> {
  if (!asked) return { complete: lease.pending === 0 };
  const unseen = {
    readyFromMs: nextReady === null ? null : timeInKey(nextReady),
    pausedFromMs: nextPaused === null ? null : timeInKey(nextPaused),
  };
  return { complete: true, unseen };
}
