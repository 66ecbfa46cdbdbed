/** The direct carrier in the simulated months: with tasks beside it, handed over to them, and with bugs planted that must be seen. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { AwsError } from '@hourglass/cloud';
import { OPERATOR_SOURCE } from '@hourglass/shared';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { drawKinds } from './faults/dice.ts';
import type { DirectFates } from './faults/direct.ts';
import { FAULT_KINDS } from './faults/kinds.ts';
import type { DestinationFate } from './git/destination-server.ts';
import type { SourceFate } from './git/source-server.ts';
import { runSeed } from './run-seed.ts';
import { createSimulatedWorld, type SimulatedWorld } from './world.ts';

const MINUTE_MS = 60_000;
const simulate = (seed: number, kinds = drawKinds(seed, FAULT_KINDS)) =>
  runSeed({ seed, days: 4, kinds, carriers: 'mixed' }, inject('assemblyDirect'));

describe('with both carriers every invariant holds', () => {
  it.each([13])('under the faults of seed %i', async (seed) => {
    const { violations, requests, faults } = await simulate(seed);
    expect(violations).toEqual([]);
    expect(requests).toBeGreaterThan(0);
    expect(Object.keys(faults).length).toBeGreaterThan(0);
  });

  it('and one seed is one history', async () => {
    const [one, other] = [await simulate(16), await simulate(16)];
    expect(other).toEqual(one);
    expect(Object.keys(one.faults).some((kind) => /^(store|source|destination)-/.test(kind))).toBe(true);
  });
});

let world: SimulatedWorld;
const untroubled: DirectFates = { source: () => undefined, destination: () => undefined };
const begin = async (fates: Partial<DirectFates> = {}, assembly = inject('assemblyDirect')) => {
  world = await createSimulatedWorld({ assembly, seed: 1, carriers: 'direct', fates: { ...untroubled, ...fates } });
  logged.length = 0;
  world.cloud.onTrace((trace) => trace.kind === 'log' && logged.push(trace.message));
};
const pass = (minutes: number) => world.cloud.driver.advanceBy(minutes * MINUTE_MS);
const reported = () => world.observer.violations.map(({ message }) => message);
const app = 'mirror:app';
const mirrored = () => world.sources.of(app).mirrored;
const dead = () =>
  world.cloud.queues
    .all()
    .find(({ name }) => name === 'hourglass-test-failed-mirrors')
    ?.peek() ?? [];
/** What the history says of the ends of direct attempts, oldest first. */
const reasons = () => {
  const { Items } = world.cloud.parts.dynamodb.askNow('Query', {
    TableName: 'hourglass-test',
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: `history#test-direct#${app}` } },
  }) as { Items: Record<string, AttributeValue>[] };
  return Items.flatMap((item) =>
    (unmarshall(item).data as { tries: { message: string | null }[] }).tries.map(({ message }) => message),
  );
};
const logged: string[] = [];
const inTurn = <Fate>(...fates: Fate[]) => {
  let asked = 0;
  return () => fates[asked++];
};
/** More than the fetcher may carry. */
const makeBig = () => {
  world.functionOf('fetcher').configure({ MAX_PACK_BYTES: '1024' });
  world.sources.of(app).head += 12;
};
const put = (Source: string, DetailType: string, detail: object) =>
  world.cloud.core.call(
    'events',
    'PutEvents',
    {
      Entries: [
        { EventBusName: 'hourglass-test', Source, DetailType, Detail: JSON.stringify({ version: 1, ...detail }) },
      ],
    },
    { kind: 'root', arn: 'root' },
  );

afterEach(() => world?.close());

