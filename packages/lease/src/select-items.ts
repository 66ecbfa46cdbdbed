/**
 * What a scope asks of a store, in pages of the orders; and the places of items that are all at hand, for the stores that hold them in memory.
 */
import type { Lease, LeaseState } from './lease.ts';
import { type Order, type Place, placeChanges, placeOf, timeInKey } from './orders.ts';
import { FIRST_ITEMS, type Scope, type ScopeOf } from './store.ts';
import type { TaskItem } from './task.ts';

/** The first `limit` places of an order, beyond `after`. */
export interface PageOf {
  order: Order;
  limit: number;
  after: string | null;
}

/** What was found: the last place of the page, and the first beyond it whose item is not loaded. */
export interface PageEnds {
  last: string | null;
  next: string | null;
}

/** The pages to be read; what the lease says is not there is not read. */
export function pagesOf(lease: Lease, { pending, held = 0, dead = 0, running }: Scope): PageOf[] {
  // A lease that was stored before they were counted has no `paused`; what waits then is found as what has no place.
  const { paused = 0 } = lease;
  const pages: PageOf[] = [];
  const add = (order: Order, limit: number, after: string | null = null) => pages.push({ order, limit, after });
  if (pending !== undefined && lease.pending > paused) add('ready', pending);
  if (pending !== undefined && paused > 0) add('paused', Math.max(pending, FIRST_ITEMS));
  if (held > 0 && (lease.held ?? 0) > 0) add('held', held);
  if (dead > 0 && lease.dead > 0) add('dead', dead);
  if (running && lease.running > 0) add('running', running.limit, running.after);
  return pages;
}

export interface Found {
  /** The place. */
  key: string;
  taskKey: string;
}

/** Puts the items of a page to those that are `wanted`, and says where it ends. `found`: its places, and as many beyond it as were wanted before, and one. */
export function takePage(found: readonly Found[], limit: number, wanted: Set<string>): PageEnds {
  for (const { taskKey } of found.slice(0, limit)) wanted.add(taskKey);
  const next = found.slice(limit).find(({ taskKey }) => !wanted.has(taskKey));
  return { last: found[limit - 1]?.key ?? null, next: next?.key ?? null };
}

/** The places of these whose item is not there, or has another place. `taken`: those that items were loaded by. */
export function straysOf(
  taken: readonly (Place & { taskKey: string })[],
  items: ReadonlyMap<string, TaskItem>,
): Pick<LeaseState, 'strays'> {
  const strays = taken.filter(({ order, key, taskKey }) => {
    const item = items.get(taskKey);
    const own = item && placeOf(item);
    return own?.order !== order || own.key !== key;
  });
  return strays.length > 0 ? { strays: strays.map(({ order, key }) => ({ order, key })) } : {};
}

/** What is known of the items that were not loaded. */
export function boundsOf(
  lease: Pick<Lease, 'pending'>,
  { pending }: Scope,
  ends: ReadonlyMap<Order, PageEnds>,
): Pick<LeaseState, 'complete' | 'unseen' | 'runningUpTo'> {
  const running = ends.get('running');
  const runningUpTo = running?.next ? running.last : null;
  if (pending === undefined) return { complete: lease.pending === 0, runningUpTo };
  const fromMs = (order: Order) => {
    const next = ends.get(order)?.next ?? null;
    return next === null ? null : timeInKey(next);
  };
  return { complete: true, unseen: { readyFromMs: fromMs('ready'), pausedFromMs: fromMs('paused') }, runningUpTo };
}

/** Of the strays that were read, those that this write takes away: all of them, or none. */
export function goneStrays(before: LeaseState, after: LeaseState): readonly Place[] {
  return after.strays === undefined ? (before.strays ?? []) : [];
}

/** Whose place is where: by order and key. */
export type Places = ReadonlyMap<string, string>;

const nameOf = ({ order, key }: { order: Order; key: string }) => `${order} ${key}`;

/** The places after a write. `strays`: those that it takes away beside. */
export function movePlaces(
  places: Places,
  before: ReadonlyMap<string, TaskItem>,
  after: ReadonlyMap<string, TaskItem>,
  strays: readonly Place[] = [],
): Places {
  const moved = new Map(places);
  for (const stray of strays) moved.delete(nameOf(stray));
  for (const taskKey of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(taskKey), after.get(taskKey)];
    if (from === to) continue;
    const { leaves, takes } = placeChanges(from, to);
    if (leaves) moved.delete(nameOf(leaves));
    if (takes) moved.set(nameOf(takes), taskKey);
  }
  return moved;
}

/** @param seen whether this request was accepted before */
export function selectItems(
  lease: Lease,
  items: ReadonlyMap<string, TaskItem>,
  places: Places,
  seen: (identity: string) => boolean,
  scopeOf: ScopeOf,
): LeaseState {
  const scope = typeof scopeOf === 'function' ? scopeOf(lease) : scopeOf;
  if ('all' in scope) return { lease, items, seen: new Set(), complete: true };
  const wanted = new Set(scope.taskKeys);
  const ends = new Map<Order, PageEnds>();
  const taken: (Place & Found)[] = [];
  for (const { order, limit, after } of pagesOf(lease, scope)) {
    const from = nameOf({ order, key: after ?? '' });
    const found = [...places].filter(([name]) => name.startsWith(`${order} `) && name > from).sort(byName);
    const page = found.map(([name, taskKey]) => ({ key: name.slice(order.length + 1), taskKey }));
    ends.set(order, takePage(page, limit, wanted));
    taken.push(...page.slice(0, limit).map((place) => ({ order, ...place })));
  }
  const found = new Map([...items].filter(([taskKey]) => wanted.has(taskKey)));
  return {
    lease,
    items: found,
    seen: new Set(scope.identities?.filter(seen)),
    ...boundsOf(lease, scope, ends),
    ...straysOf(taken, found),
  };
}

function byName([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}
