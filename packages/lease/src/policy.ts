/**
 * The opening policy: patience is spent before money. A closed lease opens as late as the earliest start-by allows; an open one takes
 * everything along; near the end of a paid hour, work that can wait for the next opening waits.
 */
import type { Lease } from './lease.ts';
import { HOUR_MS, type LeaseSettings } from './settings.ts';
import type { TaskItem } from './task.ts';

/** When a closed lease must begin to open so that a task may start by `startByMs`. */
export function openDueMs(startByMs: number, settings: LeaseSettings): number {
  const latestMs = startByMs - settings.createMs;
  // A clock hour costs the same whenever in it the endpoints are born, so there is nothing to gain by waiting within it.
  return settings.billingClock === 'clock' ? Math.floor(latestMs / HOUR_MS) * HOUR_MS : latestMs;
}

/** When the lease, closed, next opens: due work, but never within the backoff. `null` without pending work. */
export function leaseOpensAtMs(lease: Lease, settings: LeaseSettings): number | null {
  if (lease.pending === 0 || lease.startByMs === null) return null;
  return Math.max(lease.notBeforeMs, openDueMs(lease.startByMs, settings));
}

/** Teardown of the current paid hour begins then. */
export function hourEndsMs(lease: Lease, settings: LeaseSettings): number {
  return (lease.paidUntilMs ?? 0) - settings.teardownLeadMs;
}

/** Whether the task would end before the teardown of the paid hour begins. */
export function fitsHour(lease: Lease, nowMs: number, settings: LeaseSettings): boolean {
  return nowMs + settings.usualTaskMs <= hourEndsMs(lease, settings);
}

/** Whether the task may wait until these endpoints are gone and the next are created. */
export function canWait(lease: Lease, item: TaskItem, settings: LeaseSettings): boolean {
  return item.startByMs >= (lease.paidUntilMs ?? 0) + settings.createMs;
}

/** Whether a pending task belongs into the hour that is open now, be it by extending it. */
export function belongsToThisHour(lease: Lease, item: TaskItem, nowMs: number, settings: LeaseSettings): boolean {
  return fitsHour(lease, nowMs, settings) || !canWait(lease, item, settings);
}