describe('what the direct carrier cannot carry is handed over', () => {
  it('at the last attempt too: a task is asked for, and nothing is dead', async () => {
    // A list is two requests; the pack is the third, and breaks in the first two attempts.
    const fate = inTurn<SourceFate>(undefined, undefined, 'broken', undefined, undefined, 'broken');
    await begin({ source: fate });
    makeBig();
    world.functionOf('fetcher').configure({ MAX_PACK_BYTES: String(2 ** 20) });
    world.functionOf('runner').configure({ MAX_ATTEMPTS: '3' });
    await world.request(app);
    await pass(2);
    world.functionOf('fetcher').configure({ MAX_PACK_BYTES: '1024' });
    await world.settle();
    expect(reported()).toEqual([]);
    expect(dead()).toEqual([]);
    expect([world.observer.handedOver, world.observer.tasks, mirrored()]).toEqual([1, 1, 13]);
  });

  it('to endpoints that are going: they come again for it', async () => {
    await begin();
    await world.request('command:git-version');
    const phase = () => world.cloud.parts.cloudformation.stacks().some(({ status }) => status === 'DELETE_IN_PROGRESS');
    for (let minute = 0; !phase(); minute += 1) {
      expect(minute).toBeLessThan(90);
      await pass(1);
    }
    makeBig();
    await world.request(app);
    await world.settle();
    expect(reported()).toEqual([]);
    expect([world.observer.handedOver, world.observer.tasks, mirrored()]).toEqual([1, 2, 13]);
    expect(world.cloud.parts.cloudformation.stacks()).toHaveLength(2);
  });

  it('to a deployment that is paused: the task waits until it is resumed', async () => {
    await begin({ source: inTurn<SourceFate>('hangs') });
    await world.request(app);
    await pass(1);
    // The attempt is under way when the pause comes, and is handed over a quarter of an hour later.
    await put(OPERATOR_SOURCE, 'PauseRequested', {});
    await pass(180);
    expect([world.observer.handedOver, world.observer.tasks, mirrored()]).toEqual([1, 0, 0]);
    await put(OPERATOR_SOURCE, 'ResumeRequested', {});
    await world.settle();
    // Of pauses the observer knows nothing.
    expect([world.observer.handedOver, world.observer.tasks, mirrored()]).toEqual([1, 1, 1]);
  });

  it('for a source that hangs until the time of the function is over', async () => {
    await begin({ source: inTurn<SourceFate>('hangs') });
    await world.request(app);
    await world.settle();
    expect(reported()).toEqual([]);
    expect([world.observer.handedOver, mirrored()]).toEqual([1, 1]);
    expect(reasons()).toEqual([expect.stringMatching(/longer than a function may run/)]);
  });
});

describe('nothing is lost, the refs stay as they were until all has come, and the history has the reason', () => {
  it.each([
    [
      'a source that breaks off',
      { source: inTurn<SourceFate>(undefined, undefined, 'closes') },
      /the source failed|cut off/,
    ],
    [
      'a source that sends a broken pack',
      { source: inTurn<SourceFate>(undefined, undefined, 'broken') },
      /broken pack/,
    ],
    [
      'a destination that has moved',
      { destination: inTurn<DestinationFate>(undefined, 'moves') },
      /the destination refused 1 of the refs/,
    ],
    ['a push whose answer is lost', { destination: inTurn<DestinationFate>(undefined, 'lost') }, null],
  ] as const)('%s', async (_, fates, reason) => {
    await begin(fates);
    await world.request(app);
    await world.settle();
    expect(reported()).toEqual([]);
    expect([mirrored(), world.sources.of(app).isForeign, dead()]).toEqual([1, false, []]);
    const failed = reasons().filter((message) => message !== null);
    if (reason) expect(failed).toEqual([expect.stringMatching(reason)]);
    expect(reasons().at(-1)).toBeNull();
    // Nor does the SDK warn of the empty object that announces an end.
    expect(logged.filter((line) => /unknown length/.test(line))).toEqual([]);
  });

  it('S3 that refuses for minutes, and a read that is not what was stored', async () => {
    await begin();
    const untilMs = world.cloud.clock.nowMs() + 3 * MINUTE_MS;
    const refuse = new AwsError('ServiceUnavailable', 'Service is unable to handle request.', { httpStatus: 503 });
    world.cloud.setFaults(({ service }) =>
      service === 's3' && world.cloud.clock.nowMs() < untilMs ? { refuse } : undefined,
    );
    await world.request(app);
    await pass(2);
    expect(mirrored()).toBe(0);
    await world.settle();
    expect(reported()).toEqual([]);
    expect([mirrored(), dead()]).toEqual([1, []]);
    expect(reasons()[0]).toMatch(/could not be stored: Service is unable to handle request/);
  });

  it('CodeCommit that never answers: the attempt is ended, and its late push would be refused', async () => {
    await begin({ destination: inTurn<DestinationFate>(undefined, 'hangs') });
    await world.request(app);
    await world.settle();
    expect(reported()).toEqual([]);
    expect([mirrored(), dead()]).toEqual([1, []]);
    expect(reasons()[0]).toMatch(/longer than a function may run/);
  });
});
