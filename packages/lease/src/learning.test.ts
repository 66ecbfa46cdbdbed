/** What a lease learns from its own past, in constant size. */
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { learn, learnShare } from './estimate.ts';
import { newLease } from './lease.ts';
import { hourEndsMs, lastCallMs, openDueMs } from './policy.ts';
import { request, Scenario } from './scenario.fixture.ts';
import { defaultSettings, MINUTE_MS, SECOND_MS } from './settings.ts';

/** One hour with one task, whose endpoints take `deletionMinutes` to delete. */
function liveOneHour(s: Scenario, hour: number, deletionMinutes: number): void {
  const start = hour * 60;
  s.at(start).ask('app', `r${hour}`);
  s.open(start);
  s.claim(`t${hour}`);
  s.at(start + 4).finish(`t${hour}`);
  const closing = hourEndsMs(s.lease, s.settings) / MINUTE_MS;
  s.at(closing).fire();
  s.at(closing + deletionMinutes).deleted();
}

describe('an estimate', () => {
  it('begins with the first measurement and comes to rest on a constant one', () => {
    let estimate = learn(null, 120_000);
    expect(estimate).toEqual({ usualMs: 120_000, spreadMs: 60_000 });
    for (let n = 0; n < 60; n += 1) estimate = learn(estimate, 120_000);
    expect(estimate).toEqual({ usualMs: 120_000, spreadMs: 0 });
  });

  it('is widened by an odd measurement and not ruled by it', () => {
    const { usualMs, spreadMs } = learn({ usualMs: 120_000, spreadMs: 0 }, 600_000);
    expect(usualMs).toBe(180_000);
    expect(spreadMs).toBe(120_000);
  });
});

describe('a share', () => {
  it('comes near to what always or never happens', () => {
    let share = 0;
    for (let n = 0; n < 40; n += 1) share = learnShare(share, true);
    expect(share).toBeGreaterThan(990);
    for (let n = 0; n < 60; n += 1) share = learnShare(share, false);
    expect(share).toBeLessThan(10);
  });
});

describe('a lease under the unknown bill', () => {
  /** An hour from `minute` past a clock hour on, idle at the clock's next, and the request that follows it `afterMinutes`. */
  function endIdle(s: Scenario, minute: number, afterMinutes: number, delayMs = 0): void {
    s.at(minute).ask('app', `r${minute}`);
    s.open(minute);
    s.claim(`t${minute}`);
    s.at(minute + 3).finish(`t${minute}`);
    s.at(hourEndsMs(s.lease, s.settings) / MINUTE_MS).fire();
    s.at(s.nowMs / MINUTE_MS + 2).deleted();
    s.at(s.nowMs / MINUTE_MS - 2 + afterMinutes).ask('app', `next${minute}`, delayMs);
  }

  /** At 10 minutes to a clock hour, with an hour from the creation that lasts 50 minutes longer. */
  function openLate(followUps: number): Scenario {
    const s = new Scenario({ billingClock: 'unknown' });
    s.state = { ...s.state, lease: { ...s.lease, followUps } };
    s.at(50).ask();
    s.open(50);
    s.claim('t');
    s.at(52.5).finish('t');
    s.at(hourEndsMs(s.lease, s.settings) / MINUTE_MS).fire();
    return s;
  }

  it('learns how often a request comes within 36 minutes of an hour that ended idle', () => {
    const settings = { billingClock: 'unknown' as const };
    const soon = new Scenario(settings);
    endIdle(soon, 10, 35);
    expect(soon.lease).toMatchObject({ followUps: 125, idleEndMs: null });
    const late = new Scenario(settings);
    endIdle(late, 10, 36);
    expect(late.lease).toMatchObject({ followUps: 0, idleEndMs: null });
  });

  it('counts none that may wait for more than two hours: it will share an hour that is paid anyway', () => {
    const followUps = (delayMinutes: number) => {
      const s = new Scenario({ billingClock: 'unknown' });
      endIdle(s, 10, 5, delayMinutes * MINUTE_MS);
      return s.lease;
    };
    expect(followUps(115)).toMatchObject({ followUps: 125, idleEndMs: null });
    expect(followUps(115.1)).toMatchObject({ followUps: 0, idleEndMs: null });
  });

  it('learns nothing where the bill is known', () => {
    const s = new Scenario({ billingClock: 'clock' });
    endIdle(s, 10, 5);
    expect(s.lease).toMatchObject({ followUps: 0, idleEndMs: null });
  });

  it('outstays the clock hour when requests follow often, up to the hour from its creation', () => {
    const s = openLate(400);
    expect(s.lease).toMatchObject({ phase: 'open', paidUntilMs: 110 * MINUTE_MS });
    expect(openLate(399).lease).toMatchObject({ phase: 'closing' });
  });

  it('does so once: without a request it is gone before the next end of an hour', () => {
    const s = openLate(1_000);
    s.at(hourEndsMs(s.lease, s.settings) / MINUTE_MS).fire();
    expect(s.lease).toMatchObject({ phase: 'closing', paidUntilMs: 110 * MINUTE_MS });
  });

  it('opens late in a clock hour that it will outstay, as late as the start-by allows', () => {
    const settings = { ...defaultSettings, billingClock: 'unknown' as const, createMs: 3 * MINUTE_MS };
    const due = (followUps: number, startByMinute: number) =>
      openDueMs({ followUps }, startByMinute * MINUTE_MS, settings) / MINUTE_MS;
    expect(due(0, 110)).toBe(60);
    expect(due(400, 110)).toBe(107);
    expect(due(400, 90)).toBe(60);
  });
});

