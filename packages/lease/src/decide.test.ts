/** The protocol's table, phase by phase. */
import { describe, expect, it } from 'vitest';
import { nextLookMs } from './policy.ts';
import { failed, notStarted, Scenario, STACK } from './scenario.fixture.ts';
import { HOUR_MS, MINUTE_MS } from './settings.ts';

const seen = (status: 'creating' | 'complete' | 'failed' | 'deleting' | 'deleteFailed' | 'deleted', fence = 1) => ({
  status,
  stackId: STACK,
  fence,
  createdAtMs: 0,
  deletedAtMs: null,
});

describe('a closed lease', () => {
  it('opens at once for a request that must not wait, under a new fence', () => {
    const s = new Scenario();
    s.ask();
    expect(s.lease).toMatchObject({ phase: 'opening', fence: 1, pending: 1, askedAtMs: null });
    expect(s.facts.map(({ type }) => type)).toEqual(['requestRemembered', 'leaseOpening']);
  });

  it('stays closed for a patient request, and its timer opens it as late as the start-by allows', () => {
    const s = new Scenario({ createMs: 3 * MINUTE_MS });
    s.ask('app', 'r1', HOUR_MS);
    expect(s.lease.phase).toBe('closed');
    expect(s.lease.timer).toMatchObject({ atMs: HOUR_MS - 3 * MINUTE_MS, owner: 'provisioner' });
    s.at(57).fire();
    expect(s.lease).toMatchObject({ phase: 'opening', fence: 1 });
  });

  it('opens for the earlier start-by when a second request merges', () => {
    const s = new Scenario();
    s.ask('app', 'r1', 5 * HOUR_MS);
    s.ask('app', 'r2', HOUR_MS);
    expect(s.lease.pending).toBe(1);
    expect(s.lease.timer?.atMs).toBe(57 * MINUTE_MS);
    expect(s.facts.at(-1)).toMatchObject({ type: 'requestRemembered', as: 'hastened', joins: 'r1' });
    s.ask('app', 'r3', 2 * HOUR_MS);
    expect(s.facts.at(-1)).toMatchObject({ type: 'requestRemembered', as: 'merged', joins: 'r1' });
  });

  it('ignores a request id that was accepted before', () => {
    const s = new Scenario();
    s.ask('app', 'r1', HOUR_MS);
    expect(s.ask('app', 'r1', HOUR_MS)).toBe(false);
    expect(s.lease.pending).toBe(1);
  });

  it('ignores what is not listed for it', () => {
    const s = new Scenario();
    expect(s.do({ type: 'stackCreated', fence: 0, stackId: STACK, createdAtMs: 0 })).toBe(false);
    expect(s.deleted()).toBe(false);
    expect(s.fire()).toBe(false);
    expect(s.lease.phase).toBe('closed');
  });
});

describe('an opening lease', () => {
  it('records one ask per fence', () => {
    const s = new Scenario();
    s.ask();
    expect(s.do({ type: 'creationAsked', fence: 1 })).toBe(true);
    expect(s.do({ type: 'creationAsked', fence: 1 })).toBe(false);
  });

  it('opens when its stack is created, paid until the end of the first hour from the creation', () => {
    const s = new Scenario();
    s.at(10).ask();
    s.open(11);
    expect(s.lease).toMatchObject({ phase: 'open', stackId: STACK, openedAtMs: 11 * MINUTE_MS });
    expect(s.lease.paidUntilMs).toBe(71 * MINUTE_MS);
  });

  it('ignores a stack of another fence', () => {
    const s = new Scenario();
    s.ask();
    expect(s.do({ type: 'stackCreated', fence: 7, stackId: STACK, createdAtMs: 0 })).toBe(false);
    expect(s.do({ type: 'stackFailed', fence: 7, stackId: STACK, createdAtMs: 0 })).toBe(false);
  });

  it('closes a failed creation, and waits longer after each', () => {
    const s = new Scenario({ createBackoffMs: MINUTE_MS });
    s.ask();
    s.do({ type: 'stackFailed', fence: 1, stackId: STACK, createdAtMs: 0 });
    expect(s.lease).toMatchObject({ phase: 'closing', failures: 1, stackId: STACK });
    s.deleted();
    expect(s.lease).toMatchObject({ phase: 'closed', pending: 1, notBeforeMs: MINUTE_MS });
    s.at(2).fire();
    s.do({ type: 'stackFailed', fence: 2, stackId: null, createdAtMs: null });
    expect(s.lease).toMatchObject({ phase: 'closed', failures: 2, notBeforeMs: 4 * MINUTE_MS });
  });

  it('is not opened sooner by a request within the backoff', () => {
    const s = new Scenario();
    s.ask();
    s.do({ type: 'stackFailed', fence: 1, stackId: null, createdAtMs: null });
    s.ask('other', 'r2');
    expect(s.lease).toMatchObject({ phase: 'closed', pending: 2 });
  });

  it.each([
    ['complete', 'open'],
    ['creating', 'opening'],
    ['failed', 'closing'],
    ['deleting', 'closing'],
    ['deleteFailed', 'closing'],
  ] as const)('whose timer sees the stack %s is %s', (status, phase) => {
    const s = new Scenario();
    s.ask();
    s.do({ type: 'creationAsked', fence: 1 });
    s.at(6).fire(seen(status));
    expect(s.lease.phase).toBe(phase);
    expect(s.lease.timer).not.toBeNull();
  });

  it('whose timer sees a stack left over from an older fence deletes that one first', () => {
    const s = new Scenario();
    s.ask();
    s.do({ type: 'creationAsked', fence: 1 });
    s.at(6).fire(seen('complete', 0));
    expect(s.lease).toMatchObject({ phase: 'closing', stackId: STACK, failures: 1 });
  });

  it('whose stack was deleted before it ever was complete is closing, until nothing is left of it', () => {
    const s = new Scenario();
    s.ask();
    expect(s.deleted()).toBe(true);
    expect(s.lease).toMatchObject({ phase: 'closing', failures: 1, pending: 1, timer: { owner: 'teardown' } });
    expect(s.deleted()).toBe(true);
    expect(s.lease).toMatchObject({ phase: 'closed', failures: 1, pending: 1 });
  });
});

