/**
 * What a scope asks of a store, in pages of the orders; and the places of items that are all at hand, for the stores that hold them in memory.
 */
import type { Lease, LeaseState } from './lease.ts';
import { type Order, placeChanges, timeInKey } from './orders.ts';
import type { Scope, ScopeOf } from './store.ts';
import type { TaskItem } from './task.ts';

/** The first `limit` places of an order, beyond `after`. */
export interface PageOf {
  order: Order;
  limit: number;
  after: string | null;
}

/** What was found: the last place of the page, and the first that is beyond it. */
export interface PageEnds {
  last: string | null;
  next: string | null;
}

/** The pages to be read; what the lease says is not there is not read. */
export function pagesOf(lease: Lease, { pending = 0, held = 0, dead = 0, running }: Scope): PageOf[] {
  // A lease that was stored before they were counted has no `paused`; what waits then is found as what has no place.
  const { paused = 0 } = lease;
  const pages: PageOf[] = [];
  const add = (order: Order, limit: number, after: string | null = null) => pages.push({ order, limit, after });
  if (pending > 0 && lease.pending > paused) add('ready', pending);
  if (pending > 0 && paused > 0) add('paused', pending);
  if (held > 0 && (lease.held ?? 0) > 0) add('held', held);
  if (dead > 0 && lease.dead > 0) add('dead', dead);
  if (running && lease.running > 0) add('running', running.limit, running.after);
  return pages;
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

/** Whose place is where: by order and key. */
export type Places = ReadonlyMap<string, string>;

const nameOf = ({ order, key }: { order: Order; key: string }) => `${order} ${key}`;

/** The places after a write. */
export function movePlaces(
  places: Places,
  before: ReadonlyMap<string, TaskItem>,
  after: ReadonlyMap<string, TaskItem>,
): Places {
  const moved = new Map(places);
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
  for (const { order, limit, after } of pagesOf(lease, scope)) {
    const from = nameOf({ order, key: after ?? '' });
    const found = [...places].filter(([name]) => name.startsWith(`${order} `) && name > from).sort(byName);
    for (const [, taskKey] of found.slice(0, limit)) wanted.add(taskKey);
    const keyAt = (index: number) => found[index]?.[0].slice(order.length + 1) ?? null;
    ends.set(order, { last: keyAt(limit - 1), next: keyAt(limit) });
  }
  const found = new Map([...items].filter(([taskKey]) => wanted.has(taskKey)));
  return { lease, items: found, seen: new Set(scope.identities?.filter(seen)), ...boundsOf(lease, scope, ends) };
}

function byName([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}
