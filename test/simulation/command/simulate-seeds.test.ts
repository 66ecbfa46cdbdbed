/** Many seeds: one worker or several, and an end before the last. */
import { expect, inject, it } from 'vitest';
import { simulateSeeds } from './simulate-seeds.ts';

const options = {
  seeds: { first: 1, last: 3 },
  days: 2,
  faults: 'all',
  doors: false,
  carriers: 'fargate',
  requests: undefined,
  json: true,
} as const;
const simulate = (workers: number, stop = new AbortController().signal) => {
  const assembly = inject('assembly');
  return simulateSeeds({ ...options, assembly, workers }, assembly, () => {}, stop);
};

it('several workers come to the totals of one', async () => {
  const [one, several] = await Promise.all([simulate(1), simulate(3)]);
  expect(several).toEqual(one);
  expect(one).toMatchObject({ seeds: 3, virtualDays: 6, violations: [] });
  expect(one.steps).toBeGreaterThan(10);
});

it('a stop leaves out what has not begun', async () => {
  expect(await simulate(1, AbortSignal.abort())).toMatchObject({ seeds: 0, steps: 0 });
});