describe('an open lease', () => {
  function opened(settings = {}) {
    const s = new Scenario(settings);
    s.ask();
    s.open(0);
    return s;
  }

  it('claims a pending task once, under its fence and with a deadline', () => {
    const s = opened({ taskTimeLimitMs: HOUR_MS, stopGraceMs: 10 * MINUTE_MS });
    expect(s.claim('t1')).toBe(true);
    expect(s.claim('t2')).toBe(false);
    expect(s.item()?.claim).toMatchObject({ token: 't1', fence: 1, stopByMs: 72 * MINUTE_MS, taskArn: null });
    expect(s.lease).toMatchObject({ pending: 0, running: 1 });
  });

  it('runs no more tasks at once than the deployment allows', () => {
    const s = opened({ maxParallelTasks: 1 });
    s.ask('other', 'r2');
    expect(s.claim('t1')).toBe(true);
    expect(s.claim('t2', 'other')).toBe(false);
  });

  it('takes a success out, with its duration', () => {
    const s = opened();
    s.claim('t1');
    s.at(4).finish('t1');
    expect(s.item()).toBeUndefined();
    expect(s.facts.at(-1)).toMatchObject({ type: 'taskSucceeded', durationMs: 2 * MINUTE_MS });
    expect(s.lease).toMatchObject({ pending: 0, running: 0, phase: 'open' });
  });

  it('closes at its hour when idle, not before the lead', () => {
    const s = opened({ teardownLeadMs: 7 * MINUTE_MS });
    s.claim('t1');
    s.at(4).finish('t1');
    expect(s.lease.timer).toMatchObject({ owner: 'teardown', atMs: 53 * MINUTE_MS });
    s.at(53).fire();
    expect(s.lease).toMatchObject({ phase: 'closing', stackId: STACK });
  });

  it('is extended by an hour when a task runs at its end', () => {
    const s = opened();
    s.claim('t1');
    s.at(58.1).fire();
    expect(s.lease).toMatchObject({ phase: 'open', paidUntilMs: 120 * MINUTE_MS });
    expect(s.facts.at(-1)).toMatchObject({ type: 'leaseExtended', paidUntilMs: 120 * MINUTE_MS });
  });

  it('is not extended as long as the running task may end in time for the deletion, and closes when it does', () => {
    const s = opened({ teardownLeadMs: 7 * MINUTE_MS, deleteMs: 2 * MINUTE_MS });
    s.claim('t1');
    s.at(53).fire();
    expect(s.lease).toMatchObject({ phase: 'open', paidUntilMs: 60 * MINUTE_MS, timer: { owner: 'runner' } });
    expect(nextLookMs(s.lease, s.nowMs, s.settings)).toBe(58 * MINUTE_MS + 1);
    s.at(57.5).finish('t1');
    expect(s.lease.phase).toBe('closing');
  });

  it('closes with its last task when a timer would fire too late for the deletion', () => {
    const s = opened({ teardownLeadMs: 3 * MINUTE_MS, deleteMs: 2 * MINUTE_MS, patienceMs: 2 * MINUTE_MS });
    s.claim('t1');
    s.at(55).finish('t1');
    expect(s.lease.phase).toBe('closing');
  });

  it('whose hour can no longer be met closes for its end by the other reading of the bill, if that is near', () => {
    const s = new Scenario({ billingClock: 'unknown', deleteMs: 2 * MINUTE_MS });
    s.ask('app', 'r1');
    s.open(0.4);
    s.claim('t1');
    expect(s.lease.paidUntilMs).toBe(60 * MINUTE_MS);
    s.at(58.1).finish('t1');
    expect(s.lease).toMatchObject({ phase: 'closing', paidUntilMs: 60.4 * MINUTE_MS });
  });

  it('takes along what still fits into the hour, though it could wait', () => {
    const s = opened({ usualTaskMs: 2 * MINUTE_MS });
    s.claim('t1');
    s.at(4).finish('t1');
    s.at(55).ask('patient', 'r2', 3 * HOUR_MS);
    expect(s.lease.phase).toBe('open');
    expect(s.claim('t2', 'patient')).toBe(true);
  });

  it('begins late what may just fit, but work that can wait for hours only if its usual time fits', () => {
    const late = (delayMs: number) => {
      const s = opened();
      s.state = { ...s.state, lease: { ...s.lease, taskRun: { usualMs: 3 * MINUTE_MS, spreadMs: MINUTE_MS } } };
      s.claim('t1');
      s.at(55.5).ask('patient', 'r2', delayMs);
      return s.claim('t2', 'patient');
    };
    expect(late(HOUR_MS)).toBe(true);
    expect(late(3 * HOUR_MS)).toBe(false);
  });

  it('is not extended for work that can wait until it opens again', () => {
    const s = opened();
    s.claim('t1');
    s.at(57.9).ask('patient', 'r2', 3 * HOUR_MS);
    expect(s.claim('t2', 'patient')).toBe(false);
    s.at(57.95).finish('t1');
    expect(s.lease).toMatchObject({ phase: 'closing', pending: 1 });
    s.at(60).deleted();
    expect(s.lease.phase).toBe('closed');
    expect(s.lease.timer?.atMs).toBe((57.9 + 180 - 3) * MINUTE_MS);
  });

  it('is extended for work that cannot wait', () => {
    const s = opened();
    s.claim('t1');
    s.finish('t1');
    s.at(57.9).ask('urgent', 'r2');
    s.at(58.1).fire();
    expect(s.lease).toMatchObject({ phase: 'open', paidUntilMs: 120 * MINUTE_MS });
    expect(s.claim('t2', 'urgent')).toBe(true);
  });

  it('stays open when its timer comes so late that the next hour is on the bill anyway', () => {
    const s = opened();
    s.claim('t1');
    s.finish('t1');
    s.at(65).fire();
    expect(s.lease).toMatchObject({ phase: 'open', paidUntilMs: 120 * MINUTE_MS });
  });

  it('tries no second time what would end the same', () => {
    const s = opened();
    s.claim('t1');
    s.finish('t1', { status: 'failed', started: true, permanent: true, message: 'no such repository' });
    expect(s.lease).toMatchObject({ pending: 0, running: 0, dead: 1 });
  });

  it('whose stack somebody deleted closes, and only after its tasks have ended', () => {
    const s = opened();
    s.claim('t1');
    s.deleted();
    expect(s.lease.phase).toBe('closing');
    expect(s.deleted()).toBe(false);
    s.finish('t1', failed);
    expect(s.deleted()).toBe(true);
    expect(s.lease).toMatchObject({ phase: 'closed', pending: 1 });
  });
});

