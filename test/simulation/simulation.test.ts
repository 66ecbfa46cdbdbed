/** A few seeds of the simulation, that one seed is one history, and that the observer sees what it is there to see. */
import { afterEach, describe, expect, inject, it } from 'vitest';
import { drawKinds } from './faults/dice.ts';
import { FAULT_KINDS } from './faults/kinds.ts';
import { runSeed } from './run-seed.ts';
import { createSimulatedWorld, type SimulatedWorld } from './world.ts';

const DAYS = 4;
const simulate = (seed: number, kinds = drawKinds(seed, FAULT_KINDS)) =>
  runSeed({ seed, days: DAYS, kinds }, inject('assembly'));

describe('every invariant holds', () => {
  it.each([3, 4, 5, 6, 9])('under the faults of seed %i', async (seed) => {
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

it('a creation that fails while no event of CloudFormation arrives is found at the alarm, with its hour', async () => {
  const world = await createSimulatedWorld({ assembly: inject('assembly'), seed: 1 });
  world.cloud.parts.events.setDeliveries(({ event }) => (event.source === 'aws.cloudformation' ? [] : [0]));
  world.cloud.parts.cloudformation.failNextCreate('the endpoint could not be made');
  await world.request('mirror:app');
  await world.settle();
  expect(world.cloud.parts.cloudformation.stacks().length).toBe(2);
  expect(world.observer.violations).toEqual([]);
  await world.close();
});

it('one seed is one history', async () => {
  const [one, other] = [await simulate(11), await simulate(11)];
  expect(other).toEqual(one);
  expect(Object.keys(one.faults).length).toBeGreaterThan(3);
});

describe('the observer tells', () => {
  let world: SimulatedWorld;
  const begin = async () => {
    world = await createSimulatedWorld({
      assembly: inject('assembly'),
      seed: 1,
      behave: () => ({ durationMs: 600_000, ends: 'succeeds' }),
    });
    await world.request('mirror:app');
    await world.cloud.driver.advanceBy(300_000);
    expect(world.observer.violations).toEqual([]);
  };
  const told = () => world.observer.violations.map(({ invariant }) => invariant);
  const asRoot = (service: string, operation: string, input: Record<string, unknown>) =>
    world.cloud.core.call(service, operation, input, { kind: 'root', arn: 'root' });
  afterEach(() => world.close());

  it('a stack that is deleted under its task (2)', async () => {
    await begin();
    await asRoot('cloudformation', 'DeleteStack', { StackName: 'hourglass-test-endpoints' });
    expect(told()).toContain(2);
  });

  it('a second stack of the lease (3)', async () => {
    await begin();
    const [stack] = world.cloud.parts.cloudformation.stacks();
    await asRoot('cloudformation', 'CreateStack', {
      StackName: 'another',
      TemplateBody: JSON.stringify(stack?.template),
      Parameters: Object.entries(stack?.parameters ?? {}).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Tags: stack?.tags,
    });
    expect(told()).toContain(3);
  });

  it('an alarm without its schedule (5)', async () => {
    await begin();
    const [schedule] = world.cloud.schedules.list('hourglass-test', undefined);
    await asRoot('scheduler', 'DeleteSchedule', { Name: schedule?.input.Name, groupName: 'hourglass-test' });
    expect(told()).toContain(5);
  });

  it('a request that is forgotten (1, 6), its task that goes on, and endpoints that nobody deletes (4)', async () => {
    await begin();
    const key = { pk: { S: 'lease#test' } };
    await asRoot('dynamodb', 'DeleteItem', {
      TableName: 'hourglass-test',
      Key: { ...key, sk: { S: 'task#mirror:app' } },
    });
    expect(told()).toEqual(expect.arrayContaining([1, 6]));
    await asRoot('dynamodb', 'DeleteItem', { TableName: 'hourglass-test', Key: { ...key, sk: { S: 'lease' } } });
    await world.settle();
    expect(world.observer.violations.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringMatching(/Never came to rest: the endpoint/)]),
    );
  });

  it('an opening that is recorded as costing nothing (7)', async () => {
    await begin();
    await world.cloud.driver.advanceBy(2 * 3_600_000);
    const key = { pk: { S: 'ended#test' }, sk: { S: '000000000001' } };
    await asRoot('dynamodb', 'DeleteItem', { TableName: 'hourglass-test', Key: key });
    await world.settle();
    expect(told()).toEqual([7]);
  });
});
