/** What becomes of a request, and of the one before it for the same task. */
import { describe, expect, it } from 'vitest';
import { request, Scenario } from './scenario.fixture.ts';
import { defaultSettings, HOUR_MS, MINUTE_MS } from './settings.ts';
import { pendingItem, taskTokenOf } from './task.ts';

const at = (minute: number) => minute * MINUTE_MS;

function running(): Scenario {
  const s = new Scenario();
  s.ask('app', 'r1');
  s.open(0);
  s.claim('t1');
  return s;
}

describe('a request', () => {
  it('that is the first for its task makes the item pending, and is remembered so', () => {
    const s = new Scenario();
    s.at(3).ask('app', 'r1', HOUR_MS);
    const asked = request('app', 'r1', at(3), HOUR_MS);
    expect([...s.state.items.values()]).toEqual([pendingItem(asked)]);
    expect(s.facts).toEqual([
      { type: 'requestRemembered', taskKey: 'mirror:app', request: asked, as: 'pending', joins: 'r1' },
    ]);
  });

  it('that comes during the run is run by the earliest start-by of those that did, from the source of the last', () => {
    for (const delays of [
      [3 * HOUR_MS, HOUR_MS],
      [HOUR_MS, 3 * HOUR_MS],
    ] as const) {
      const s = running();
      s.at(3).ask('app', 'r2', delays[0]);
      const last = request('app', 'r3', at(3), delays[1]);
      s.do({ type: 'requestAccepted', request: { ...last, task: { ...last.task, sourceUrl: 'moved' } as never } });
      const second = request('app', 'r2', at(3), HOUR_MS);
      expect(s.item()?.again).toEqual({ ...second, task: { ...second.task, sourceUrl: 'moved' } });
    }
  });

  it('does not open a lease whose creations have failed too often, though the backoff is over, until what waited is given up', () => {
    const s = new Scenario({ maxCreateFailures: 1 });
    s.ask('a', 'r1');
    s.do({ type: 'stackFailed', fence: 1, stackId: null, createdAtMs: null });
    s.at(10).ask('b', 'r2');
    expect(s.lease).toMatchObject({ phase: 'closed', pending: 2, failures: 1 });
    s.do({ type: 'gaveUp', taskKeys: ['mirror:a', 'mirror:b'], message: '' });
    s.ask('c', 'r3');
    expect(s.lease).toMatchObject({ phase: 'opening', pending: 1, dead: 2 });
  });
});

describe('the earliest start-by of a lease', () => {
  it('is that of pending items, whatever becomes of the running ones', () => {
    const s = running();
    s.at(3).ask('patient', 'r2', 9 * HOUR_MS);
    expect(s.lease.startByMs).toBe(at(3) + 9 * HOUR_MS);
    s.do({ type: 'taskSeen', taskKey: 'mirror:app', token: 't1' });
    expect(s.lease.startByMs).toBe(at(3) + 9 * HOUR_MS);
  });
});

describe('a task that waits', () => {
  it('has no token: none ends it', () => {
    const s = running();
    s.ask('other', 'r2');
    expect(s.finish('t1', undefined, 'other')).toBe(false);
    expect(s.finish('t1', undefined, 'unknown')).toBe(false);
  });
});

describe('the token by which ECS knows a task', () => {
  it('is its own, or the one that its batch was begun with', () => {
    expect(taskTokenOf({ token: 'own' })).toBe('own');
    expect(taskTokenOf({ token: 'own', batchId: 'first' })).toBe('first');
  });
});

describe('the default settings', () => {
  it('take the bill to be unknown, and stand in the order that the protocol needs', () => {
    const { billingClock, patienceMs, stopGraceMs, checkTaskMs, deleteMs, teardownLeadMs } = defaultSettings;
    expect(billingClock).toBe('unknown');
    expect(stopGraceMs).toBeGreaterThan(patienceMs);
    expect(checkTaskMs).toBeGreaterThan(stopGraceMs);
    // ECS lists a stopped task for an hour: it must be seen before, with a late firing and a look to spare.
    expect(checkTaskMs + 2 * patienceMs).toBeLessThan(HOUR_MS);
    expect(teardownLeadMs).toBeGreaterThan(deleteMs + patienceMs);
  });
});
