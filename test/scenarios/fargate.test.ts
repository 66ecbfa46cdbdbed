/** What Fargate does of its own accord, in the whole deployment: containers that nobody asked for, tasks that never stop, no capacity. */
import { AwsError } from '@hourglass/cloud';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { afterEach, describe, expect, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';

let world: Deployment | undefined;
afterEach(async () => world?.close());

const calls = ({ traces }: Deployment, operation: string) =>
  traces.filter((trace) => trace.kind === 'api' && trace.operation === operation).length;

/** Lines that the alarm counts. */
const overdue = ({ traces }: Deployment) =>
  traces.flatMap((trace) =>
    trace.kind === 'log' && trace.message.includes('"overdueMinutes"')
      ? [JSON.parse(trace.message).message as string]
      : [],
  );

async function hours(deployment: Deployment): Promise<number> {
  const ended = await deployment.ended();
  return ended.reduce((sum, { openedAtMs, closedAtMs }) => {
    return openedAtMs === null ? sum : sum + Math.ceil((closedAtMs - openedAtMs) / HOUR_MS);
  }, 0);
}

describe("another container's exit code", () => {
  it.each([
    ['first', <T>(list: readonly T[]) => list.toReversed()],
    ['last', <T>(list: readonly T[]) => [...list]],
  ])('is not believed, though ECS shows it %s: all of 12 killed mirrors are reported as failed', async (_, arrange) => {
    world = await deploy({ tasks: { taskRunner: () => ({ durationMs: MINUTE_MS, exitCode: 137 }) } });
    Object.assign(world.cloud.parts.ecs.fates, {
      sidecars: () => [{ name: 'aws-guardduty-agent-1', exitCode: 0 }],
      arrange,
    });
    for (let n = 0; n < 12; n += 1) await world.requestMirror(`app-${n}`);
    await world.pass(20 * 60);
    expect(world.events('TaskSucceeded')).toEqual([]);
    expect(world.messages('failed-mirrors')).toHaveLength(12);
    expect(world.messages('failed-mirrors').join()).toMatch(/exit code 137/);
  });
});

describe('a task that never reaches STOPPED', () => {
  it('has ended with its container: one hour is paid, a second push is mirrored, nobody storms ECS, a person gets one mail', async () => {
    world = await deploy();
    const { fates } = world.cloud.parts.ecs;
    fates.stopMs = () => 6 * 24 * HOUR_MS;
    await world.requestMirror('app');
    await world.pass(20);
    await world.requestMirror('app');
    fates.stopMs = undefined;
    await world.pass(7 * 24 * 60);
    expect(world.events('TaskSucceeded')).toHaveLength(2);
    expect(await hours(world)).toBe(1);
    expect(calls(world, 'StopTask')).toBe(0);
    expect(overdue(world)).toEqual([expect.stringMatching(/DEPROVISIONING/)]);
    expect(await world.lease()).toMatchObject({ phase: 'closed', pending: 0, running: 0, timer: null });
  });

  it('and whose container does not heed StopTask either keeps its endpoints; it is asked hourly, and a person gets one mail', async () => {
    world = await deploy();
    world.behave.durationMs = 90 * 24 * HOUR_MS;
    world.cloud.parts.ecs.fates.stopSignalMs = () => 48 * HOUR_MS;
    await world.requestMirror('app');
    await world.pass(40 * 60);
    expect(await world.lease()).toMatchObject({ phase: 'open', running: 1 });
    expect(calls(world, 'StopTask')).toBeLessThan(50);
    expect(overdue(world)).toEqual([expect.stringMatching(/asked to stop and still runs/)]);
    world.behave.durationMs = MINUTE_MS;
    await world.pass(20 * 60);
    expect(world.events('TaskSucceeded')).toHaveLength(1);
    expect(await world.lease()).toMatchObject({ phase: 'closed', running: 0 });
  });
});

describe('a task that ECS shows as RUNNING for ever, whatever is asked', () => {
  it('is given up three days after its deadline: its endpoints go, its repository is mirrored anew, a person gets a mail', async () => {
    world = await deploy();
    world.behave.durationMs = 900 * 24 * HOUR_MS;
    world.cloud.parts.ecs.fates.stopSignalMs = () => 900 * 24 * HOUR_MS;
    await world.requestMirror('app');
    await world.pass(3 * 24 * 60);
    expect(await world.lease()).toMatchObject({ phase: 'open', running: 1 });
    world.behave.durationMs = MINUTE_MS;
    await world.pass(24 * 60);
    expect(world.events('TaskFailed')[0]).toMatchObject({
      message: expect.stringMatching(/reported it as RUNNING for three days/),
    });
    expect(world.events('TaskSucceeded')).toHaveLength(1);
    expect(overdue(world)).toEqual([
      expect.stringMatching(/asked to stop and still runs/),
      expect.stringMatching(/is given up/),
    ]);
    expect(await world.lease()).toMatchObject({ phase: 'closed', running: 0 });
  });
});

describe('one Zone without capacity', () => {
  it('is gone round: the mirror is made in another Zone, in the first hour', async () => {
    world = await deploy();
    world.cloud.functions.find('hourglass-test-runner').configure({ TASK_SUBNETS: 'subnet-a,subnet-b,subnet-c' });
    // ECS takes the first of those that it is given, and has no room there.
    world.cloud.parts.ecs.fates.refuseRun = ([first]) => (first === 'subnet-c' ? undefined : 'RESOURCE:FARGATE');
    await world.requestMirror('app');
    await world.pass(60);
    expect(world.events('TaskSucceeded')).toHaveLength(1);
    expect(await hours(world)).toBe(1);
  });
});

describe('without capacity', () => {
  const lasting = async (minutes: number, repositories: number) => {
    world = await deploy();
    const { clock, parts } = world.cloud;
    const untilMs = clock.nowMs() + minutes * MINUTE_MS;
    parts.ecs.fates.refuseRun = () => (clock.nowMs() < untilMs ? 'RESOURCE:FARGATE' : undefined);
    for (let n = 0; n < repositories; n += 1) await world.requestMirror(`app-${n}`);
    return world;
  };

  it('forty minutes cost no repository its mirror, and no second hour', async () => {
    const { events, messages, pass, ...rest } = await lasting(40, 12);
    await pass(3 * 60);
    expect(events('TaskSucceeded')).toHaveLength(12);
    expect(messages('failed-mirrors')).toEqual([]);
    expect(await hours({ events, messages, pass, ...rest })).toBe(1);
  });

  it('thirteen hours are waited out: few hours are paid, nobody is dead, a person gets a mail', async () => {
    const deployment = await lasting(13 * 60, 12);
    await deployment.pass(13 * 60);
    expect(await hours(deployment)).toBeLessThanOrEqual(4);
    expect(overdue(deployment).length).toBeGreaterThan(0);
    await deployment.pass(12 * 60);
    expect(deployment.events('TaskSucceeded')).toHaveLength(12);
    expect(deployment.messages('failed-mirrors')).toEqual([]);
    expect(await deployment.lease()).toMatchObject({ phase: 'closed', pending: 0, timer: null });
  });

  it('nor an answer of ECS, the lease does not stay open for what was never started', async () => {
    world = await deploy();
    const { clock } = world.cloud;
    const untilMs = clock.nowMs() + 6 * HOUR_MS;
    const throttled = new AwsError('ThrottlingException', 'Rate exceeded');
    world.cloud.setFaults(({ operation }) =>
      operation === 'RunTask' && clock.nowMs() < untilMs ? { refuse: throttled } : undefined,
    );
    await world.requestMirror('app');
    await world.pass(6 * 60);
    expect(await hours(world)).toBeLessThanOrEqual(3);
    await world.pass(12 * 60);
    expect(world.events('TaskSucceeded')).toHaveLength(1);
    expect(world.messages('failed-mirrors')).toEqual([]);
  });
});

describe('a RunTask whose answer is lost', () => {
  it.each([
    ['runs still', 5],
    ['has stopped', 0.1],
  ])('is found by its token when the timer looks, whether its task %s', async (_, minutes) => {
    world = await deploy();
    world.behave.durationMs = minutes * MINUTE_MS;
    const lost = new AwsError('InternalFailure', 'The request processing has failed.', { httpStatus: 500 });
    let losses = 0;
    world.cloud.setFaults(({ operation, invoker }) => {
      if (operation !== 'RunTask' || !invoker || losses++ > 20) return undefined;
      return { loseAnswer: lost };
    });
    // Nor does anybody report its end.
    const { emitServiceEvent } = world.cloud.parts.events;
    world.cloud.parts.events.emitServiceEvent = (event) => {
      if (event.source !== 'aws.ecs') emitServiceEvent(event);
    };
    await world.requestMirror('app');
    await world.pass(80);
    expect(world.cloud.parts.ecs.tasks()).toHaveLength(1);
    expect(world.events('TaskSucceeded')).toHaveLength(1);
    expect(await world.lease()).toMatchObject({ phase: 'closed', running: 0 });
  });
});

describe('a destination that AWS refuses to make', () => {
  const words =
    'User is not authorized to perform: codecommit:CreateRepository with an explicit deny in a service control policy';
  const deny = (deployment: Deployment) =>
    deployment.cloud.setFaults(({ operation }) =>
      operation === 'CreateRepository' ? { refuse: new AwsError('AccessDeniedException', words) } : undefined,
    );

  it('costs no hour and no task: the dead letter has its words, and a later push asks again', async () => {
    world = await deploy();
    deny(world);
    await world.requestMirror('app');
    await world.pass(120);
    expect(calls(world, 'CreateStack') + calls(world, 'RunTask')).toBe(0);
    expect(world.messages('failed-mirrors')).toHaveLength(1);
    expect(world.messages('failed-mirrors')[0]).toContain(words);
    expect(await world.lease()).toMatchObject({ phase: 'closed', pending: 0, dead: 0, timer: null });
    world.cloud.setFaults(undefined);
    await world.requestMirror('app');
    await world.pass(30);
    expect(world.runs.map(({ key }) => key)).toContain('mirror:app');
  });

  it('costs no task in a lease that is open already', async () => {
    world = await deploy();
    await world.requestMirror('app');
    await world.pass(10);
    deny(world);
    await world.requestMirror('web');
    await world.pass(10);
    expect(world.runs.map(({ key }) => key)).toEqual(['mirror:app']);
    expect(world.messages('failed-mirrors')[0]).toContain(words);
  });
});

describe('a transaction that DynamoDB throttles', () => {
  it('is made again by the same handler', async () => {
    world = await deploy();
    let throttled = 0;
    world.cloud.setFaults(({ operation, input, invoker }) => {
      if (operation !== 'TransactWriteItems' || !invoker || throttled === 3) return undefined;
      throttled += 1;
      const CancellationReasons = (input.TransactItems as unknown[]).map((_, index) => ({
        Code: index === 0 ? 'ThrottlingError' : 'None',
      }));
      const message = 'Transaction cancelled [ThrottlingError]';
      return { refuse: new AwsError('TransactionCanceledException', message, { members: { CancellationReasons } }) };
    });
    await world.requestMirror('app');
    await world.pass(10);
    expect(throttled).toBe(3);
    expect(world.events('TaskSucceeded')).toHaveLength(1);
    const failed = world.traces.filter((trace) => trace.kind === 'invocation-end' && trace.outcome !== 'ok');
    expect(failed).toEqual([]);
  });
});
