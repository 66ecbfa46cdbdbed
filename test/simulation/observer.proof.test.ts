/** The observer sees what it is there to see: what was done by hand, and bugs that are planted in the bundles. */
import { AwsError, type FaultPlan } from '@hourglass/cloud';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { pauseAndResume } from './pause-and-resume.ts';
import { withPlanted } from './planted-bundle.ts';
import { createSimulatedWorld, type SimulatedWorld } from './world.ts';

describe('an operator who pauses', () => {
  it.each([
    [
      'a pause that stops the closing too',
      'if (isHeld(lease)) return false;',
      'if (isHeld(lease)) return true;',
      /^4: .*idle since/,
    ],
    [
      'a resume that forgets what waited',
      'if (item?.state === "held") moveItem(',
      'if (false) moveItem(',
      /^1: mirror:app is held, and nobody has paused it/,
    ],
    [
      'a pause that opens for what is due all the same',
      'lease.startByMs === null || isHeld(lease)) return null;',
      'lease.startByMs === null) return null;',
      /^4: The lease opens while everything is paused/,
    ],
  ])('and the observer reports %s', async (_, find, replace, reported) => {
    expect(await withPlanted(inject('assembly'), find, replace, pauseAndResume)).toContainEqual(
      expect.stringMatching(reported),
    );
  });
});

