/** A seed of the simulation (`seeds.proof.test.ts` and `.ci/run` take more), and that one seed is one history. That the observer sees what it is there to see: `observer.proof.test.ts`. */
import { AwsError } from '@hourglass/cloud';
import { describe, expect, inject, it } from 'vitest';
import { drawKinds } from './faults/dice.ts';
import { FAULT_KINDS } from './faults/kinds.ts';
import { pauseAndResume } from './pause-and-resume.ts';
import { runSeed } from './run-seed.ts';
import { createSimulatedWorld } from './world.ts';

const DAYS = 4;
const simulate = (seed: number, kinds = drawKinds(seed, FAULT_KINDS)) =>
  runSeed({ seed, days: DAYS, kinds }, inject('assembly'));

describe('every invariant holds', () => {
  it.each([4])('under the faults of seed %i', async (seed) => {
    const { violations, requests, faults } = await simulate(seed);
    expect(violations).toEqual([]);
    expect(requests).toBeGreaterThan(0);
    expect(Object.keys(faults).length).toBeGreaterThan(0);
  });

  it('without faults', async () => {
    const { violations, requests, tasks } = await simulate(7, []);
    expect(violations).toEqual([]);
    expect(requests).toBeGreaterThan(0);
    expect(tasks).toBeGreaterThan(0);
  });
});

describe('an operator', () => {
  it('who pauses amid an hour has its endpoints gone at its end, and every request done after the pause', async () => {
    expect(await pauseAndResume(inject('assembly'))).toEqual([]);
  });
});

it('a creation that fails while no event of CloudFormation arrives is found at the timer, with its hour', async () => {
  const world = await createSimulatedWorld({ assembly: inject('assembly'), seed: 1 });
  world.cloud.parts.events.setDeliveries(({ event }) => (event.source === 'aws.cloudformation' ? [] : [0]));
  world.cloud.parts.cloudformation.failNextCreate('the endpoint could not be made');
  await world.request('mirror:app');
  await world.settle();
  expect(world.cloud.parts.cloudformation.stacks().length).toBe(2);
  expect(world.observer.violations).toEqual([]);
  await world.close();
});

/** What may befall two that make one repository: one is refused after the other, whose answer is lost, has made it. */
it('a repository that is there may be mirrored to, though AWS has refused to make it', async () => {
  const world = await createSimulatedWorld({ assembly: inject('assembly'), seed: 1 });
  const refuse = new AwsError('RepositoryLimitExceededException', 'The account has as many as it may have.');
  const { cloud } = world;
  cloud.setFaults(({ operation, input }) => {
    if (operation !== 'CreateRepository') return undefined;
    const isThere = cloud.parts.codecommit.repositories().has(String(input.repositoryName));
    return isThere ? { refuse } : { loseAnswer: new AwsError('InternalFailure', 'lost', { httpStatus: 500 }) };
  });
  await world.request('mirror:app');
  await cloud.driver.advanceBy(600_000);
  expect(world.observer.violations).toEqual([]);
  expect(world.observer.tasks).toBe(1);
  await world.close();
});

it('one seed is one history', async () => {
  const [one, other] = [await simulate(11), await simulate(11)];
  expect(other).toEqual(one);
  expect(Object.keys(one.faults).length).toBeGreaterThan(3);
});
