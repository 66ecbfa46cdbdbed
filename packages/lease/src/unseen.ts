/** The pending items that were not loaded, by the first that might be among them: what holds of it holds of all of them. */
import type { LeaseState } from './lease.ts';
import type { TaskItem } from './task.ts';

/** What decides when an item may be claimed. */
export type Waiting = Pick<TaskItem, 'state' | 'startByMs' | 'notBeforeMs'>;

/** The most urgent that may be among them, one of each order; `undefined` where nothing is known of them. */
export function firstUnseen({
  lease,
  complete,
  unseen,
}: Pick<LeaseState, 'lease' | 'complete'> & { unseen?: LeaseState['unseen'] | undefined }): Waiting[] | undefined {
  if (!complete) return undefined;
  const first: Waiting[] = [];
  const { readyFromMs = null, pausedFromMs = null } = unseen ?? {};
  if (readyFromMs !== null) first.push({ state: 'pending', startByMs: readyFromMs, notBeforeMs: 0 });
  if (pausedFromMs !== null) {
    // In the order of the paused ones the most urgent may stand anywhere.
    first.push({ state: 'pending', startByMs: lease.startByMs ?? 0, notBeforeMs: pausedFromMs });
  }
  return first;
}