describe('the observer reports', () => {
  let world: SimulatedWorld;
  const begin = async (assembly = inject('assembly')) => {
    world = await createSimulatedWorld({
      assembly,
      seed: 1,
      behave: () => ({ durationMs: 600_000, ends: 'succeeds' }),
    });
    await world.request('mirror:app');
    await world.cloud.driver.advanceBy(300_000);
    expect(world.observer.violations).toEqual([]);
  };
  const reported = () => world.observer.violations.map(({ invariant }) => invariant);
  const asRoot = (service: string, operation: string, input: Record<string, unknown>) =>
    world.cloud.core.call(service, operation, input, { kind: 'root', arn: 'root' });
  afterEach(() => world.close());

  it('a stack that is deleted under its task (2)', async () => {
    await begin();
    await asRoot('cloudformation', 'DeleteStack', { StackName: 'hourglass-test-endpoints' });
    expect(reported()).toContain(2);
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
    expect(reported()).toContain(3);
  });

  it('a lease that skips a fence, hours that are none, a timer for somebody else, and work given up too early (3, 7, 5, 1)', async () => {
    await begin();
    const change = (field: string, value: Record<string, unknown>) =>
      asRoot('dynamodb', 'UpdateItem', {
        TableName: 'hourglass-test',
        Key: { pk: { S: 'lease#test' }, sk: { S: 'lease' } },
        UpdateExpression: 'SET #data.#field = :value',
        ExpressionAttributeNames: { '#data': 'data', '#field': field },
        ExpressionAttributeValues: { ':value': value },
      });
    await change('fence', { N: '3' });
    await change('fence', { N: '1' });
    await change('paidUntilMs', { N: '1' });
    await change('running', { N: '0' });
    await asRoot('sqs', 'SendMessage', {
      QueueUrl: 'https://sqs.ap-northeast-1.amazonaws.com/123456789012/hourglass-test-failed-mirrors',
      MessageBody: JSON.stringify({ taskKey: 'mirror:app', requestId: 'push-1', attempts: 1, message: 'gone' }),
    });
    const messages = world.observer.violations.map(({ invariant, message }) => `${invariant}: ${message}`);
    expect(messages).toEqual(
      expect.arrayContaining([
        '3: The lease went from open, fence 1, to open, fence 3.',
        '3: The lease is open at fence 3 with the stack of 1.',
        '7: No hour ends at 1, until when it is said to be paid.',
        expect.stringMatching(/^5: The timer of the lease \(open\) wakes .*-runner, which owes it nothing/),
        '1: mirror:app is given up after 1 attempts: gone',
      ]),
    );
  });

  it('an hour that is bought for nobody (4)', async () => {
    await begin();
    world.cloud.schedules.planRings = () => [600_000];
    await world.cloud.driver.advanceBy(2 * 3_600_000);
    expect(reported()).toContain(4);
  });

  it('a request that ends without history (1)', async () => {
    const facts = '{ ...fact, status: "succeeded", message: "" }, nowMs)]';
    await withPlanted(inject('assembly'), facts, `${facts}.slice(1)`, async (assembly) => {
      await begin(assembly);
      await world.cloud.driver.advanceBy(3_600_000);
    });
    expect(world.observer.violations[0]?.message).toMatch(/was the last of mirror:app#push-1, and no history/);
  });

  it('an item that stands in none of the orders that items are read by (1)', async () => {
    const put = 'takes ? [{ Put: {';
    await withPlanted(inject('assembly'), put, `false ? [{ Put: {`, async (assembly) => {
      world = await createSimulatedWorld({ assembly, seed: 1 });
      await world.request('mirror:app');
      await world.cloud.driver.advanceBy(60_000);
    });
    expect(world.observer.violations[0]?.message).toMatch(/mirror:app is pending, and stands nowhere/);
  });

  it('endpoints for whose deletion nobody asks (4)', async () => {
    await begin();
    world.cloud.setFaults(({ operation }) => (operation === 'DeleteStack' ? { instead: async () => ({}) } : undefined));
    await world.cloud.driver.advanceBy(3_600_000);
    expect(world.observer.violations[0]?.message).toMatch(/Nobody asks for the deletion/);
  });

  it('a timer without its schedule (5)', async () => {
    await begin();
    const [schedule] = world.cloud.schedules.list('hourglass-test', undefined);
    await asRoot('scheduler', 'DeleteSchedule', { Name: schedule?.input.Name, groupName: 'hourglass-test' });
    expect(reported()).toContain(5);
  });

  const lostBy = async (faults: FaultPlan | undefined, message: RegExp) => {
    world.cloud.setFaults(faults);
    await world.request('mirror:web');
    await world.cloud.driver.advanceBy(60_000);
    expect(world.observer.violations).toContainEqual(
      expect.objectContaining({ invariant: 1, message: expect.stringMatching(message) }),
    );
  };

  it('a request that leaves its queue, and the intake has done nothing (1)', async () => {
    await begin();
    const intake = world.functionOf('intake');
    const run = intake.run.bind(intake);
    intake.run = (invocation) => run({ ...invocation, payload: '{"Records":[]}' });
    await lostBy(undefined, /mirror:web#push-2 has left the intake's queue, neither accepted nor kept/);
  });

  it('a request that no queue took (1)', async () => {
    await begin();
    const refuse = new AwsError('AccessDenied', 'No.', { httpStatus: 403 });
    await lostBy(({ operation }) => (operation === 'SendMessage' ? { refuse } : undefined), /dropped: No\./);
  });

  it('what has died, and leaves the replay queue without being asked for (1)', async () => {
    await begin();
    world.cloud.setFaults(({ operation, invoker }) =>
      operation === 'PutEvents' && invoker
        ? { instead: () => ({ FailedEntryCount: 0, Entries: [{ EventId: 'x' }] }) }
        : undefined,
    );
    const task = { kind: 'mirror', repository: 'app', sourceUrl: 'https://git.test/app', destination: 'x' };
    const dead = {
      version: 1,
      leaseId: 'test',
      taskKey: 'mirror:app',
      requestId: 'push-1',
      task,
      attempts: 3,
      replays: 0,
      message: null,
    };
    await asRoot('sqs', 'SendMessage', {
      QueueUrl: 'https://sqs.ap-northeast-1.amazonaws.com/123456789012/hourglass-test-replay',
      MessageBody: JSON.stringify(dead),
    });
    await world.cloud.driver.advanceBy(60_000);
    expect(world.observer.violations.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/mirror:app#push-1:replay-1 was not asked for/),
    );
  });

  it('a request that is forgotten (1, 6), its task that goes on, and endpoints that nobody deletes (4)', async () => {
    await begin();
    const key = { pk: { S: 'lease#test' } };
    await asRoot('dynamodb', 'DeleteItem', {
      TableName: 'hourglass-test',
      Key: { ...key, sk: { S: 'task#mirror:app' } },
    });
    expect(reported()).toEqual(expect.arrayContaining([1, 6]));
    await asRoot('dynamodb', 'DeleteItem', { TableName: 'hourglass-test', Key: { ...key, sk: { S: 'lease' } } });
    await world.settle();
    expect(world.observer.violations.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringMatching(/Never came to rest: the endpoint/)]),
    );
  });

  it('an opening that is recorded as costing nothing, and one that never was as paid for (7)', async () => {
    await begin();
    await world.cloud.driver.advanceBy(2 * 3_600_000);
    const key = { pk: { S: 'ended#test' }, sk: { S: '000000000001' } };
    await asRoot('dynamodb', 'DeleteItem', { TableName: 'hourglass-test', Key: key });
    const data = { M: { fence: { N: '2' }, openedAtMs: { N: '1' }, closedAtMs: { N: '2' } } };
    const Item = { pk: key.pk, sk: { S: '000000000002' }, data };
    await asRoot('dynamodb', 'PutItem', { TableName: 'hourglass-test', Item });
    await world.settle();
    expect(reported()).toEqual([7, 7]);
  });
});
