/** What the prices of the direct carrier take a mirror and a look to use, against what they use in the deployment. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Trace } from '@hourglass/cloud';
import { LOOK_USE, MIRROR_USE } from '@hourglass/cost';
import { afterEach, expect, inject, it } from 'vitest';
import { createSimulatedWorld, type SimulatedWorld } from '../simulation/world.ts';

let world: SimulatedWorld;
afterEach(() => world.close());

/** Counts what is billed while `work` goes on, and in the minutes after it. */
async function useOf(work: () => Promise<void>) {
  const { cloud } = world;
  const traces: Trace[] = [];
  let gitRequests = 0;
  const codeCommit = `git-codecommit.${cloud.region}.amazonaws.com`;
  const server = cloud.otherHosts.get(codeCommit);
  if (!server) throw new Error('CodeCommit has no git server');
  cloud.otherHosts.set(codeCommit, (request) => {
    gitRequests += 1;
    return server(request);
  });
  const unwatch = cloud.onTrace((trace) => traces.push(trace));
  await work();
  await cloud.driver.advanceBy(5 * 60_000);
  unwatch();
  const calls = (service: string, operation: RegExp) =>
    traces.filter((trace) => trace.kind === 'api' && trace.service === service && operation.test(trace.operation))
      .length;
  return {
    invocations: traces.filter(({ kind }) => kind === 'invocation-end').length,
    s3Puts: calls('s3', /^(Put|Create|Upload|Complete)/),
    s3Gets: calls('s3', /^Get/),
    // S3's own are paid for like those that a deployment puts.
    events: traces.filter(({ kind }) => kind === 'event').length,
    schedules: calls('scheduler', /^CreateSchedule$/),
    gitRequests,
  };
}

const begin = async () => {
  const fates = { source: () => undefined, destination: () => undefined };
  world = await createSimulatedWorld({ assembly: inject('assemblyDirect'), seed: 1, carriers: 'direct', fates });
  await world.request('mirror:app');
  await world.cloud.driver.advanceBy(5 * 60_000);
  expect(world.sources.of('mirror:app').mirrored).toBe(1);
};

it('a mirror uses no more than its price takes it to', async () => {
  await begin();
  const use = await useOf(async () => void (await world.request('mirror:app')));
  expect(world.sources.of('mirror:app').mirrored).toBe(2);
  for (const [name, count] of Object.entries(use)) {
    expect(count, name).toBeLessThanOrEqual(MIRROR_USE[name as keyof typeof use]);
  }
  expect(use.s3Puts).toBe(2);
});

it('a look that finds nothing new is one call of one function: no pack, no event, no lease', async () => {
  await begin();
  const { region } = world.cloud;
  const client = new LambdaClient({
    region,
    credentials: world.cloud.credentialsFor('root'),
    requestHandler: world.cloud.requestHandler(),
  });
  const look = {
    repository: 'app',
    sourceUrl: 'https://git.test/app',
    destination: 'codecommit::ap-northeast-1://app',
  };
  const Payload = JSON.stringify({ look });
  const use = await useOf(async () => {
    await client.send(new InvokeCommand({ FunctionName: 'hourglass-test-fetcher', InvocationType: 'Event', Payload }));
  });
  expect(use).toEqual({ invocations: 1, s3Puts: 0, s3Gets: 0, events: 0, schedules: 0, gitRequests: 0 });
  for (const [name, count] of Object.entries(use)) {
    expect(count, name).toBeLessThanOrEqual(LOOK_USE[name as keyof typeof use]);
  }
});
