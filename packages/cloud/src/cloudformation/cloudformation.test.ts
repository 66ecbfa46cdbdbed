import {
  CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { afterEach, describe, expect, it } from 'vitest';
import type { PolicyStatement } from '../service.ts';
import { createWorld, role, type World } from '../testing/world.ts';

const template = {
  Parameters: { VpcId: { Type: 'String' }, SubnetIds: { Type: 'CommaDelimitedList' } },
  Resources: {
    Logs: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcEndpointType: 'Interface',
        ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.logs']] },
        VpcId: { Ref: 'VpcId' },
        SubnetIds: { Ref: 'SubnetIds' },
        PrivateDnsEnabled: true,
        Tags: [{ Key: 'own', Value: 'resource' }],
      },
    },
  },
  Outputs: { Endpoint: { Value: { Ref: 'Logs' } } },
};
const endpointRights: PolicyStatement[] = [
  {
    Effect: 'Allow',
    Resource: '*',
    Action: [
      'ec2:CreateVpcEndpoint',
      'ec2:DeleteVpcEndpoints',
      'ec2:DescribeVpcEndpoints',
      'ec2:CreateTags',
      'route53:AssociateVPCWithHostedZone',
    ],
  },
];

describe('CloudFormation', () => {
  let world: World;
  let client: CloudFormationClient;
  afterEach(() => world.close());

  const open = async (statements: PolicyStatement[] = endpointRights) => {
    world = await createWorld({ Role: role('cloudformation.amazonaws.com', ...statements) });
    client = new CloudFormationClient(world.clientOptions());
  };
  const create = (more: Partial<CreateStackCommandInput> = {}) =>
    client.send(
      new CreateStackCommand({
        StackName: 'endpoints',
        TemplateBody: JSON.stringify(template),
        Parameters: [
          { ParameterKey: 'VpcId', ParameterValue: 'vpc-1' },
          { ParameterKey: 'SubnetIds', ParameterValue: 'subnet-a,subnet-b' },
        ],
        RoleARN: String(world.stack.resources.get('Role')?.attributes.Arn),
        OnFailure: 'DELETE',
        ClientRequestToken: 'lease-1',
        Tags: [
          { Key: 'own', Value: 'stack' },
          { Key: 'hourglass:lease', Value: 'main' },
        ],
        ...more,
      }),
    );
  const look = async (StackName = 'endpoints') =>
    (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  const remove = (StackName: string) => client.send(new DeleteStackCommand({ StackName }));
  const statuses = () => world.tracesOf('stack').map(({ status }) => status);

  it('creates a stack slowly, then deletes it slowly; a deleted one is found by its id alone', async () => {
    await open();
    const { clock, driver } = world.cloud;
    const startMs = clock.nowMs();
    const { StackId: id = '' } = await create();
    expect(id).toMatch(/^arn:aws:cloudformation:ap-northeast-1:123456789012:stack\/endpoints\/[0-9a-f-]{36}$/);
    await driver.advanceBy(149_000);
    expect(await look()).toMatchObject({ StackStatus: 'CREATE_IN_PROGRESS', CreationTime: new Date(startMs) });
    await driver.advanceBy(1_000);
    const [lifetime] = world.cloud.parts.ec2.lifetimes();
    expect(await look()).toMatchObject({
      StackId: id,
      StackStatus: 'CREATE_COMPLETE',
      Outputs: [{ OutputKey: 'Endpoint', OutputValue: lifetime?.id }],
      Parameters: expect.arrayContaining([{ ParameterKey: 'VpcId', ParameterValue: 'vpc-1' }]),
    });
    expect(lifetime?.tags).toMatchObject({
      own: 'resource',
      'hourglass:lease': 'main',
      'aws:cloudformation:stack-id': id,
    });
    await remove(id);
    await driver.advanceBy(119_000);
    expect(await look(id)).toMatchObject({ StackStatus: 'DELETE_IN_PROGRESS' });
    await driver.advanceBy(1_000);
    expect(await look(id)).toMatchObject({ StackStatus: 'DELETE_COMPLETE', DeletionTime: new Date(startMs + 270_000) });
    await expect(look()).rejects.toThrow('Stack with id endpoints does not exist');
    expect(world.cloud.parts.ec2.lifetimes()[0]?.deletedAtMs).toBe(startMs + 270_000);
    await remove(id);
    await driver.runUntilIdle();
    expect(statuses()).toEqual(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE']);
  });

  it('publishes every status on the default bus in the shape of AWS', async () => {
    await open();
    const { StackId: id } = await create();
    await world.cloud.driver.runUntilIdle();
    const events = world.tracesOf('event').filter((event) => event.detailType === 'CloudFormation Stack Status Change');
    expect(events.map(({ source, detail }) => ({ source, detail }))).toEqual(
      ['CREATE_IN_PROGRESS', 'CREATE_COMPLETE'].map((status) => ({
        source: 'aws.cloudformation',
        detail: {
          'stack-id': id,
          'status-details': { status, 'status-reason': status === 'CREATE_IN_PROGRESS' ? 'User Initiated' : '' },
          'client-request-token': 'lease-1',
        },
      })),
    );
  });

  it('refuses a second living stack of a name, but repeats the answer to the same token', async () => {
    await open();
    const first = await create();
    expect((await create()).StackId).toBe(first.StackId);
    await expect(create({ ClientRequestToken: 'lease-2' })).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    await remove(String(first.StackId));
    await world.cloud.driver.runUntilIdle();
    expect((await create()).StackId).not.toBe(first.StackId);
  });

  it.each([
    ['a missing parameter', { Parameters: [] }, 'Parameters: [VpcId] must have values'],
    [
      'an unknown parameter',
      { Parameters: [{ ParameterKey: 'No', ParameterValue: '' }] },
      'do not exist in the template',
    ],
    ['a body over 51,200 bytes', { TemplateBody: JSON.stringify({ x: 'x'.repeat(51_200) }) }, '51200'],
    ['a body that is not JSON', { TemplateBody: '{' }, 'Template format error'],
    ['an unknown type', { TemplateBody: '{"Resources":{"A":{"Type":"AWS::No::Type"}}}' }, 'AWS::No::Type'],
    ['a role that cannot be assumed', { RoleARN: 'arn:aws:iam::123456789012:role/none' }, 'cannot be assumed'],
  ])('refuses %s', async (_what, more, message) => {
    await open();
    await expect(create(more)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message),
    });
    const { StackSummaries } = await client.send(new ListStacksCommand({}));
    expect(StackSummaries?.map(({ StackName }) => StackName)).toEqual(['test']);
  });

  it('fails and deletes itself if its role lacks a permission', async () => {
    await open([{ Effect: 'Allow', Resource: '*', Action: 'ec2:DescribeVpcEndpoints' }]);
    const { StackId: id } = await create();
    await world.cloud.driver.runUntilIdle();
    expect(statuses()).toEqual(['CREATE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE']);
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: String(id) }));
    const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
    expect(failed?.ResourceStatusReason).toContain('ec2:CreateVpcEndpoint');
    expect(world.cloud.parts.ec2.lifetimes()).toEqual([]);
  });

  it('needs iam:PassRole of the caller for the role it is given', async () => {
    await open();
    const rights: PolicyStatement = { Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' };
    const credentials = world.cloud.createUser('deployer', [{ Statement: rights }]);
    client = new CloudFormationClient({ ...world.clientOptions(), credentials });
    await expect(create()).rejects.toThrow('iam:PassRole');
  });

  it('fails when it is asked to, when its time is over, and rolls back where that is asked for', async () => {
    await open();
    const { cloudformation } = world.cloud.parts;
    cloudformation.failNextCreate('No capacity.');
    await create();
    await world.cloud.driver.runUntilIdle();
    expect(statuses()).toEqual(['CREATE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE']);
    expect(world.tracesOf('stack')[1]?.reason).toBe('No capacity. Delete requested by user.');
    world.traces.length = 0;
    cloudformation.timings.createMs = 20 * 60_000;
    await create({ TimeoutInMinutes: 10, OnFailure: 'ROLLBACK' });
    await world.cloud.driver.advanceBy(10 * 60_000);
    expect(statuses()).toEqual(['CREATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS']);
    await world.cloud.driver.runUntilIdle();
    expect(statuses().at(-1)).toBe('ROLLBACK_COMPLETE');
    await expect(create({ ClientRequestToken: 'again' })).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  });

  it('leaves the endpoints when a deletion fails, and deletes at the second try', async () => {
    await open();
    const { StackId: id = '' } = await create();
    await world.cloud.driver.runUntilIdle();
    world.cloud.parts.cloudformation.failNextDelete('Network interfaces in use.');
    await remove(id);
    await world.cloud.driver.runUntilIdle();
    expect(await look()).toMatchObject({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: 'Network interfaces in use.',
    });
    expect(world.cloud.parts.ec2.lifetimes()[0]?.deletedAtMs).toBeUndefined();
    await remove(id);
    await world.cloud.driver.runUntilIdle();
    expect(await look(id)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
  });

  it('deletes a stack that is still being created', async () => {
    await open();
    const { StackId: id = '' } = await create();
    await world.cloud.driver.advanceBy(30_000);
    await remove('endpoints');
    await world.cloud.driver.runUntilIdle();
    expect(await look(id)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    expect(world.cloud.parts.ec2.lifetimes().every(({ deletedAtMs }) => deletedAtMs !== undefined)).toBe(true);
  });
});
