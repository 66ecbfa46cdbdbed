/**
 * The end of the paid hour. Within the lead, an idle lease closes at once; one that is busy is given until the last call, the moment
 * from which a deletion would end too late, and is then extended. Extending late costs nothing: an hour is owed once it has begun.
 */
import { isClaimable } from './attempts.ts';
import type { Draft } from './draft.ts';
import { canWait, hourEndsMs, isHeld, isLastLook, lastCallMs, nextHourMs, outstaysHour } from './policy.ts';
import { enterClosing } from './transitions.ts';
import { firstUnseen } from './unseen.ts';

/** Looks at the hour after every decision, so that the task that ends last closes the lease and no timer is waited for. */
export function endHour(draft: Draft): void {
  const { lease, settings, nowMs } = draft;
  if (lease.phase !== 'open' || lease.paidUntilMs === null || lease.stackId === null) return;
  // The next end may be near, too: by the other reading of the bill it often is.
  if (nowMs > lastCallMs(lease, settings)) extend(draft, nowMs);
  const asked = lease.closeAskedAtMs !== null;
  if (!asked && nowMs < hourEndsMs(lease, settings) && !isLastLook(lease, nowMs, settings)) return;
  if (isBusy(draft)) return;
  if (asked) {
    enterClosing(draft, lease.stackId, 'asked');
    return;
  }
  const outstays = !isHeld(lease) && outstaysHour(lease, settings);
  if (settings.billingClock === 'unknown') lease.idleEndMs ??= nowMs;
  if (outstays) extend(draft, lease.paidUntilMs);
  else enterClosing(draft, lease.stackId, 'hourEnded');
}

/** To the first end of an hour that a deletion which begins after `afterMs` can still meet. */
function extend(draft: Draft, afterMs: number): void {
  const { lease, settings } = draft;
  lease.paidUntilMs = nextHourMs(lease, afterMs, settings);
  draft.facts.push({ type: 'leaseExtended', fence: lease.fence, paidUntilMs: lease.paidUntilMs });
}

/** Whether a task runs, may run in what is left of the hour, or must run now. */
function isBusy(draft: Draft): boolean {
  const { lease, items, nowMs, settings } = draft;
  if (lease.running > 0) return true;
  // What waits while everything is paused waits for the operator.
  if (isHeld(lease)) return false;
  let pending = 0;
  for (const item of items.values()) {
    if (item.state !== 'pending') continue;
    pending += 1;
    if (!canWait(lease, item, nowMs, settings) || isClaimable(draft, item)) return true;
  }
  if (pending === lease.pending) return false;
  // Of those that were not loaded, none is busier than the first that might be.
  const unseen = firstUnseen(draft);
  return (
    unseen === undefined || unseen.some((item) => !canWait(lease, item, nowMs, settings) || isClaimable(draft, item))
  );
}
