import { describe, expect, it } from 'vitest';
import { nextBoundary, paidHours } from './billing.ts';
import { openDueMs } from './policy.ts';
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
  });
});

describe('the opening policy', () => {
  it('opens as late as the start-by allows under the anchored clock', () => {
    expect(openDueMs(at(200), { ...defaultSettings, billingClock: 'anchored', createMs: at(3) })).toBe(at(197));
  });

  it('opens in the clock hour that holds the latest permissible start under the UTC clock', () => {
    expect(openDueMs(at(200), { ...defaultSettings, billingClock: 'clock', createMs: at(3) })).toBe(at(180));
    expect(openDueMs(at(182), { ...defaultSettings, billingClock: 'clock', createMs: at(3) })).toBe(at(120));
  });
});
