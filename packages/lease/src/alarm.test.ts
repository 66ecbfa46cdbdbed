/** The one alarm that a state is written with: kept while it rings the right service early enough, else replaced. */
import { describe, expect, it } from 'vitest';
import { alarmAt, nextAlarm } from './alarm.ts';
import { type Alarm, type AlarmOwner, type LeaseState, newLease } from './lease.ts';
import { request, STACK } from './scenario.fixture.ts';
import { defaultSettings, type LeaseSettings, MINUTE_MS } from './settings.ts';
import { pendingItem } from './task.ts';

const settings: LeaseSettings = { ...defaultSettings, billingClock: 'anchored' };
const nowMs = 1_000 * MINUTE_MS;
/** Minutes from now. */
const at = (minutes: number) => nowMs + minutes * MINUTE_MS;
const ringing = (minutes: number, owner: AlarmOwner = 'provisioner'): Alarm => ({
  id: 'old',
  atMs: at(minutes),
  owner,
});

/** Closed, with work for which the provisioner opens it in 57 minutes. */
function waiting(alarm: Alarm | null, complete = true): LeaseState {
  const item = pendingItem({ ...request('app', 'r1', nowMs), startByMs: at(57) + settings.createMs });
  const lease = { ...newLease('main'), version: 41, pending: 1, startByMs: item.startByMs, alarm };
  return { lease, items: new Map([[item.taskKey, item]]), complete, seen: new Set() };
}

const made = (minutes: number): Alarm => ({
  id: `main-42-${(at(minutes) / 1_000).toString(36)}-p`,
  atMs: at(minutes),
  owner: 'provisioner',
});

describe('the alarm that a lease is written with', () => {
  const [whole, inPart] = [true, false];
  const kept = 'kept';
  it.each<[string, Alarm | null, boolean, Alarm | typeof kept]>([
    ['is made where there is none', null, whole, made(57)],
    ['is made where there is none, seen in part', null, inPart, made(57)],
    ['is kept while it rings the right service sooner', ringing(20), whole, kept],
    ['is kept when it rings just in time', ringing(57), whole, kept],
    ['is kept when it has rung and may yet be answered', ringing(-1), whole, kept],
    ['is replaced when it is too late', ringing(58), whole, made(57)],
    ['is replaced when it is too late, seen in part', ringing(58), inPart, made(57)],
    ['is replaced when it rings another service, by one at its own time', ringing(20, 'runner'), whole, made(57)],
    ['is not moved back when it rings another service, seen in part', ringing(20, 'runner'), inPart, made(20)],
    ['is moved forward when it rings another service too late, seen in part', ringing(90, 'runner'), inPart, made(57)],
    ['is not moved to before patience from now, seen in part', ringing(1, 'runner'), inPart, made(2)],
    ['is taken for lost when it is overdue by patience', ringing(-2), whole, made(57)],
    ['is taken for lost alike, seen in part', ringing(-2), inPart, made(57)],
  ])('%s', (_, alarm, complete, expected) => {
    const next = nextAlarm(waiting(alarm, complete), nowMs, settings);
    expect(next).toEqual(expected === kept ? alarm : expected);
  });

  it('is none when nothing is owed, and as it was where only a part is seen', () => {
    const idle = { ...newLease('main'), alarm: ringing(20) };
    const nextOf = (complete: boolean) =>
      nextAlarm({ lease: idle, items: new Map(), seen: new Set(), complete }, nowMs, settings);
    expect(nextOf(true)).toBeNull();
    expect(nextOf(false)).toEqual(idle.alarm);
  });

  it('has its time in its id in whole seconds, rounded up', () => {
    const state = waiting(null);
    const next = nextAlarm({ ...state, lease: { ...state.lease, notBeforeMs: at(60) + 1 } }, nowMs, settings);
    expect(next).toEqual({
      id: `main-42-${(at(60) / 1_000 + 1).toString(36)}-p`,
      atMs: at(60) + 1,
      owner: 'provisioner',
    });
  });
});

describe('whom the alarm rings', () => {
  /** Open and idle with a dead item to be told of by the runner in two minutes, and the hour's end to be looked at by the teardown. */
  const alarmOf = (endsInMinutes: number) => {
    const paidUntilMs = at(endsInMinutes) + settings.teardownLeadMs;
    const lease = { ...newLease('main'), phase: 'open' as const, stackId: STACK, dead: 1, paidUntilMs };
    return alarmAt({ lease, items: new Map(), seen: new Set(), complete: true }, nowMs, settings);
  };

  it('is who owes the earliest', () => {
    expect(alarmOf(1)).toEqual({ atMs: at(2), owner: 'teardown' });
    expect(alarmOf(3)).toEqual({ atMs: at(2), owner: 'runner' });
  });

  it('is who owes what belongs to the phase, where both are owed at once', () => {
    expect(alarmOf(2)).toEqual({ atMs: at(2), owner: 'teardown' });
  });
});
