/**
 * The billing clock. AWS says that a partial endpoint hour is billed as a full hour, and not from which moment hours are counted;
 * both readings are here.
 */
import { type BillingClock, HOUR_MS } from './settings.ts';

/** The first end of a paid hour after `afterMs`, for endpoints created at `openedAtMs`. All epoch milliseconds. */
export function nextBoundary(clock: BillingClock, openedAtMs: number, afterMs: number): number {
  const originMs = hourOrigin(clock, openedAtMs);
  const hours = Math.max(1, Math.floor((afterMs - originMs) / HOUR_MS) + 1);
  return originMs + hours * HOUR_MS;
}

/** Hours on the bill for endpoints that lived from `openedAtMs` to `closedAtMs`; a started hour is a whole one. */
export function paidHours(clock: BillingClock, openedAtMs: number, closedAtMs: number): number {
  if (closedAtMs <= openedAtMs) return 0;
  return (nextBoundary(clock, openedAtMs, closedAtMs - 1) - hourOrigin(clock, openedAtMs)) / HOUR_MS;
}

function hourOrigin(clock: BillingClock, openedAtMs: number): number {
  return clock === 'anchored' ? openedAtMs : Math.floor(openedAtMs / HOUR_MS) * HOUR_MS;
}
