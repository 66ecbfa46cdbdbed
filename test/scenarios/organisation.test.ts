/** Tag policies and permission boundaries of an organisation, which deny in other words than its service control policies do. */
import { AwsError } from '@hourglass/cloud';
import { afterEach, describe, expect, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';

let world: Deployment;
afterEach(() => world.close());

const lastWords = () => world.messages('failed-mirrors').map((body) => JSON.parse(body).message as string);
const standing = () =>
  world.cloud.parts.ec2.lifetimes().filter(({ type, deletedAtMs }) => type === 'Interface' && !deletedAtMs);

const TAG_VALUE = "The tag policy does not allow the specified value for the following tag key: 'CostCenter'.";
const beyond = (action: string) =>
  `User: arn:aws:sts::123456789012:assumed-role/x/y is not authorized to perform: ${action} on resource: * because no permissions boundary allows the ${action} action`;

describe.each([
  ['a stack', 'CreateStack', 'ValidationError', TAG_VALUE, 400],
  ['an endpoint', 'CreateVpcEndpoint', 'TagPolicyViolation', TAG_VALUE, 400],
  ['a task', 'RunTask', 'InvalidParameterException', TAG_VALUE, 400],
  ['a repository', 'CreateRepository', 'TagPolicyException', 'The tag policy is not valid.', 400],
  ['a stack', 'CreateStack', 'AccessDenied', beyond('cloudformation:CreateStack'), 403],
  ['an endpoint', 'CreateVpcEndpoint', 'UnauthorizedOperation', beyond('ec2:CreateVpcEndpoint'), 403],
  ['a task', 'RunTask', 'AccessDeniedException', beyond('ecs:RunTask'), 400],
  ['a repository', 'CreateRepository', 'AccessDeniedException', beyond('codecommit:CreateRepository'), 400],
])('%s (%s) that is refused with %s', (_, operation, code, words, httpStatus) => {
  it('is given up after its tries in AWS’s words, leaves no endpoint, and the next request goes on once it is allowed', async () => {
    world = await deploy();
    world.cloud.setFaults((call) =>
      call.operation === operation ? { refuse: new AwsError(code, words, { httpStatus }) } : undefined,
    );
    await world.requestMirror('app');
    await world.pass(10 * 60);
    expect(lastWords()).toEqual([expect.stringContaining(words)]);
    expect(standing()).toEqual([]);
    expect(await world.lease()).toMatchObject({ phase: 'closed', pending: 0, dead: 0, timer: null });
    world.cloud.setFaults(undefined);
    await world.requestMirror('web');
    await world.pass(75);
    expect(world.events('TaskSucceeded').map(({ taskKey }) => taskKey)).toContain('mirror:web');
  });
});