describe('a closing lease', () => {
  it('counts requests and opens again at once under a new fence when work is due', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.finish('t1');
    s.at(53).fire();
    s.at(54).ask('app', 'r2');
    expect(s.lease).toMatchObject({ phase: 'closing', pending: 1 });
    s.at(55).deleted();
    expect(s.lease).toMatchObject({ phase: 'opening', fence: 2, stackId: null });
  });

  it('ignores the deletion of another stack', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.finish('t1');
    s.at(53).fire();
    const stack = { fence: 1, stackId: 'another', createdAtMs: 0, deletedAtMs: s.nowMs };
    expect(s.do({ type: 'stackDeleted', ...stack })).toBe(false);
  });

  it('takes the time at which it hears of a deletion that has none of its own', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.finish('t1');
    s.at(53).fire();
    s.at(55).do({ type: 'stackDeleted', fence: 1, stackId: STACK, createdAtMs: 0, deletedAtMs: null });
    expect(s.facts).toContainEqual(expect.objectContaining({ type: 'leaseClosed', closedAtMs: s.nowMs }));
    expect(s.lease).toMatchObject({ phase: 'closed', deletion: { usualMs: 2 * MINUTE_MS } });
  });

  it('asks for the deletion again at each timer until the stack is gone', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.finish('t1');
    s.at(53).fire();
    s.at(56).fire(seen('deleting'));
    expect(s.lease).toMatchObject({ phase: 'closing', timer: { owner: 'teardown' } });
    s.at(59).fire({ ...seen('deleted'), deletedAtMs: s.nowMs });
    expect(s.lease).toMatchObject({ phase: 'closed', timer: null });
  });

  /** Minutes from each look to the next, when every look sees `status`. */
  function pauses(status: 'deleting' | 'deleteFailed' | 'complete', looks: number) {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.finish('t1');
    s.at(53).fire();
    const minutes: number[] = [];
    for (let look = 0; look < looks; look += 1) {
      const timer = s.lease.timer;
      minutes.push(((timer?.atMs ?? 0) - s.nowMs) / MINUTE_MS);
      s.nowMs = timer?.atMs ?? 0;
      s.fire(seen(status));
    }
    return { s, minutes };
  }

  it.each(['deleteFailed', 'complete'] as const)(
    'that a look finds %s is asked for again after a doubled pause, an hour at most',
    (status) => {
      expect(pauses(status, 8).minutes).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
    },
  );

  it('that goes on slowly is looked at after the same pause', () => {
    expect(pauses('deleting', 5).minutes).toEqual([2, 2, 2, 2, 2]);
  });

  it('that failed before does not slow down the next lease', () => {
    const { s } = pauses('deleteFailed', 3);
    s.fire({ ...seen('deleted'), deletedAtMs: s.nowMs });
    expect(s.lease).toMatchObject({ phase: 'closed', deleteFailures: 0 });
  });
});

