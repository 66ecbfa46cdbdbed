/** How often a request is sent, and how long is waited in between; nobody waits here. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Tries } from './retry.ts';

let waitsMs: number[];
beforeEach(() => {
  waitsMs = [];
  vi.spyOn(process.getBuiltinModule('node:timers/promises'), 'setTimeout').mockImplementation(async (ms) => {
    waitsMs.push(ms ?? 0);
    return undefined as never;
  });
});
afterEach(() => vi.restoreAllMocks());

async function waitsAfter(status: number, retryAfter?: string): Promise<number[]> {
  const tries = new Tries(undefined, () => 0);
  while (await tries.againAfterStatus(status, retryAfter));
  return waitsMs;
}

describe('after an answer', () => {
  it.each([
    [500, 4, 3_000, 6_000],
    [502, 4, 3_000, 6_000],
    [504, 4, 3_000, 6_000],
    [429, 6, 12_600, 25_200],
    [503, 6, 12_600, 25_200],
  ])(
    'of %i without a pause, %i more tries follow, further and further apart',
    async (status, more, leastMs, mostMs) => {
      const waits = await waitsAfter(status);
      expect(waits).toHaveLength(more);
      const sum = waits.reduce((all, one) => all + one, 0);
      expect(sum).toBeGreaterThanOrEqual(leastMs);
      expect(sum).toBeLessThanOrEqual(mostMs);
    },
  );

  it.each([429, 503, 500, 403])('of %i with a short pause, that is kept each time', async (status) => {
    expect(await waitsAfter(status, '30')).toEqual([30_000, 30_000, 30_000, 30_000]);
  });

  it.each([
    [429, '61'],
    [503, 'Thu, 01 Jan 1970 00:01:01 GMT'],
    [403, '7200'],
    [403, undefined],
    [404, '1'],
    [418, undefined],
  ])('of %i with a pause of %s, none follows', async (status, retryAfter) => {
    expect(await waitsAfter(status, retryAfter)).toEqual([]);
  });
});

describe('after a connection that has failed', () => {
  it.each([
    ['ECONNRESET', 4],
    ['ECONNREFUSED', 4],
    ['ENOTFOUND', 0],
    ['CERT_HAS_EXPIRED', 0],
  ])('with %s, %i more tries follow', async (code, more) => {
    const tries = new Tries(undefined, () => 0);
    while (await tries.againAfterError(Object.assign(new Error('x'), { code })));
    expect(waitsMs).toHaveLength(more);
  });
});
