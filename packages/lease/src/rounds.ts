/**
 * The look at all running items, page by page, however many run. What is known of those that are not at hand is a bound in the lease
 * (`lookByMs`): it is early after a claim, and exact once a round has passed them all.
 */
import type { Command } from './commands.ts';
import type { Draft } from './draft.ts';
import { lookDueMs } from './looks.ts';
import { placeOf } from './orders.ts';

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
