/** The four ways from phase to phase. */
import type { Fact } from './commands.ts';
import type { Draft } from './draft.ts';
import { learn } from './estimate.ts';
import { firstHourEndsMs, opensNow } from './policy.ts';
import { HOUR_MS } from './settings.ts';

export function enterOpening(draft: Draft): void {
  const { lease } = draft;
  lease.phase = 'opening';
  lease.fence += 1;
  lease.askedAtMs = null;
  lease.stackId = null;
  lease.openedAtMs = null;
  lease.paidUntilMs = null;
  draft.facts.push({ type: 'leaseOpening', fence: lease.fence });
}

export function enterOpen(draft: Draft, stackId: string, createdAtMs: number): void {
  const { lease, settings, nowMs } = draft;
  lease.phase = 'open';
  lease.askedAtMs = null;
  lease.stackId = stackId;
  lease.openedAtMs = createdAtMs;
  lease.paidUntilMs = firstHourEndsMs(lease, createdAtMs, nowMs, settings);
  lease.failures = 0;
  lease.passing = 0;
  lease.creationError = null;
  lease.notBeforeMs = 0;
  draft.facts.push({ type: 'leaseOpened', fence: lease.fence, stackId, paidUntilMs: lease.paidUntilMs });
}

export function enterClosing(
  draft: Draft,
  stackId: string,
  reason: Extract<Fact, { type: 'leaseClosing' }>['reason'],
): void {
  const { lease } = draft;
  lease.phase = 'closing';
  lease.closingAtMs = draft.nowMs;
  lease.closeAskedAtMs = null;
  lease.deleteFailures = 0;
  lease.askedAtMs = null;
  lease.stackId = stackId;
  draft.facts.push({ type: 'leaseClosing', fence: lease.fence, stackId, reason, ...saidOfCreation(draft) });
}

/** Due work opens the lease again at once, unless the creation failed: then not before the backoff is over. */
export function enterClosed(draft: Draft, closedAtMs: number): void {
  const { lease, settings, nowMs } = draft;
  const failed = lease.failures > 0;
  const { fence, openedAtMs } = lease;
  draft.facts.push({ type: 'leaseClosed', fence, openedAtMs, closedAtMs, failed, ...saidOfCreation(draft) });
  // Only endpoints that were up and let go of in order show how long a deletion takes.
  if (lease.closingAtMs !== null && lease.paidUntilMs !== null) {
    lease.deletion = learn(lease.deletion, clamp(closedAtMs - lease.closingAtMs));
  }
  lease.closingAtMs = null;
  lease.closeAskedAtMs = null;
  lease.deleteFailures = 0;
  lease.phase = 'closed';
  lease.askedAtMs = null;
  lease.stackId = null;
  lease.openedAtMs = null;
  lease.paidUntilMs = null;
  lease.startByMs = earliestStartByMs(draft);
  if (!failed && opensNow(lease, nowMs, settings)) enterOpening(draft);
}

/** A deletion that somebody had to help along says nothing of the next, so that it must not fill the paid hour. */
function clamp(deletionMs: number): number {
  return Math.min(Math.max(0, deletionMs), HOUR_MS / 4);
}

function saidOfCreation({ lease: { failures, creationError } }: Draft): { message?: string } {
  return failures > 0 && creationError !== null ? { message: creationError } : {};
}

/** Counts a failed creation, and keeps what AWS said of it; the pause after it doubles, up to an hour. */
export function countFailure(draft: Draft, reason: string | undefined, passes = false): void {
  const { lease, settings, nowMs } = draft;
  lease.creationError = reason ?? null;
  lease.notBeforeMs = nowMs + Math.min(settings.createBackoffMs * 2 ** lease.failures, HOUR_MS);
  lease.failures += 1;
  if (passes) lease.passing = (lease.passing ?? 0) + 1;
}

/** Of the pending items; `null` without any. Exact, but for items of which nothing is known: then never later. */
export function earliestStartByMs({ lease, items, complete, unseen }: Draft): number | null {
  if (!complete) return lease.startByMs;
  let earliestMs: number | null = unseen?.readyFromMs ?? null;
  // The order of the paused ones says when their pauses end, not when they must start.
  if (unseen && unseen.pausedFromMs !== null) earliestMs = lease.startByMs;
  for (const item of items.values()) {
    if (item.state === 'pending') earliestMs = Math.min(earliestMs ?? item.startByMs, item.startByMs);
  }
  return earliestMs;
}
