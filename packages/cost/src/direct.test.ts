/** What the direct carrier costs, against what it is to stay under. */
import { describe, expect, it } from 'vitest';
import { directParts, directUsd, directUsdPerMonth, LOOK_USE, MIRROR_USE, simulateDirect } from './direct.ts';
import { functionPrices, regionsWithFunctionPrices } from './prices-functions.ts';

const tokyo = functionPrices('ap-northeast-1');
if (tokyo === undefined) throw new Error('Tokyo has prices');

describe('the direct carrier', () => {
  it('costs at most 0.0001 USD a mirror in Tokyo, and is the sum of its parts', () => {
    const usd = directUsd(MIRROR_USE, tokyo);
    expect(usd).toBeLessThanOrEqual(0.0001);
    const { lambda, s3, dynamoDb, eventsAndLogs } = directParts(MIRROR_USE, tokyo);
    expect(lambda).toBeCloseTo(2.9 * 0.0000133334 + 8 * 0.0000002, 10);
    expect(usd).toBeCloseTo(lambda + s3 + dynamoDb + eventsAndLogs, 12);
  });

  it('looks at a source for at most 0.00003 USD: every 15 minutes under 0.10 USD a month', () => {
    const usd = directUsd(LOOK_USE, tokyo);
    expect(usd).toBeLessThanOrEqual(0.00003);
    expect(usd * 4 * 730).toBeLessThan(0.1);
  });

  it('costs at most 0.01 USD a month at 0.6 pushes a day, without an endpoint hour', () => {
    const dayMs = 86_400_000;
    const arrivalsMs = Array.from({ length: 438 }, (_, n) => Date.UTC(2024, 0, 1) + (n * dayMs) / 0.6);
    const workload = { arrivalsMs, durationsMs: arrivalsMs.map(() => 90_000), maxDelayMs: 0, createMs: 0, deleteMs: 0 };
    const row = simulateDirect({ trace: 'x', ...workload }, 'clock', tokyo);
    expect(row).toMatchObject({ policy: 'direct', requests: 438, paidEndpointHours: 0, leases: 0 });
    expect(row.usdPerMonth).toBeGreaterThan(0.001);
    expect(row.usdPerMonth).toBeLessThanOrEqual(0.01);
  });

  it('pays for git requests beyond ten thousand a month', () => {
    const [few, many] = [3000, 4000].map((mirrors) => directUsdPerMonth(mirrors, tokyo));
    expect(few).toBeCloseTo(3000 * directUsd(MIRROR_USE, tokyo), 9);
    expect(many).toBeCloseTo(4000 * directUsd(MIRROR_USE, tokyo) + 2000 * 0.001, 9);
  });

  it('has prices with a day or says that nobody has confirmed them', () => {
    for (const region of regionsWithFunctionPrices) {
      const { asOf, ...usd } = functionPrices(region) ?? { asOf: null };
      expect(Object.values(usd).every((price) => price > 0 && price < 1)).toBe(true);
      if (asOf !== null) expect(asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
    expect(functionPrices('toString')).toBeUndefined();
  });
});
