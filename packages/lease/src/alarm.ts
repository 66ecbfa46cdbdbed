/**
 * `alarmAt`: the one alarm of a lease follows from its obligations. Events only speed things up; the alarm alone is enough.
 */
import type { Alarm, AlarmOwner, LeaseState } from './lease.ts';
import { obligations } from './obligations.ts';
import type { LeaseSettings } from './settings.ts';

/** The earliest obligation, never sooner than `patience` from now. `null`: closed and idle, the only state without an alarm. */
export function alarmAt(
  state: LeaseState,
  nowMs: number,
  settings: LeaseSettings,
): { atMs: number; owner: AlarmOwner } | null {
  let earliest: { atMs: number; owner: AlarmOwner } | null = null;
  for (const { dueAtMs, owner } of obligations(state, nowMs, settings)) {
    const atMs = Math.max(dueAtMs, nowMs + settings.patienceMs);
    if (!earliest || atMs < earliest.atMs) earliest = { atMs, owner };
  }
  return earliest;
}

/**
 * The alarm that `state` is to be written with: the one it has, if that rings the right service early enough, else a new one.
 * Its id is unique among all writes of this lease.
 */
export function nextAlarm(state: LeaseState, nowMs: number, settings: LeaseSettings): Alarm | null {
  const { alarm, leaseId, version } = state.lease;
  const wanted = alarmAt(state, nowMs, settings);
  if (!wanted) return state.complete ? null : alarm;
  // One that is long overdue was lost on its way; one that is about to ring is still good.
  const alive = alarm !== null && nowMs < alarm.atMs + settings.patienceMs;
  if (alive && alarm.owner === wanted.owner && alarm.atMs <= wanted.atMs) return alarm;
  // Seen through a few items only, the alarm may be moved forward, never back.
  const atMs =
    state.complete || !alive ? wanted.atMs : Math.min(wanted.atMs, Math.max(alarm.atMs, nowMs + settings.patienceMs));
  const id = `${leaseId}-${version + 1}-${Math.ceil(atMs / 1000).toString(36)}-${wanted.owner[0]}`;
  return { id, atMs, owner: wanted.owner };
}
