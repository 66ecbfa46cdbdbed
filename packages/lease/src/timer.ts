/**
 * `timerAt`: the one timer of a lease follows from its obligations. Events only speed things up; the timer alone is enough.
 */
import type { LeaseState, Timer, TimerOwner } from './lease.ts';
import { obligations } from './obligations.ts';
import type { LeaseSettings } from './settings.ts';

/** The earliest obligation, never sooner than `patience` from now. `null`: closed and idle, the only state without a timer. */
export function timerAt(
  state: LeaseState,
  nowMs: number,
  settings: LeaseSettings,
): { atMs: number; owner: TimerOwner } | null {
  let earliest: { atMs: number; owner: TimerOwner } | null = null;
  for (const { dueAtMs, owner } of obligations(state, nowMs, settings)) {
    const atMs = Math.max(dueAtMs, nowMs + settings.patienceMs);
    if (!earliest || atMs < earliest.atMs) earliest = { atMs, owner };
  }
  return earliest;
}

/** One that is long overdue was lost on its way; one that is about to fire is still good. */
export function isAlive(timer: Timer | null, nowMs: number, settings: LeaseSettings): timer is Timer {
  return timer !== null && nowMs < timer.atMs + settings.patienceMs;
}

/**
 * The timer that `state` is to be written with: the one it has, if that wakes the right service early enough, else a new one.
 * Its id is unique among all writes of this lease.
 */
export function nextTimer(state: LeaseState, nowMs: number, settings: LeaseSettings): Timer | null {
  const { timer, leaseId, version } = state.lease;
  const wanted = timerAt(state, nowMs, settings);
  if (!wanted) return state.complete ? null : timer;
  const alive = isAlive(timer, nowMs, settings);
  if (alive && timer.owner === wanted.owner && timer.atMs <= wanted.atMs) return timer;
  // Seen through a few items only, the timer may be moved forward, never back.
  const atMs =
    state.complete || !alive ? wanted.atMs : Math.min(wanted.atMs, Math.max(timer.atMs, nowMs + settings.patienceMs));
  const id = `${leaseId}-${version + 1}-${Math.ceil(atMs / 1000).toString(36)}-${wanted.owner[0]}`;
  return { id, atMs, owner: wanted.owner };
}
