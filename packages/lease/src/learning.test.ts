/** What a lease learns from its own past, in constant size. */
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { learn } from './estimate.ts';
import { newLease } from './lease.ts';
import { hourEndsMs, lastCallMs } from './policy.ts';
import { request, Scenario } from './scenario.fixture.ts';
import { defaultSettings, MINUTE_MS } from './settings.ts';

/** One hour with one task, whose endpoints take `deletionMinutes` to delete. */
function liveOneHour(s: Scenario, hour: number, deletionMinutes: number): void {
  const start = hour * 60;
  s.at(start).ask('app', `r${hour}`);
  s.open(start);
  s.claim(`t${hour}`);
  s.at(start + 4).finish(`t${hour}`);
  const closing = hourEndsMs(s.lease, s.settings) / MINUTE_MS;
  s.at(closing).ring();
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

describe('a lease', () => {
  it('learns its teardown lead: the usual deletion and a minute, once deletions are steady', () => {
    const s = new Scenario({ teardownLeadMs: 7 * MINUTE_MS });
    for (let hour = 0; hour < 40; hour += 2) liveOneHour(s, hour, 2);
    expect(s.lease.deletion?.usualMs).toBe(2 * MINUTE_MS);
    s.at(6_000).ask('app', 'last');
    s.open(6_000);
    expect(hourEndsMs(s.lease, s.settings)).toBe((6_000 + 57) * MINUTE_MS);
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
    const { closingAtMs, deletion, taskRun, ...older } = newLease('main');
    const state = { lease: older as never, items: new Map(), seen: new Set<string>(), complete: true };
    const command = { type: 'requestAccepted' as const, request: request('app', 'r1') };
    const { lease } = decide(state, [command], 0, defaultSettings).state;
    expect(lease).toMatchObject({ phase: 'opening', closingAtMs, deletion, taskRun });
  });
});
