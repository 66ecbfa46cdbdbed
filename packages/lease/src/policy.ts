/**
 * The opening policy: patience is spent before money. A closed lease opens as late as the earliest start-by allows; an open one takes
 * everything along; near the end of a paid hour, work that can wait for the next opening waits.
 */
import { nextBoundary } from './billing.ts';
import type { Lease } from './lease.ts';
import { type BillingReading, HOUR_MS, type LeaseSettings, MINUTE_MS, SECOND_MS } from './settings.ts';
import type { TaskItem } from './task.ts';

/**
 * Under the unknown bill, what is left of one reading's hour when the other's ends is worth keeping from here on, if a request may be
 * expected in it. (Measured on drawn traces of 1 to 400 pushes a day; 30 to 44 minutes are about as good.)
 */
const WORTH_KEEPING_MS = 36 * MINUTE_MS;

/**
 * So long after its time a timer may lead to a call: a schedule is invoked within the minute that it names, and a function begins some
 * seconds later. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
const RING_LATE_MS = 65 * SECOND_MS;

/** Work that can wait longer than this beyond the hour will hardly wait alone. */
const SHARED_WAIT_MS = 2 * HOUR_MS;

/** When a closed lease must begin to open so that a task may start by `startByMs`. */
export function openDueMs(lease: Pick<Lease, 'followUps'>, startByMs: number, settings: LeaseSettings): number {
  const latestMs = startByMs - settings.createMs;
  if (settings.billingClock === 'anchored') return latestMs;
  // A clock hour costs the same whenever in it the endpoints are born, so there is nothing to gain by waiting within it;
  const hourMs = Math.floor(latestMs / HOUR_MS) * HOUR_MS;
  // unless the lease will outstay it: then what is left after it is longer, the later the endpoints are born.
  const outstays = settings.billingClock === 'unknown' && expectsFollowUp(lease);
  return outstays && latestMs - hourMs >= WORTH_KEEPING_MS ? latestMs : hourMs;
}

/** Whether the operator has paused everything. A lease that was stored before there were pauses does not say. */
export function isHeld({ heldSinceMs }: Pick<Lease, 'heldSinceMs'>): boolean {
  return (heldSinceMs ?? null) !== null;
}

/** Whether so many creations have failed that pending work is given up. Those that AWS had no time for do not count. */
export function givesUp({ failures, passing }: Lease, { maxCreateFailures }: LeaseSettings): boolean {
  return failures - (passing ?? 0) >= maxCreateFailures;
}

/** When the lease, closed, next opens: due work, but never within the backoff. `null` without pending work, and while it is paused. */
export function leaseOpensAtMs(lease: Lease, settings: LeaseSettings): number | null {
  if (lease.pending === 0 || lease.startByMs === null || isHeld(lease)) return null;
  return Math.max(lease.notBeforeMs, openDueMs(lease, lease.startByMs, settings));
}

/** Whether a closed lease opens now: it is due, or neither the timer that is set nor one set now would fire in time for the start-by. */
export function opensNow(lease: Lease, nowMs: number, settings: LeaseSettings): boolean {
  const dueMs = leaseOpensAtMs(lease, settings);
  if (dueMs === null || lease.startByMs === null || nowMs < lease.notBeforeMs) return false;
  const { timer } = lease;
  const firesMs = timer?.owner === 'provisioner' && timer.atMs >= nowMs ? timer.atMs : Number.POSITIVE_INFINITY;
  return dueMs <= nowMs || lease.startByMs - settings.createMs < Math.min(firesMs, nowMs + settings.patienceMs);
}

/** How long a deletion is taken to last. */
export function usualDeletionMs(lease: Lease, settings: LeaseSettings): number {
  const { deletion } = lease;
  return Math.min(deletion ? deletion.usualMs + deletion.spreadMs : settings.deleteMs, teardownLeadMs(lease, settings));
}

/** How long before the paid hour's end an idle lease closes: the usual deletion and four spreads, and after a late firing one of them is left. */
export function teardownLeadMs(lease: Lease, settings: LeaseSettings): number {
  if (!settings.learnsLead || !lease.deletion) return settings.teardownLeadMs;
  const { usualMs, spreadMs } = lease.deletion;
  return usualMs + spreadMs + Math.max(3 * spreadMs, RING_LATE_MS);
}

/** Teardown of the current paid hour begins then, if the lease is idle. */
export function hourEndsMs(lease: Lease, settings: LeaseSettings): number {
  return (lease.paidUntilMs ?? 0) - teardownLeadMs(lease, settings);
}

/** The latest moment at which a deletion, if it takes its usual time, still ends within the paid hour. */
export function lastCallMs(lease: Lease, settings: LeaseSettings): number {
  return (lease.paidUntilMs ?? 0) - usualDeletionMs(lease, settings);
}

