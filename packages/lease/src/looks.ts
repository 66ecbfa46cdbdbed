/**
 * When a running item must be looked at, whatever events were lost; and the look at all of them, page by page, however many run. What is known of
 * those that are not at hand is a bound in the lease: it is early after a claim, and exact once a round has passed them all.
 */
import type { Command } from './commands.ts';
import type { Draft } from './draft.ts';
import type { LeaseState } from './lease.ts';
import { placeOf } from './orders.ts';
import { HOUR_MS, type LeaseSettings } from './settings.ts';
import type { Claim } from './task.ts';

type LookSettings = Pick<LeaseSettings, 'patienceMs' | 'checkTaskMs'>;

/** Before RunTask is confirmed, when it is to be repeated; then when the task is to be seen again, or to be stopped. */
export function lookDueMs(claim: Claim, { patienceMs, checkTaskMs }: LookSettings): number {
  if (claim.taskArn === null) return claim.seenAtMs + patienceMs;
  // Past its stop-by the task is asked to stop again at each look, until it is seen to have ended; the pause doubles.
  if (claim.seenAtMs >= claim.stopByMs) {
    return claim.seenAtMs + doubled(patienceMs, (claim.stopsAsked ?? 1) - 1);
  }
  return Math.min(claim.stopByMs, claim.seenAtMs + checkTaskMs);
}

/** An hour at most. */
export function doubled(pauseMs: number, times: number): number {
  return Math.min(pauseMs * 2 ** Math.max(0, times), HOUR_MS);
}

/** Whether all running items are at hand. */
export function holdsRunning({ lease, items }: Pick<LeaseState, 'lease' | 'items'>): boolean {
  let running = 0;
  for (const { state } of items.values()) if (state === 'running') running += 1;
  return running === lease.running;
}

/** A page was looked at, and what was seen is written. A word of a page that another runner has passed already is ignored. */
export function passPage(
  draft: Draft,
  { after, upTo, loadedAtMs, isUndisturbed }: Extract<Command, { type: 'pageLooked' }>,
): boolean {
  const { lease, items, settings } = draft;
  if ((lease.round?.upTo ?? null) !== after) return false;
  let lookByMs = lease.round?.lookByMs ?? Number.POSITIVE_INFINITY;
  for (const item of items.values()) {
    if (!item.claim) continue;
    const { key } = placeOf(item);
    if ((after === null || key > after) && (upTo === null || key <= upTo)) {
      lookByMs = Math.min(lookByMs, lookDueMs(item.claim, settings));
    }
  }
  // Who was claimed by somebody else since the page was loaded was not looked at, and is not due before this.
  if (!isUndisturbed && after === null) lookByMs = Math.min(lookByMs, loadedAtMs + settings.patienceMs);
  const known = Number.isFinite(lookByMs) ? lookByMs : null;
  if (upTo === null) [lease.lookByMs, lease.round] = [known, null];
  else lease.round = { upTo, lookByMs: known };
  return true;
}
