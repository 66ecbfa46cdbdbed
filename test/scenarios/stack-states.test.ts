/** What people, an organisation's tools and AWS do to the endpoints' stack itself: protected, throttled, denied, half deleted, deleted by hand. */
import { AwsError, type CallFault, type FaultedCall } from '@hourglass/cloud';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { afterEach, describe, expect, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';

let world: Deployment;
afterEach(() => world.close());

const stacks = () => world.cloud.parts.cloudformation.stacks();
const standing = () =>
  world.cloud.parts.ec2.lifetimes().filter(({ type, deletedAtMs }) => type === 'Interface' && !deletedAtMs);
const calls = (operation: string) =>
  world.traces.filter((trace) => trace.kind === 'api' && trace.operation === operation).length;
const asRoot = (service: string, operation: string, input: Record<string, unknown>) =>
  world.cloud.core.call(service, operation, input, { kind: 'root', arn: 'root' });
const protect = (StackName: string, EnableTerminationProtection: boolean) =>
  asRoot('cloudformation', 'UpdateTerminationProtection', { StackName, EnableTerminationProtection });
/** Lines of the teardown's log at WARN, which an alarm counts. */
const warnings = () =>
  (world.cloud.parts.logs.store.find('/aws/lambda/hourglass-test-teardown')?.events ?? [])
    .map(({ message }) => message)
    .filter((line) => line.includes('"level":"WARN"'));

/** Calls that CloudFormation makes in a stack's operation, with the role that it was given; ours go on. */
const isCloudFormation = ({ principal }: FaultedCall) => JSON.stringify(principal).includes('AWSCloudFormation');

function refuse(operation: string, minutes: number, error: AwsError, concerns: (call: FaultedCall) => boolean): void {
  const untilMs = world.cloud.clock.nowMs() + minutes * MINUTE_MS;
  world.cloud.setFaults((call): CallFault | undefined =>
    call.operation === operation && world.cloud.clock.nowMs() < untilMs && concerns(call)
      ? { refuse: error }
      : undefined,
  );
}

const throttled = new AwsError('RequestLimitExceeded', 'Request limit exceeded.', { httpStatus: 503 });
const denied = (action: string) =>
  new AwsError(
    'UnauthorizedOperation',
    `You are not authorized to perform this operation. User: x is not authorized to perform: ec2:${action} with an explicit deny in a service control policy`,
    { httpStatus: 403 },
  );

async function expectServed(times: number): Promise<void> {
  expect(world.events('TaskSucceeded')).toHaveLength(times);
  expect(await world.lease()).toMatchObject({ phase: 'closed', pending: 0, running: 0, timer: null });
  expect(standing()).toEqual([]);
}

describe('termination protection', () => {
  it('that a tool puts on every stack costs no hour, is reported once in its words, and lasts until somebody takes it off', async () => {
    world = await deploy();
    world.cloud.onTrace((trace) => {
      if (trace.kind === 'stack' && trace.status === 'CREATE_COMPLETE') void protect(trace.stackId, true);
    });
    await world.requestMirror('app');
    await world.pass(60);
    expect(standing()).toEqual([]);
    const [first] = stacks();
    expect(first).toMatchObject({ status: 'CREATE_COMPLETE', isProtected: true });
    const words = `Stack [${first?.id}] cannot be deleted while TerminationProtection is enabled`;
    await world.pass(2 * 24 * 60);
    expect(warnings().filter((line) => line.includes(words))).toHaveLength(1);
    expect(calls('DeleteStack')).toBeLessThan(60);
    await world.requestMirror('web');
    await world.pass(60);
    await protect(String(first?.id), false);
    await world.pass(75);
    expect(first?.status).toBe('DELETE_COMPLETE');
    expect(world.events('TaskSucceeded')).toHaveLength(2);
    expect(standing()).toEqual([]);
  });

  it('of a stack whose creation fails is met in the same way', async () => {
    world = await deploy();
    world.cloud.onTrace((trace) => {
      if (trace.kind === 'stack' && trace.status === 'CREATE_IN_PROGRESS' && stacks().length === 1)
        void protect(trace.stackId, true);
    });
    world.cloud.parts.cloudformation.failNextCreate('the endpoint could not be made');
    await world.requestMirror('app');
    await world.pass(60);
    expect(standing()).toEqual([]);
    await protect(String(stacks()[0]?.id), false);
    await world.pass(150);
    await expectServed(1);
  });
});

describe("CloudFormation's own calls", () => {
  it('that are throttled fail a creation with AWS’s words, and the next one serves', async () => {
    world = await deploy();
    refuse('CreateVpcEndpoint', 10, throttled, isCloudFormation);
    await world.requestMirror('app');
    await world.pass(100);
    expect(world.events('EndpointsFailed')[0]).toMatchObject({
      reason: expect.stringMatching(/Request limit exceeded.*HandlerErrorCode: Throttling/),
    });
    await expectServed(1);
  });

  it('that are denied for a while leave ROLLBACK_FAILED and its endpoints, which are swept; nothing is left and the next one serves', async () => {
    world = await deploy();
    let made = 0;
    const untilMs = world.cloud.clock.nowMs() + 30 * MINUTE_MS;
    world.cloud.setFaults((call) => {
      if (world.cloud.clock.nowMs() >= untilMs || !isCloudFormation(call)) return undefined;
      if (call.operation === 'DeleteVpcEndpoints') return { refuse: denied('DeleteVpcEndpoints') };
      if (call.operation !== 'CreateVpcEndpoint') return undefined;
      made += 1;
      return made > 2 ? { refuse: throttled } : undefined;
    });
    await world.requestMirror('app');
    await world.pass(30);
    expect(world.traces.some((trace) => trace.kind === 'stack' && trace.status === 'ROLLBACK_FAILED')).toBe(true);
    expect(standing()).toEqual([]);
    await world.pass(180);
    await expectServed(1);
  });

  it.each([
    ['throttled', throttled],
    ['denied', denied('DeleteVpcEndpoints')],
  ])('that are %s at the deletion cost no hour: the teardown deletes what costs by itself', async (_, error) => {
    world = await deploy();
    await world.requestMirror('app');
    await world.pass(20);
    refuse('DeleteVpcEndpoints', 150, error, isCloudFormation);
    await world.pass(42);
    expect(stacks().at(-1)?.status).toMatch(/DELETE_(FAILED|COMPLETE)/);
    expect(standing()).toEqual([]);
    await world.pass(240);
    await expectServed(1);
  });

  it('and ours, denied for three hours at the deletion, are made again until they are allowed, and a person reads it in AWS’s words', async () => {
    world = await deploy();
    await world.requestMirror('app');
    await world.pass(20);
    refuse('DeleteVpcEndpoints', 3 * 60, denied('DeleteVpcEndpoints'), () => true);
    await world.pass(2 * 60);
    expect(standing().length).toBeGreaterThan(0);
    expect(warnings().join()).toContain('is not authorized to perform: ec2:DeleteVpcEndpoints');
    expect(calls('DeleteStack')).toBeLessThan(12);
    await world.pass(3 * 60);
    await expectServed(1);
  });
});

describe('a stack that somebody deletes by hand', () => {
  const deleteByHand = () => asRoot('cloudformation', 'DeleteStack', { StackName: stacks().at(-1)?.id });

  it.each([
    ['while it is created', 1],
    ['while it is idle', 20],
  ])('%s is gone for the lease too, and the next request has another', async (_, minute) => {
    world = await deploy();
    await world.requestMirror('app');
    await world.pass(minute);
    await deleteByHand();
    await world.pass(100);
    await world.requestMirror('web');
    await world.pass(75);
    await expectServed(2);
  });

  it('while it is idle, in vain since a deletion fails half way, is deleted at last with what it left', async () => {
    world = await deploy();
    await world.requestMirror('app');
    await world.pass(20);
    let deleted = 0;
    const untilMs = world.cloud.clock.nowMs() + HOUR_MS / 2;
    world.cloud.setFaults((call) => {
      if (call.operation !== 'DeleteVpcEndpoints' || !isCloudFormation(call)) return undefined;
      deleted += 1;
      return deleted > 1 && world.cloud.clock.nowMs() < untilMs ? { refuse: throttled } : undefined;
    });
    await deleteByHand();
    await world.pass(42);
    expect(standing()).toEqual([]);
    await world.pass(60);
    await expectServed(1);
    await world.requestMirror('web');
    await world.pass(75);
    await expectServed(2);
  });

  it('while a task runs keeps the lease until the task has ended, and no other stack is made before', async () => {
    world = await deploy();
    world.behave.durationMs = 30 * MINUTE_MS;
    await world.requestMirror('app');
    await world.pass(10);
    await deleteByHand();
    await world.pass(5);
    await world.requestMirror('web');
    await world.pass(150);
    const [first, second] = stacks();
    expect(stacks()).toHaveLength(2);
    expect(first?.status).toBe('DELETE_COMPLETE');
    expect(second?.createdAtMs).toBeGreaterThanOrEqual(world.runs[0]?.endMs ?? Number.POSITIVE_INFINITY);
    await expectServed(2);
  });
});