/** Whether a timer that is set now may fire when the last call is past. */
export function isLastLook(lease: Lease, nowMs: number, settings: LeaseSettings): boolean {
  return nowMs + settings.patienceMs + RING_LATE_MS > lastCallMs(lease, settings);
}

/** When the end of the paid hour needs somebody to look: as it begins, and again at the last call, or past it while tasks run. */
export function nextLookMs(lease: Lease, nowMs: number, settings: LeaseSettings): number {
  const [endsMs, lastMs] = [hourEndsMs(lease, settings), lastCallMs(lease, settings)];
  if (nowMs < endsMs) return endsMs;
  return lease.running > 0 || nowMs >= lastMs ? lastMs + 1 : lastMs;
}

/** The end of the first paid hour that a deletion can still meet. */
export function firstHourEndsMs(lease: Lease, openedAtMs: number, nowMs: number, settings: LeaseSettings): number {
  return policyBoundary(settings.billingClock, openedAtMs, nowMs + usualDeletionMs(lease, settings));
}

/** The end of the next hour that a deletion can still meet, for a lease that goes on. */
export function nextHourMs(lease: Lease, nowMs: number, settings: LeaseSettings): number {
  return firstHourEndsMs(lease, lease.openedAtMs ?? nowMs, nowMs, settings);
}

/** Under the unknown bill each clock's boundary is a chance to close without waste. */
function policyBoundary(reading: BillingReading, openedAtMs: number, afterMs: number): number {
  if (reading !== 'unknown') return nextBoundary(reading, openedAtMs, afterMs);
  return Math.min(nextBoundary('anchored', openedAtMs, afterMs), nextBoundary('clock', openedAtMs, afterMs));
}

/** Whether a request that comes at `nowMs` would have made use of a lease that outstayed its hour. One that has time will share an hour anyway. */
export function followsSoon(idleEndMs: number, nowMs: number, startByMs: number): boolean {
  return nowMs < idleEndMs + WORTH_KEEPING_MS && startByMs <= idleEndMs + SHARED_WAIT_MS;
}

/** Whether one may be expected soon. Not only where it is likelier than not, since most of what closing costs is under one reading. */
function expectsFollowUp({ followUps }: Pick<Lease, 'followUps'>): boolean {
  return followUps >= 400;
}

/**
 * Whether an idle lease stays past an hour that is over by one reading of the unknown bill only. Once, and no more until a request
 * has come: what nobody asks of is gone before an hour ends by the other reading, too.
 */
export function outstaysHour(lease: Lease, settings: LeaseSettings): boolean {
  const { openedAtMs, paidUntilMs, idleEndMs } = lease;
  if (settings.billingClock !== 'unknown' || openedAtMs === null || paidUntilMs === null) return false;
  const leftMs = policyBoundary('unknown', openedAtMs, paidUntilMs) - paidUntilMs;
  return idleEndMs === null && expectsFollowUp(lease) && leftMs >= WORTH_KEEPING_MS && leftMs < HOUR_MS;
}

/**
 * Whether the task may well end before the last call. It is begun on the lucky side of its usual time: if it overruns, it costs the
 * hour that it would have cost by waiting, and if it does not, it costs nothing. Where waiting would cost no hour of its own, it must
 * fit by its usual time.
 */
export function fitsHour(
  lease: Lease,
  item: Pick<TaskItem, 'startByMs'>,
  nowMs: number,
  settings: LeaseSettings,
): boolean {
  const { taskRun, paidUntilMs } = lease;
  const luckMs = item.startByMs - (paidUntilMs ?? nowMs) > SHARED_WAIT_MS ? 0 : (taskRun?.spreadMs ?? 0);
  return nowMs + (taskRun ? taskRun.usualMs - luckMs : settings.usualTaskMs) <= lastCallMs(lease, settings);
}

/** Whether the task may wait until these endpoints are gone and the next are created. */
export function canWait(
  lease: Lease,
  item: Pick<TaskItem, 'startByMs'>,
  nowMs: number,
  settings: LeaseSettings,
): boolean {
  const goneMs = Math.max(nowMs, hourEndsMs(lease, settings)) + usualDeletionMs(lease, settings);
  return item.startByMs >= goneMs + settings.createMs;
}

/** Whether a pending task belongs into the hour that is open now, be it by extending it. */
export function belongsToThisHour(
  lease: Lease,
  item: Pick<TaskItem, 'startByMs'>,
  nowMs: number,
  settings: LeaseSettings,
): boolean {
  return !settings.hasEndpoints || fitsHour(lease, item, nowMs, settings) || !canWait(lease, item, nowMs, settings);
}