describe('a lease', () => {
  it('learns its teardown lead: the usual deletion and the time that a firing may be late, once deletions are steady', () => {
    const s = new Scenario({ teardownLeadMs: 7 * MINUTE_MS });
    for (let hour = 0; hour < 40; hour += 2) liveOneHour(s, hour, 2);
    expect(s.lease.deletion?.usualMs).toBe(2 * MINUTE_MS);
    s.at(6_000).ask('app', 'last');
    s.open(6_000);
    const leadMs = (6_000 + 60) * MINUTE_MS - hourEndsMs(s.lease, s.settings);
    expect(Math.round(leadMs / SECOND_MS)).toBe(185);
  });

  it('keeps the lead it was given when it is not to learn', () => {
    const s = new Scenario({ teardownLeadMs: 7 * MINUTE_MS, learnsLead: false });
    for (let hour = 0; hour < 40; hour += 2) liveOneHour(s, hour, 2);
    s.at(6_000).ask('app', 'last');
    s.open(6_000);
    expect(hourEndsMs(s.lease, s.settings)).toBe((6_000 + 53) * MINUTE_MS);
    expect(lastCallMs(s.lease, s.settings)).toBeGreaterThan(hourEndsMs(s.lease, s.settings));
  });

  it('lets no deletion that was helped along fill the hour', () => {
    const s = new Scenario();
    liveOneHour(s, 0, 300);
    expect(s.lease.deletion?.usualMs).toBe(15 * MINUTE_MS);
  });

  it('learns how long tasks take, from the claim to the end', () => {
    const s = new Scenario();
    liveOneHour(s, 0, 2);
    expect(s.lease.taskRun).toEqual({ usualMs: 2 * MINUTE_MS, spreadMs: MINUTE_MS });
  });

  it('that an older version wrote is decided on as if it had learned nothing', () => {
    const { closingAtMs, deletion, taskRun, idleEndMs, followUps, ...older } = newLease('main');
    const state = { lease: older as never, items: new Map(), seen: new Set<string>(), complete: true };
    const command = { type: 'requestAccepted' as const, request: request('app', 'r1') };
    const { lease } = decide(state, [command], 0, defaultSettings).state;
    expect(lease).toMatchObject({ phase: 'opening', closingAtMs, deletion, taskRun, idleEndMs, followUps });
  });
});
