/** The end of the paid hour: who is let go of, who is kept, and from which millisecond on. */
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { Scenario } from './scenario.fixture.ts';
import { HOUR_MS, MINUTE_MS } from './settings.ts';

/** Open and idle, paid until minute 60; the last call is at minute 58. */
function idle(): Scenario {
  const s = new Scenario();
  s.ask();
  s.open(0);
  s.claim('t1');
  s.at(4).finish('t1');
  return s;
}

describe('an idle lease', () => {
  it('closes for the end of its hour up to the last call, and past it has the next hour', () => {
    const s = idle();
    s.at(58).fire();
    expect(s.facts.at(-1)).toEqual({ type: 'leaseClosing', fence: 1, stackId: s.lease.stackId, reason: 'hourEnded' });
    expect(s.lease.paidUntilMs).toBe(60 * MINUTE_MS);
    const late = idle();
    late.nowMs = 58 * MINUTE_MS + 1;
    late.fire();
    expect(late.facts.at(-1)).toEqual({ type: 'leaseExtended', fence: 1, paidUntilMs: 120 * MINUTE_MS });
    expect(late.lease.phase).toBe('open');
  });

  it('is not taken for idle when pending items were not loaded', () => {
    const s = idle();
    s.at(57.9).ask('patient', 'r2', 9 * HOUR_MS);
    expect(s.lease).toMatchObject({ phase: 'closing', pending: 1 });
    const unseen = idle();
    const lease = { ...unseen.lease, pending: 1, startByMs: 9 * HOUR_MS };
    const state = { ...unseen.state, lease, complete: false };
    const fired = { type: 'timerFired' as const, timerId: lease.timer?.id ?? '' };
    expect(decide(state, [fired], 57.9 * MINUTE_MS, unseen.settings).state.lease.phase).toBe('open');
  });
});
