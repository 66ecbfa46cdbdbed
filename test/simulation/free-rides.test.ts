/** The bound on free rides, with the replay service as it is deployed, and with the bound switched off in its bundle. */
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { describe, expect, inject, it } from 'vitest';
import { withPlanted } from './planted-bundle.ts';
import { createSimulatedWorld } from './world.ts';

/** Nothing ever succeeds, and every so many hours a lease opens for something new. @returns what the observer tells */
async function failEvery(hours: number, times: number, assembly: string): Promise<string[]> {
  const behave = () => ({ durationMs: MINUTE_MS, ends: 'fails' as const });
  const world = await createSimulatedWorld({ assembly, seed: 1, behave });
  try {
    for (let time = 0; time < times; time += 1) {
      await world.request(time === 0 ? 'mirror:app' : 'mirror:web');
      await world.cloud.driver.advanceBy(hours * HOUR_MS);
    }
    await world.settle();
    return world.observer.violations.map(({ invariant, message }) => `${invariant}: ${message}`);
  } finally {
    await world.close();
  }
}

const ENOUGH_TO_PARK = [7, 5] as const;
const TOO_SOON = [3, 3] as const;

describe('what died rides along with leases that open anyway', () => {
  it('at most once in six hours and three times, then it rests', async () => {
    expect(await failEvery(...ENOUGH_TO_PARK, inject('assembly'))).toEqual([]);
    expect(await failEvery(...TOO_SOON, inject('assembly'))).toEqual([]);
  });

  it.each([
    ['without end', 'rides && dead.replays >= MAX_FREE_RIDES', 'false', ENOUGH_TO_PARK, /^1: .* for the 4th time/],
    ['with every lease', 'nowMs - lastRideMs < RIDE_EVERY_MS ||', '', TOO_SOON, /^1: .* rides within 180 minutes/],
  ])('and the observer tells of a bug with which it rides %s', async (_, find, replace, [hours, times], told) => {
    const violations = await withPlanted(inject('assembly'), find, replace, (assembly) =>
      failEvery(hours, times, assembly),
    );
    expect(violations).toContainEqual(expect.stringMatching(told));
  });
});
