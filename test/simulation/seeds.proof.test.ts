/** Seeds with both carriers, with every door open, and of an operator who pauses, resumes and closes at random. */
import { expect, inject, it } from 'vitest';
import { drawKinds } from './faults/dice.ts';
import { FAULT_KINDS } from './faults/kinds.ts';
import { runSeed } from './run-seed.ts';

const DAYS = 4;

it.each([3, 5, 9])('with both carriers, under the faults of seed %i, every invariant holds', async (seed) => {
  const kinds = drawKinds(seed, FAULT_KINDS);
  const outcome = await runSeed({ seed, days: DAYS, kinds, carriers: 'mixed' }, inject('assemblyDirect'));
  expect(outcome.violations).toEqual([]);
  expect(outcome.requests).toBeGreaterThan(0);
  expect(Object.keys(outcome.faults).length).toBeGreaterThan(0);
});

it.each([2, 8])(
  'with every door open, under the faults of seed %i: git servers deliver, and again, and schedules ask',
  async (seed) => {
    const kinds = drawKinds(seed, FAULT_KINDS);
    const outcome = await runSeed({ seed, days: DAYS, kinds, doors: true }, inject('assemblyWithHooks'));
    expect(outcome.violations).toEqual([]);
    expect(outcome.doors?.answered).toBeGreaterThan(4);
    expect(outcome.doors?.scheduled).toBeGreaterThanOrEqual(DAYS - 1);
    expect(outcome.requests).toBeGreaterThan(outcome.doors?.scheduled ?? 0);
  },
);

it.each([2, 5, 12])(
  'an operator who pauses, resumes and closes at random leaves every invariant whole: seed %i',
  async (seed) => {
    const { violations, faults } = await runSeed({ seed, days: 8, kinds: ['operator'] }, inject('assembly'));
    expect(violations).toEqual([]);
    expect(faults.operator).toBeGreaterThan(0);
  },
);