describe('a request for a running task', () => {
  it('sets again, and the task is pending anew after the run, whatever came of it', () => {
    for (const outcome of [{ status: 'succeeded' as const }, failed]) {
      const s = new Scenario();
      s.ask();
      s.open(0);
      s.claim('t1');
      s.at(3).ask('app', 'r2');
      s.ask('app', 'r3');
      expect(s.facts.at(-1)).toMatchObject({ as: 'again', joins: 'r2' });
      expect(s.lease).toMatchObject({ pending: 0, running: 1 });
      s.finish('t1', outcome);
      expect(s.item()).toMatchObject({ state: 'pending', attempts: 0, request: { requestId: 'r2' }, again: null });
    }
  });
});

describe('a failing task', () => {
  function running(settings = {}) {
    const s = new Scenario(settings);
    s.ask();
    s.open(0);
    s.claim('t1');
    return s;
  }

  it('that never started is tried again without counting, a few times', () => {
    const s = running({ maxStartFailures: 2, retryPauseMs: MINUTE_MS });
    for (const [n, token] of ['t1', 't2'].entries()) {
      s.finish(token, notStarted);
      expect(s.item()).toMatchObject({ state: 'pending', attempts: 0, startFailures: n + 1 });
      expect(s.claim('early')).toBe(false);
      s.at(s.nowMs / MINUTE_MS + 1).claim(`t${n + 2}`);
    }
    s.finish('t3', notStarted);
    expect(s.item()).toMatchObject({ attempts: 1, startFailures: 0 });
  });

  it('gets a fresh start from a new request when it is dead and not yet reported', () => {
    const s = running({ maxAttempts: 1 });
    s.finish('t1', failed);
    expect(s.lease).toMatchObject({ dead: 1, pending: 0 });
    s.ask('app', 'r2');
    expect(s.lease).toMatchObject({ dead: 0, pending: 1 });
    expect(s.do({ type: 'deadLettersSent', taskKeys: ['mirror:app'] })).toBe(false);
  });
});

describe('too many failed creations', () => {
  it('make pending work dead, batch by batch, and let the next request try again after the backoff', () => {
    const s = new Scenario({ maxCreateFailures: 1 });
    s.ask('a', 'r1');
    s.ask('b', 'r2');
    s.do({ type: 'stackFailed', fence: 1, stackId: null, createdAtMs: null });
    expect(s.lease.phase).toBe('closed');
    s.do({ type: 'gaveUp', taskKeys: ['mirror:a'], message: 'no endpoints' });
    expect(s.lease).toMatchObject({ pending: 1, dead: 1, failures: 1 });
    s.do({ type: 'gaveUp', taskKeys: ['mirror:b'], message: 'no endpoints' });
    expect(s.lease).toMatchObject({ pending: 0, dead: 2, failures: 0 });
    s.do({ type: 'deadLettersSent', taskKeys: ['mirror:a', 'mirror:b'] });
    expect(s.lease).toMatchObject({ dead: 0, timer: null });
    s.at(10).ask('a', 'r3');
    expect(s.lease.phase).toBe('opening');
  });

  it('are the only reason to give up', () => {
    const s = new Scenario();
    s.ask('a', 'r1', HOUR_MS);
    expect(s.do({ type: 'gaveUp', taskKeys: ['mirror:a'], message: '' })).toBe(false);
  });
});
