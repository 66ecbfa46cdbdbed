/** The one timer that a state is written with: kept while it wakes the right service early enough, else replaced. */
import { describe, expect, it } from 'vitest';
import { type LeaseState, newLease, type Timer, type TimerOwner } from './lease.ts';
import { request, STACK } from './scenario.fixture.ts';
import { defaultSettings, type LeaseSettings, MINUTE_MS } from './settings.ts';
import { pendingItem } from './task.ts';
import { nextTimer, timerAt } from './timer.ts';

const settings: LeaseSettings = { ...defaultSettings, billingClock: 'anchored' };
const nowMs = 1_000 * MINUTE_MS;
/** Minutes from now. */
const at = (minutes: number) => nowMs + minutes * MINUTE_MS;
const firing = (minutes: number, owner: TimerOwner = 'provisioner'): Timer => ({
  id: 'old',
  atMs: at(minutes),
  owner,
});

/** Closed, with work for which the provisioner opens it in 57 minutes. */
function waiting(timer: Timer | null, complete = true): LeaseState {
  const item = pendingItem({ ...request('app', 'r1', nowMs), startByMs: at(57) + settings.createMs });
  const lease = { ...newLease('main'), version: 41, pending: 1, startByMs: item.startByMs, timer };
  return { lease, items: new Map([[item.taskKey, item]]), complete, seen: new Set() };
}

const made = (minutes: number): Timer => ({
  id: `main-42-${(at(minutes) / 1_000).toString(36)}-p`,
  atMs: at(minutes),
  owner: 'provisioner',
});

describe('the timer that a lease is written with', () => {
  const [whole, inPart] = [true, false];
  const kept = 'kept';
  it.each<[string, Timer | null, boolean, Timer | typeof kept]>([
    ['is made where there is none', null, whole, made(57)],
    ['is made where there is none, seen in part', null, inPart, made(57)],
    ['is kept while it wakes the right service sooner', firing(20), whole, kept],
    ['is kept when it fires just in time', firing(57), whole, kept],
    ['is kept when it has fired and may yet be answered', firing(-1), whole, kept],
    ['is replaced when it is too late', firing(58), whole, made(57)],
    ['is replaced when it is too late, seen in part', firing(58), inPart, made(57)],
    ['is replaced when it wakes another service, by one at its own time', firing(20, 'runner'), whole, made(57)],
    ['is not moved back when it wakes another service, seen in part', firing(20, 'runner'), inPart, made(20)],
    ['is moved forward when it wakes another service too late, seen in part', firing(90, 'runner'), inPart, made(57)],
    ['is not moved to before patience from now, seen in part', firing(1, 'runner'), inPart, made(2)],
    ['is taken for lost when it is overdue by patience', firing(-2), whole, made(57)],
    ['is taken for lost alike, seen in part', firing(-2), inPart, made(57)],
  ])('%s', (_, timer, complete, expected) => {
    const next = nextTimer(waiting(timer, complete), nowMs, settings);
    expect(next).toEqual(expected === kept ? timer : expected);
  });

  it('is none when nothing is owed, and as it was where only a part is seen', () => {
    const idle = { ...newLease('main'), timer: firing(20) };
    const nextOf = (complete: boolean) =>
      nextTimer({ lease: idle, items: new Map(), seen: new Set(), complete }, nowMs, settings);
    expect(nextOf(true)).toBeNull();
    expect(nextOf(false)).toEqual(idle.timer);
  });

  it('has its time in its id in whole seconds, rounded up', () => {
    const state = waiting(null);
    const next = nextTimer({ ...state, lease: { ...state.lease, notBeforeMs: at(60) + 1 } }, nowMs, settings);
    expect(next).toEqual({
      id: `main-42-${(at(60) / 1_000 + 1).toString(36)}-p`,
      atMs: at(60) + 1,
      owner: 'provisioner',
    });
  });
});

describe('whom the timer wakes', () => {
  /** Open and idle with a dead item to be reported by the runner in two minutes, and the hour's end to be looked at by the teardown. */
  const timerOf = (endsInMinutes: number) => {
    const paidUntilMs = at(endsInMinutes) + settings.teardownLeadMs;
    const lease = { ...newLease('main'), phase: 'open' as const, stackId: STACK, dead: 1, paidUntilMs };
    return timerAt({ lease, items: new Map(), seen: new Set(), complete: true }, nowMs, settings);
  };

  it('is who owes the earliest', () => {
    expect(timerOf(1)).toEqual({ atMs: at(2), owner: 'teardown' });
    expect(timerOf(3)).toEqual({ atMs: at(2), owner: 'runner' });
  });

  it('is who owes what belongs to the phase, where both are owed at once', () => {
    expect(timerOf(2)).toEqual({ atMs: at(2), owner: 'teardown' });
  });
});
