/** Fargate without capacity: nobody dies of it, the paid hour is used for further tries, and no hour is bought one after the other. */
import { describe, expect, it } from 'vitest';
import type { TaskOutcome } from './commands.ts';
import { Scenario } from './scenario.fixture.ts';
import { MINUTE_MS } from './settings.ts';

const none: TaskOutcome = { status: 'noCapacity', message: 'RESOURCE:FARGATE' };

/** A lease in a Region that has no capacity until `untilMinute`: each claim is refused at once. @returns when it was tried, in minutes */
function live(s: Scenario, untilMinute: number, lastMinute: number): number[] {
  const tries: number[] = [];
  for (let minute = 0; minute <= lastMinute; minute += 1) {
    s.at(minute);
    const { lease } = s;
    if (lease.timer && lease.timer.atMs <= s.nowMs) s.fire();
    if (s.lease.phase === 'opening') s.open(minute);
    if (s.lease.phase === 'closing') s.deleted();
    const token = `t${minute}`;
    if (!s.claim(token)) continue;
    tries.push(minute);
    s.finish(token, minute < untilMinute ? none : { status: 'succeeded' });
    if (minute >= untilMinute) break;
  }
  return tries;
}

const openings = (s: Scenario) => s.facts.filter(({ type }) => type === 'leaseOpened').length;
const extensions = (s: Scenario) => s.facts.filter(({ type }) => type === 'leaseExtended').length;

describe('without capacity', () => {
  it('forty minutes are outlasted in the hour that is paid already', () => {
    const s = new Scenario();
    s.ask();
    const tries = live(s, 40, 24 * 60);
    expect(tries.slice(2, 5).map((minute, n) => minute - (tries[n + 1] ?? minute))).toEqual([2, 4, 8]);
    expect(tries.at(-1)).toBeLessThan(52);
    expect(s.facts.at(-1)).toMatchObject({ type: 'taskSucceeded' });
    expect(openings(s)).toBe(1);
  });

  it('a day costs few hours, none of them in a row, and no attempt; the work is done in the end', () => {
    const s = new Scenario();
    s.ask();
    live(s, 24 * 60, 40 * 60);
    expect(s.facts.at(-1)).toMatchObject({ type: 'taskSucceeded' });
    expect(s.facts.some((fact) => fact.type === 'taskFailed' && (fact.next === 'dead' || fact.attempts > 0))).toBe(
      false,
    );
    expect(openings(s)).toBeLessThanOrEqual(6);
    expect(extensions(s)).toBe(0);
  });

  it('for hours is reported to a person once, and again each day', () => {
    const s = new Scenario();
    s.ask();
    live(s, 100 * 60, 26 * 60);
    const reported = s.facts.filter((fact) => fact.type === 'taskFailed' && fact.noCapacitySinceMs !== undefined);
    expect(reported).toHaveLength(1);
    live(s, 100 * 60, 60 * 60);
    const later = s.facts.filter((fact) => fact.type === 'taskFailed' && fact.noCapacitySinceMs !== undefined);
    expect(later.length).toBeGreaterThan(1);
    expect(later.length).toBeLessThanOrEqual(4);
  });

  it.each(['unknown', 'clock'] as const)(
    'hours are hours apart where they end by the bill that is %s',
    (billingClock) => {
      const s = new Scenario({ billingClock, retryWithinMs: 0 });
      s.ask();
      live(s, 24 * 60, 24 * 60);
      expect(openings(s)).toBeLessThanOrEqual(6);
      expect(extensions(s)).toBe(0);
    },
  );

  it('a task that was taken after all, and failed, is an attempt like any other, and the want of capacity is over', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.finish('t1', none);
    expect(s.item()).toMatchObject({ noCapacity: { refusals: 1, openings: 1, fence: 1 }, attempts: 0 });
    s.at(4).claim('t2');
    s.finish('t2', { status: 'failed', started: true, message: 'exit 1' });
    expect(s.item()).toMatchObject({ attempts: 1 });
    expect(s.item()).not.toHaveProperty('noCapacity');
  });

  it('a push that cannot wait buys an hour as ever, and does not shorten the pause within it', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.finish('t1', none);
    const { notBeforeMs = 0, startByMs = 0 } = s.item() ?? {};
    expect(startByMs - s.nowMs).toBe(120 * MINUTE_MS);
    s.ask('app', 'r2');
    expect(s.item()).toMatchObject({ notBeforeMs, startByMs: s.nowMs, noCapacity: { refusals: 1 } });
  });
});

describe('work that AWS refuses for certain', () => {
  const refuse = (s: Scenario, repository: string, requestId: string) =>
    s.do({ type: 'workRefused', taskKey: `mirror:${repository}`, requestId, message: 'AccessDenied' });

  it('is dead at once, with the reason; the opening that was for it alone is called off', () => {
    const s = new Scenario();
    s.ask('app', 'r1');
    expect(s.lease.phase).toBe('opening');
    expect(refuse(s, 'app', 'r1')).toBe(true);
    expect(s.lease).toMatchObject({ phase: 'closed', pending: 0, dead: 1, failures: 0, openedAtMs: null });
    expect(s.item()).toMatchObject({ state: 'dead', lastError: 'AccessDenied', attempts: 0 });
    expect(s.facts).toContainEqual(expect.objectContaining({ type: 'taskFailed', next: 'dead', token: null }));
  });

  it('leaves the opening to others that need it now, and calls it off for those that can wait', () => {
    const s = new Scenario();
    s.ask('app', 'r1');
    s.ask('web', 'r2');
    refuse(s, 'app', 'r1');
    expect(s.lease).toMatchObject({ phase: 'opening', fence: 1, pending: 1 });
    const patient = new Scenario();
    patient.ask('web', 'r2', 300 * MINUTE_MS);
    patient.ask('app', 'r1');
    refuse(patient, 'app', 'r1');
    expect(patient.lease).toMatchObject({ phase: 'closed', pending: 1, timer: { owner: 'provisioner' } });
    patient.at(300).fire();
    expect(patient.lease).toMatchObject({ phase: 'opening', fence: 2 });
  });

  it('leaves the opening to others that are due before a timer set now could fire', () => {
    const s = new Scenario();
    s.ask('app', 'r1');
    s.ask('web', 'r2', s.settings.createMs + s.settings.patienceMs / 2);
    refuse(s, 'app', 'r1');
    expect(s.lease).toMatchObject({ phase: 'opening', fence: 1, pending: 1 });
    expect(s.facts).not.toContainEqual(expect.objectContaining({ type: 'leaseClosed' }));
  });

  it('is left alone once its stack is asked for, or it runs, or another request has come for it', () => {
    const s = new Scenario();
    s.ask('app', 'r1');
    expect(refuse(s, 'app', 'r0')).toBe(false);
    s.do({ type: 'creationAsked', fence: 1 });
    expect(refuse(s, 'app', 'r1')).toBe(true);
    expect(s.lease).toMatchObject({ phase: 'opening', dead: 1 });
    const running = new Scenario();
    running.ask('app', 'r1');
    running.open(0);
    running.claim('t1');
    expect(refuse(running, 'app', 'r1')).toBe(false);
  });
});
