/** The bound on redrives, with the replay service as it is deployed, and with the bound switched off in its bundle. */
import { AwsError, type FaultPlan } from '@hourglass/cloud';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { describe, expect, inject, it } from 'vitest';
import { withPlanted } from './planted-bundle.ts';
import { createSimulatedWorld } from './world.ts';

/** Nothing ever succeeds, and every so many hours a lease opens for something new. @returns what the observer reports */
async function failEvery(hours: number, times: number, assembly: string, faults?: FaultPlan): Promise<string[]> {
  const behave = () => ({ durationMs: MINUTE_MS, ends: 'fails' as const });
  const world = await createSimulatedWorld({ assembly, seed: 1, behave });
  world.cloud.setFaults(faults);
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

describe('what died redrives along with leases that open anyway', () => {
  it('at most once in six hours and three times, then it rests', async () => {
    expect(await failEvery(...ENOUGH_TO_PARK, inject('assembly'))).toEqual([]);
    expect(await failEvery(...TOO_SOON, inject('assembly'))).toEqual([]);
  });

  it('once, though the call that moves it is made again as its answer was lost', async () => {
    const calls: string[] = [];
    const lost = { loseAnswer: new AwsError('InternalError', 'Lost.', { httpStatus: 500 }), answerDelayMs: 2_000 };
    const violations = await failEvery(7, 2, inject('assembly'), ({ operation, invoker }) => {
      if (operation !== 'StartMessageMoveTask') return undefined;
      calls.push(`${invoker?.requestId}`);
      return calls.length === 1 ? lost : undefined;
    });
    expect(calls).toEqual([calls[0], calls[0]]);
    expect(violations).toEqual([]);
  });

  it.each([
    ['without end', 'redrives && dead.replays >= MAX_REDRIVES', 'false', ENOUGH_TO_PARK, /^1: .* for the 4th time/],
    [
      'with every lease',
      'nowMs - lastRedriveMs < REDRIVE_EVERY_MS ||',
      '',
      TOO_SOON,
      /^1: .* redrives within 180 minutes/,
    ],
  ])('and the observer reports a bug with which it redrives %s', async (_, find, replace, [hours, times], reported) => {
    const violations = await withPlanted(inject('assembly'), find, replace, (assembly, bundles) => {
      expect(bundles).toBe(1);
      return failEvery(hours, times, assembly);
    });
    expect(violations).toContainEqual(expect.stringMatching(reported));
  });
});
