/** What public reports say of AWS, in the whole deployment; `reports.md` beside this says of each where it was read. */
import { AwsError, type CallFault, type FaultedCall } from '@hourglass/cloud';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { afterEach, describe, expect, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';

let world: Deployment;
afterEach(() => world.close());

const calls = (operation: string) =>
  world.traces.filter((trace) => trace.kind === 'api' && trace.operation === operation).length;
const deadLetters = () => world.messages('failed-mirrors').map((body) => JSON.parse(body).message as string);
const standing = () =>
  world.cloud.parts.ec2.lifetimes().filter(({ type, deletedAtMs }) => type === 'Interface' && !deletedAtMs);
const asRoot = (service: string, operation: string, input: Record<string, unknown>) =>
  world.cloud.core.call(service, operation, input, { kind: 'root', arn: 'root' });

/** This befalls calls of this operation until so many virtual minutes have passed. */
function trouble(operation: string, minutes: number, fault: CallFault, concerns = (_: FaultedCall) => true): void {
  const { clock } = world.cloud;
  const untilMs = clock.nowMs() + minutes * MINUTE_MS;
  world.cloud.setFaults((call) =>
    call.operation === operation && clock.nowMs() < untilMs && concerns(call) ? fault : undefined,
  );
}

const refuse = (code: string, message: string): CallFault => ({ refuse: new AwsError(code, message) });

async function expectMirrored(times = 1): Promise<void> {
  expect(world.events('TaskSucceeded')).toHaveLength(times);
  expect(deadLetters()).toEqual([]);
  expect(await world.lease()).toMatchObject({ phase: 'closed', pending: 0, running: 0, timer: null });
  expect(standing()).toEqual([]);
}

describe('a task that could not start', () => {
  const failStarts = async (minutes: number, reason: string, vagueStart: boolean) => {
    world = await deploy();
    const { clock, parts } = world.cloud;
    const untilMs = clock.nowMs() + minutes * MINUTE_MS;
    parts.ecs.fates.vagueStart = vagueStart;
    world.cloud.onTrace((trace) => {
      if (trace.kind === 'task' && trace.status === 'PROVISIONING' && clock.nowMs() < untilMs)
        parts.ecs.failNextStart(reason);
    });
    await world.requestMirror('app');
  };

  it('of which ECS says only `Task failed to start` is reported with the reason of its container', async () => {
    const reason = 'CannotPullContainerError: pull image manifest has been retried 5 time(s): not found';
    await failStarts(24 * 60, reason, true);
    await world.pass(8 * 60);
    expect(deadLetters()).toEqual([expect.stringContaining(reason)]);
  });

  it.each([
    [
      'named at the task',
      false,
      'Unexpected EC2 error while attempting to Create Network Interface in subnet subnet-a: InsufficientFreeAddressesInSubnet',
    ],
    ['named at its container', true, 'Timeout waiting for EphemeralStorage provisioning to complete.'],
  ])('for want of an address or a disk waits for it, %s: after two hours it is mirrored', async (_, vague, words) => {
    await failStarts(120, words, vague);
    await world.pass(12 * 60);
    await expectMirrored();
  });
});

describe('RunTask', () => {
  it.each([
    [
      'InvalidParameterException',
      'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
    ],
    ['ClientException', 'TaskDefinition is inactive'],
  ])('that is refused for some minutes with %s is asked again, and no attempt is counted', async (code, words) => {
    world = await deploy();
    trouble('RunTask', 6, refuse(code, words));
    await world.requestMirror('app');
    await world.pass(75);
    expect(world.events('TaskFailed').at(-1)).toMatchObject({ next: 'retry', attempts: 0 });
    await expectMirrored();
  });

  it('whose answers are all lost is not given up while its task runs, though the list of tasks begins with an empty page', async () => {
    world = await deploy();
    world.behave.durationMs = 40 * MINUTE_MS;
    const lost = new AwsError('InternalFailure', 'The request processing has failed.', { httpStatus: 500 });
    world.cloud.setFaults(({ operation, input, invoker }) => {
      if (!invoker) return undefined;
      if (operation === 'RunTask') return { loseAnswer: lost };
      if (operation !== 'ListTasks') return undefined;
      return {
        instead: (run) =>
          input.nextToken === undefined ? { taskArns: [], nextToken: 'more' } : run({ ...input, nextToken: undefined }),
      };
    });
    await world.requestMirror('app');
    await world.pass(80);
    expect(world.cloud.parts.ecs.tasks()).toHaveLength(1);
    await expectMirrored();
  });
});

describe('endpoints', () => {
  it('that a hook of the organisation refuses are reported with what the hook says', async () => {
    world = await deploy();
    const reason = 'CT.EC2.PR.3: endpoints need a policy that names the organisation';
    world.cloud.parts.cloudformation.failCreatesByHook({ type: 'AWS::ControlTower::Hook', reason });
    await world.requestMirror('app');
    await world.pass(300);
    expect(world.events('EndpointsFailed')[0]).toMatchObject({ reason: expect.stringContaining(reason) });
    expect(deadLetters()).toEqual([expect.stringContaining(reason)]);
  });

  it('of which CloudFormation answers no creating call are asked for until it does, and a person hears of it', async () => {
    world = await deploy();
    trouble('CreateStack', 12 * 60, refuse('Throttling', 'Rate exceeded'));
    await world.requestMirror('app');
    await world.pass(11 * 60);
    expect(world.events('EndpointsFailed')[0]).toMatchObject({
      reason: expect.stringMatching(/CloudFormation answered no call to create/),
    });
    const [overdue] = world.traces.flatMap((trace) =>
      trace.kind === 'log' && trace.message.includes('"overdueMinutes"') ? [JSON.parse(trace.message).message] : [],
    );
    expect(overdue).toMatch(/5 times in a row, and are asked for again: CloudFormation answered no call/);
    await world.pass(3 * 60);
    expect(deadLetters()).toEqual([]);
    await expectMirrored();
  });

  it('whose private DNS is still taken by those that went a moment ago are made later, in the same way', async () => {
    world = await deploy();
    await world.requestMirror('app');
    await world.pass(58);
    expect(standing()).toEqual([]);
    const words = 'private-dns-enabled cannot be set because there is already a conflicting DNS domain';
    trouble('CreateVpcEndpoint', 10, refuse('InvalidParameter', words));
    await world.requestMirror('web');
    await world.pass(90);
    expect(world.events('EndpointsFailed')[0]).toMatchObject({ reason: expect.stringContaining(words) });
    await expectMirrored(2);
  });

  it('of which somebody deletes one by hand go all the same, and the lease goes on', async () => {
    world = await deploy();
    await world.requestMirror('app');
    await world.pass(10);
    const [first] = standing();
    await asRoot('ec2', 'DeleteVpcEndpoints', { VpcEndpointId: [first?.id] });
    await world.pass(90);
    expect(world.cloud.parts.cloudformation.stacks().map(({ status }) => status)).toEqual(['DELETE_COMPLETE']);
    await expectMirrored();
    await world.requestMirror('app');
    await world.pass(90);
    await expectMirrored(2);
  });

  it('that a failed deletion leaves are swept, though EC2 begins its answer with an empty page', async () => {
    world = await deploy();
    world.cloud.setFaults(({ operation, input, invoker }) =>
      operation === 'DescribeVpcEndpoints' && invoker
        ? {
            instead: (run) =>
              input.NextToken === undefined
                ? { vpcEndpointSet: [], nextToken: 'more' }
                : run({ ...input, NextToken: undefined }),
          }
        : undefined,
    );
    await world.requestMirror('app');
    await world.pass(20);
    world.cloud.parts.cloudformation.failNextDelete('The vpcEndpoint has requester-managed interfaces');
    await world.pass(60);
    expect(calls('DeleteVpcEndpoints')).toBeGreaterThan(0);
    await expectMirrored();
  });
});

describe('Lambda without room', () => {
  const all = () => world.cloud.functions.all();

  it('for half an hour loses no request, though SQS counts each receive', async () => {
    world = await deploy();
    world.cloud.functions.find('hourglass-test-intake').reserveConcurrency(0);
    await world.requestMirror('app');
    await world.pass(30);
    world.cloud.functions.find('hourglass-test-intake').reserveConcurrency(undefined);
    await world.pass(75);
    expect(world.messages('intake-dead')).toEqual([]);
    await expectMirrored();
  });

  it('at all, since somebody stopped the functions by a reserved concurrency of nought, goes on when that is over', async () => {
    world = await deploy();
    await world.requestMirror('app');
    await world.pass(1);
    const others = all().filter(({ settings }) => !settings.name.endsWith('-intake'));
    for (const fn of others) fn.reserveConcurrency(0);
    await world.pass(30);
    expect(world.messages('unhandled').length).toBeGreaterThan(0);
    for (const fn of others) fn.reserveConcurrency(undefined);
    await world.pass(90);
    await expectMirrored();
  });
});

describe('DynamoDB', () => {
  it('that leaves keys of a batch unprocessed is asked for them again at pauses that grow', async () => {
    world = await deploy();
    const { clock } = world.cloud;
    const untilMs = clock.nowMs() + 8_000;
    world.cloud.setFaults(({ operation, input }) =>
      operation === 'BatchGetItem' && clock.nowMs() < untilMs
        ? { instead: () => ({ Responses: {}, UnprocessedKeys: input.RequestItems }) }
        : undefined,
    );
    await world.requestMirror('app');
    await world.pass(75);
    expect(calls('BatchGetItem')).toBeLessThan(60);
    await expectMirrored();
  });

  it('that has recorded a redrive, and whose answer was lost, costs no redrive', async () => {
    world = await deploy();
    world.behave.exitCode = 1;
    await world.requestMirror('app');
    await world.pass(70);
    world.behave.exitCode = 0;
    let losses = 0;
    const lost = new AwsError('InternalServerError', 'Internal server error', { httpStatus: 500 });
    world.cloud.setFaults(({ operation, invoker }) =>
      operation === 'PutItem' && invoker?.functionName.endsWith('-replay') && losses++ === 0
        ? { loseAnswer: lost }
        : undefined,
    );
    await world.requestMirror('web');
    await world.pass(70);
    expect(losses).toBeGreaterThan(1);
    await expectMirrored(2);
  });
});

describe('the Scheduler', () => {
  it('that cannot assume its role yet, minutes after the deployment, loses no request', async () => {
    world = await deploy();
    const words = 'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.';
    trouble('CreateSchedule', 5, refuse('ValidationException', words));
    await world.requestMirror('app');
    await world.pass(90);
    await expectMirrored();
  });
});

describe('CodeCommit', () => {
  it('that makes no repository for an account without any is reported in its words, and no hour is bought', async () => {
    world = await deploy();
    const words =
      'CreateRepository request is not allowed because there is no existing repository in this AWS account or AWS Organization';
    trouble('CreateRepository', 60, refuse('OperationNotAllowedException', words));
    await world.requestMirror('app');
    await world.pass(30);
    expect(deadLetters()).toEqual([expect.stringContaining(words)]);
    expect(calls('CreateStack')).toBe(0);
  });
});

describe('a task that stays in PENDING', () => {
  it('is stopped at its deadline, reported after its attempts, and its endpoints go', async () => {
    world = await deploy();
    world.cloud.parts.ecs.timings.startMs = 9 * HOUR_MS;
    await world.requestMirror('app');
    await world.pass(12 * 60);
    expect(deadLetters()).toEqual([expect.stringMatching(/deadline/)]);
    expect(standing()).toEqual([]);
    expect(await world.lease()).toMatchObject({ phase: 'closed', running: 0, timer: null });
  });
});
