import { describe, expect, it } from 'vitest';
import type { TaskOutcome } from './commands.ts';
import { obligations } from './obligations.ts';
import { failed, Scenario } from './scenario.fixture.ts';
import { defaultSettings, MINUTE_MS } from './settings.ts';

const limit: TaskOutcome = {
  status: 'failed',
  started: true,
  message: 'the source is reached by ssh',
  handsOver: true,
};
const nothing = () => new Scenario({ hasEndpoints: false });

describe('a lease of nothing', () => {
  it('is open as soon as something is asked for, however long it may wait, without a stack', () => {
    const lease = nothing();
    lease.ask('app', 'r1', 24 * 60 * MINUTE_MS);
    expect(lease.lease).toMatchObject({ phase: 'open', fence: 1, stackId: null, paidUntilMs: null });
    expect(lease.claim('t1')).toBe(true);
    expect(lease.facts.map(({ type }) => type)).toEqual(['requestRemembered', 'taskClaimed']);
  });

  it('is closed and without a timer when the last is done, with nothing to delete and nothing on a bill', () => {
    const lease = nothing();
    lease.ask();
    lease.claim('t1');
    lease.at(1).finish('t1');
    expect(lease.lease).toMatchObject({ phase: 'closed', timer: null });
    expect(lease.facts.map(({ type }) => type)).not.toContain('leaseClosed');
    lease.at(2).ask('app', 'r2');
    expect(lease.lease).toMatchObject({ phase: 'open', fence: 2 });
  });

  it('stays open beyond any hour while something waits or runs, and only ever wakes the runner', () => {
    const lease = nothing();
    lease.ask();
    for (let hour = 0; hour < 30; hour += 1) {
      lease.at(hour * 60 + 1).fire();
      expect(lease.lease.phase).toBe('open');
      expect(lease.lease.timer?.owner).toBe('runner');
    }
    lease.claim('t1');
    lease.finish('t1', failed);
    expect(lease.lease).toMatchObject({ phase: 'open', pending: 1 });
    expect(lease.lease.timer?.owner).toBe('runner');
  });

  it('owes no end of an hour', () => {
    const lease = nothing();
    lease.ask();
    lease.claim('t1');
    const kinds = obligations(lease.state, lease.nowMs, lease.settings).map(({ kind }) => kind);
    expect(kinds).toEqual(['runTask']);
  });

  it('retries, and is open until its dead letter is sent', () => {
    const lease = nothing();
    lease.ask();
    for (let attempt = 1; attempt <= defaultSettings.maxAttempts; attempt += 1) {
      lease.at(attempt * 60);
      expect(lease.claim(`t${attempt}`)).toBe(true);
      lease.finish(`t${attempt}`, failed);
    }
    expect(lease.item()?.state).toBe('dead');
    expect(lease.lease).toMatchObject({ phase: 'open', dead: 1 });
    lease.do({ type: 'deadLettersSent', taskKeys: ['mirror:app'] });
    expect(lease.lease).toMatchObject({ phase: 'closed', timer: null });
  });

  it('gives away at once what only a task with endpoints can do, with the reason, and keeps it until that is reported', () => {
    const lease = nothing();
    lease.ask();
    lease.claim('t1');
    lease.finish('t1', limit);
    expect(lease.item()).toMatchObject({ state: 'dead', handsOver: true, attempts: 0, lastError: limit.message });
    expect(lease.facts.at(-1)).toMatchObject({ type: 'taskFailed', next: 'handedOver', message: limit.message });
    expect(lease.lease.timer?.owner).toBe('runner');
    lease.do({ type: 'deadLettersSent', taskKeys: ['mirror:app'] });
    expect(lease.item()).toBeUndefined();
    expect(lease.lease.phase).toBe('closed');
  });

  it('does not forget a request that comes while another is given away', () => {
    const lease = nothing();
    lease.ask();
    lease.claim('t1');
    lease.finish('t1', limit);
    lease.ask('app', 'r2');
    expect(lease.item()).toMatchObject({ state: 'dead', handsOver: true, request: { requestId: 'r1' } });
    lease.do({ type: 'deadLettersSent', taskKeys: ['mirror:app'] });
    expect(lease.item()).toMatchObject({ state: 'pending', request: { requestId: 'r2' } });
    expect(lease.claim('t2')).toBe(true);
  });

  it('begins again without a pause what never ran for a reason that is gone, some times', () => {
    const lease = nothing();
    lease.ask();
    const stale: TaskOutcome = { status: 'failed', started: false, atOnce: true, message: 'the destination moved' };
    for (let time = 1; time <= defaultSettings.maxStartFailures; time += 1) {
      expect(lease.claim(`t${time}`)).toBe(true);
      lease.finish(`t${time}`, stale);
      expect(lease.item()?.attempts).toBe(0);
    }
    lease.claim('last');
    lease.finish('last', stale);
    expect(lease.item()?.attempts).toBe(1);
    expect(lease.claim('too soon')).toBe(false);
  });
});

it('a lease that has endpoints gives nothing away', () => {
  const lease = new Scenario();
  lease.ask();
  lease.open(0);
  lease.claim('t1');
  lease.finish('t1', limit);
  expect(lease.item()).toMatchObject({ state: 'pending', attempts: 1 });
});
