import { describe, expect, it } from 'vitest';
import { nextBoundary, paidHours } from './billing.ts';
import { newLease } from './lease.ts';
import { firstHourEndsMs, openDueMs, opensNow } from './policy.ts';
import { defaultSettings, HOUR_MS, MINUTE_MS } from './settings.ts';

const at = (minute: number) => minute * MINUTE_MS;

describe('the anchored clock', () => {
  it('counts hours from the creation', () => {
    expect(nextBoundary('anchored', at(20), at(20))).toBe(at(80));
    expect(nextBoundary('anchored', at(20), at(79))).toBe(at(80));
    expect(nextBoundary('anchored', at(20), at(80))).toBe(at(140));
  });

  it('bills a started hour whole and an ended one once', () => {
    expect(paidHours('anchored', at(20), at(21))).toBe(1);
    expect(paidHours('anchored', at(20), at(80))).toBe(1);
    expect(paidHours('anchored', at(20), at(80) + 1)).toBe(2);
    expect(paidHours('anchored', at(20), at(20))).toBe(0);
  });
});

describe('the UTC clock', () => {
  it('counts the clock hours touched', () => {
    expect(nextBoundary('clock', at(50), at(50))).toBe(HOUR_MS);
    expect(paidHours('clock', at(50), at(60))).toBe(1);
    expect(paidHours('clock', at(50), at(61))).toBe(2);
    expect(paidHours('clock', at(59), at(121))).toBe(3);
    expect(paidHours('clock', at(179), at(181))).toBe(2);
  });
});

describe('the policy for an unknown bill', () => {
  const settings = { ...defaultSettings, billingClock: 'unknown' as const, deleteMs: at(2) };
  const endsMs = (openedMinute: number, nowMinute: number) =>
    firstHourEndsMs(newLease('main'), at(openedMinute), at(nowMinute), settings);

  it('ends an hour at whichever boundary comes first, if a deletion can still meet it', () => {
    expect(endsMs(20, 22)).toBe(at(60));
    expect(endsMs(20, 59)).toBe(at(80));
    expect(endsMs(20, 79)).toBe(at(120));
  });
});

describe('the opening policy', () => {
  it('opens at once when a timer would fire too late for the start-by', () => {
    const settings = { ...defaultSettings, billingClock: 'anchored' as const, createMs: at(3), patienceMs: at(2) };
    const waiting = { ...newLease('main'), pending: 1, startByMs: at(10) };
    expect(opensNow(waiting, at(4), settings)).toBe(false);
    expect(opensNow(waiting, at(5.5), settings)).toBe(true);
    expect(opensNow({ ...waiting, notBeforeMs: at(6) }, at(5.5), settings)).toBe(false);
  });

  it('waits for the timer that is set already, if that one fires in time', () => {
    const settings = { ...defaultSettings, billingClock: 'clock' as const, createMs: at(3), patienceMs: at(2) };
    const waiting = { ...newLease('main'), pending: 1, startByMs: at(64) };
    const timer = { id: 'a', atMs: at(60), owner: 'provisioner' as const };
    expect(opensNow(waiting, at(59.5), settings)).toBe(true);
    expect(opensNow({ ...waiting, timer }, at(59.5), settings)).toBe(false);
    expect(opensNow({ ...waiting, timer }, at(60), settings)).toBe(true);
    expect(opensNow({ ...waiting, timer: { ...timer, atMs: at(61.5) } }, at(59.5), settings)).toBe(true);
    expect(opensNow({ ...waiting, timer: { ...timer, owner: 'teardown' } }, at(59.5), settings)).toBe(true);
  });

  it('opens as late as the start-by allows under the anchored clock', () => {
    expect(
      openDueMs(newLease('main'), at(200), { ...defaultSettings, billingClock: 'anchored', createMs: at(3) }),
    ).toBe(at(197));
  });

  it('opens in the clock hour that holds the latest permissible start under the UTC clock', () => {
    expect(openDueMs(newLease('main'), at(200), { ...defaultSettings, billingClock: 'clock', createMs: at(3) })).toBe(
      at(180),
    );
    expect(openDueMs(newLease('main'), at(182), { ...defaultSettings, billingClock: 'clock', createMs: at(3) })).toBe(
      at(120),
    );
  });
});
