/**
 * The orders that a store keeps of the active items, so that a service reads the few that its event concerns and never the backlog. Each
 * item stands in exactly one of them, by a key that follows from the item alone; a store writes it together with the item.
 *
 *   ready    pending, may be claimed as far as its pause goes: by start-by, then by arrival
 *   paused   pending, was put off after a failure or for want of capacity: by the end of its pause
 *   held     waiting while its task is paused by the operator, by its key
 *   running  by the Fargate task, so that those of a batch stand together
 *   dead     dead and not yet reported
 */
import { type TaskItem, taskTokenOf } from './task.ts';

export type Order = 'ready' | 'paused' | 'held' | 'running' | 'dead';

export interface Place {
  order: Order;
  /** Sorts as text; unique within the order. */
  key: string;
}

export function placeOf(item: TaskItem): Place {
  const { state, taskKey, claim, request } = item;
  if (state === 'dead') return { order: 'dead', key: taskKey };
  if (state === 'held') return { order: 'held', key: taskKey };
  if (claim) return { order: 'running', key: `${taskTokenOf(claim)}#${taskKey}` };
  if (isPaused(item)) return { order: 'paused', key: `${sortable(item.notBeforeMs)}#${taskKey}` };
  return { order: 'ready', key: `${sortable(item.startByMs)}#${sortable(request.acceptedAtMs)}#${taskKey}` };
}

/** Whether a pending item was put off since it was asked for; its pause may be over by now. */
export function isPaused({ state, notBeforeMs, request }: TaskItem): boolean {
  return state === 'pending' && notBeforeMs > request.acceptedAtMs;
}

/** The time that a key of the two orders of pending items begins with. */
export function timeInKey(key: string): number {
  return Number(key.slice(0, DIGITS));
}

/** Epoch milliseconds have thirteen until the year 2286. */
const DIGITS = 15;

function sortable(timeMs: number): string {
  return String(Math.max(0, timeMs)).padStart(DIGITS, '0');
}

/** What a write changes of the places: an item's old one goes, its new one comes, with the item itself and never apart from it. */
export function placeChanges(
  before: TaskItem | undefined,
  after: TaskItem | undefined,
): { leaves: Place | undefined; takes: Place | undefined } {
  const [leaves, takes] = [before && placeOf(before), after && placeOf(after)];
  const stays = leaves?.order === takes?.order && leaves?.key === takes?.key;
  return stays ? { leaves: undefined, takes: undefined } : { leaves, takes };
}
