import {
  CreateVpcEndpointCommand,
  type CreateVpcEndpointCommandInput,
  DeleteVpcEndpointsCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, role, type World } from '../testing/world.ts';

const region = 'ap-northeast-1';
const endpoint = (service: string, more: Partial<CreateVpcEndpointCommandInput> = {}) =>
  new CreateVpcEndpointCommand({
    VpcId: 'vpc-1',
    ServiceName: `com.amazonaws.${region}.${service}`,
    VpcEndpointType: 'Interface',
    SubnetIds: ['subnet-a'],
    SecurityGroupIds: ['sg-1'],
    PrivateDnsEnabled: true,
    TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags: [{ Key: 'hourglass:lease', Value: 'main' }] }],
    ...more,
  });

describe('EC2', () => {
  let world: World;
  const open = async (...args: Parameters<typeof createWorld>) => {
    world = await createWorld(...args);
    return new EC2Client(world.clientOptions());
  };
  afterEach(() => world.close());

  it('keeps an endpoint pending, available, deleting, gone, and its lifetime for ever', async () => {
    const ec2 = await open({}, {}, { network: { availableAfterMs: 60_000, deletedAfterMs: 90_000 } });
    const { clock, driver } = world.cloud;
    const startMs = clock.nowMs();
    const id = (await ec2.send(endpoint('logs'))).VpcEndpoint?.VpcEndpointId ?? '';
    const state = async () =>
      (await ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }))).VpcEndpoints?.[0];
    expect(await state()).toMatchObject({ State: 'pending', CreationTimestamp: new Date(startMs), VpcId: 'vpc-1' });
    await driver.advanceBy(60_000);
    expect(await state()).toMatchObject({ State: 'available' });
    await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    expect(await state()).toMatchObject({ State: 'deleting' });
    await driver.advanceBy(90_000);
    await expect(state()).rejects.toMatchObject({ name: 'InvalidVpcEndpointId.NotFound' });
    expect(world.cloud.parts.ec2.lifetimes()).toMatchObject([
      { id, zones: 1, createdAtMs: startMs, deletedAtMs: startMs + 150_000, tags: { 'hourglass:lease': 'main' } },
    ]);
  });

  it('finds endpoints by tag, state and service', async () => {
    const ec2 = await open({});
    await ec2.send(endpoint('logs'));
    await ec2.send(endpoint('ecr.api', { TagSpecifications: [] }));
    const count = async (Name: string, Value: string) =>
      (await ec2.send(new DescribeVpcEndpointsCommand({ Filters: [{ Name, Values: [Value] }] }))).VpcEndpoints?.length;
    expect(await count('tag:hourglass:lease', 'main')).toBe(1);
    expect(await count('tag:hourglass:lease', 'other')).toBe(0);
    expect(await count('vpc-endpoint-state', 'pending')).toBe(2);
    expect(await count('service-name', '*.ecr.*')).toBe(1);
  });

  it('refuses a second private-DNS endpoint of a service in a VPC, and two subnets in one Zone', async () => {
    const zone = `${region}a`;
    const subnets = { 'subnet-a': { vpcId: 'vpc-1', zone }, 'subnet-b': { vpcId: 'vpc-1', zone } };
    const ec2 = await open({}, {}, { network: { subnets } });
    await expect(ec2.send(endpoint('logs', { SubnetIds: ['subnet-a', 'subnet-b'] }))).rejects.toMatchObject({
      name: 'DuplicateSubnetsInSameZone',
    });
    await ec2.send(endpoint('logs'));
    await expect(ec2.send(endpoint('logs'))).rejects.toThrow('private-dns-enabled cannot be set');
    await ec2.send(endpoint('logs', { VpcId: 'vpc-2' }));
  });

  it('reports a deletion that found nothing', async () => {
    const ec2 = await open({});
    const answer = await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: ['vpce-0'] }));
    expect(answer.Unsuccessful).toMatchObject([
      { ResourceId: 'vpce-0', Error: { Code: 'InvalidVpcEndpointId.NotFound' } },
    ]);
  });

  it('creates security groups from a template', async () => {
    const ec2 = await open({
      Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'tasks', VpcId: 'vpc-1' } },
    });
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    expect(SecurityGroups).toMatchObject([{ GroupId: world.stack.resources.get('Group')?.ref, VpcId: 'vpc-1' }]);
  });

  describe('under a role', () => {
    const all = { Effect: 'Allow', Resource: '*' } as const;
    const create = { ...all, Action: 'ec2:CreateVpcEndpoint' };
    const tag = { ...all, Action: 'ec2:CreateTags' };
    const dns = { ...all, Action: 'route53:AssociateVPCWithHostedZone' };
    const asRole = async (...statements: Parameters<typeof role>[1][]) => {
      await open({ Role: role('cloudformation.amazonaws.com', ...statements) });
      return new EC2Client(world.clientOptions(String(world.stack.resources.get('Role')?.attributes.Arn)));
    };

    it.each([
      ['ec2:CreateVpcEndpoint', [tag, dns]],
      ['ec2:CreateTags', [create, dns]],
      ['route53:AssociateVPCWithHostedZone', [create, tag]],
    ])('a tagged private-DNS endpoint needs %s', async (action, statements) => {
      const ec2 = await asRole(...statements);
      await expect(ec2.send(endpoint('logs'))).rejects.toThrow(action);
    });

    it('deletes only what its condition on tags allows', async () => {
      const own = { StringEquals: { 'aws:ResourceTag/hourglass:lease': 'main' } };
      const ec2 = await asRole(create, tag, dns, { ...all, Action: 'ec2:DeleteVpcEndpoints', Condition: own });
      const mine = (await ec2.send(endpoint('logs'))).VpcEndpoint?.VpcEndpointId ?? '';
      const other = (await ec2.send(endpoint('ecr.api', { TagSpecifications: [] }))).VpcEndpoint?.VpcEndpointId ?? '';
      await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [mine] }));
      await expect(ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [other] }))).rejects.toMatchObject({
        name: 'UnauthorizedOperation',
      });
    });
  });
});
