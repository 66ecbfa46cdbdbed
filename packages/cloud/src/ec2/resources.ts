/** CloudFormation's EC2 types. What a stack creates at run time goes through IAM as the stack's role, like any call. */
import type { CloudCore, CreatedResource, ResourceContext, ResourceType } from '../core.ts';
import type { Operation } from '../service.ts';
import type { Network } from './network.ts';
import { everythingOut, readRule, type SecurityRule } from './security-rules.ts';

type Ask = (operation: string, input: Record<string, unknown>) => Promise<unknown>;

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export function createEc2Types(
  core: CloudCore,
  network: Network,
  operations: Readonly<Record<string, Operation>>,
): Readonly<Record<string, ResourceType>> {
  const ask = ({ principal }: ResourceContext): Ask =>
    principal === undefined
      ? async (operation, input) => operations[operation]?.(input, ownCall(core))
      : (operation, input) => core.call('ec2', operation, input, principal);
  const rule = (way: SecurityRule['way']): ResourceType => ({
    create(properties) {
      const id = `sgr-${core.newHex(17)}`;
      network.group(properties.GroupId)?.rules.set(id, readRule(way, properties));
      return { ref: id, attributes: {} };
    },
    delete: (ref, properties) => void network.group(properties.GroupId)?.rules.delete(ref),
  });
  return {
    'AWS::EC2::VPCEndpoint': {
      create: (properties, context) => createEndpoint(properties, context, ask(context), network),
      delete: async (ref, _properties, context) => {
        const byId = { Filter: [{ Name: 'vpc-endpoint-id', Value: [ref] }] };
        const { vpcEndpointSet } = (await ask(context)('DescribeVpcEndpoints', byId)) as { vpcEndpointSet: unknown[] };
        // One that somebody has deleted by hand is gone, which is what was asked for.
        if (vpcEndpointSet.length > 0) await ask(context)('DeleteVpcEndpoints', { VpcEndpointId: [ref] });
      },
    },
    'AWS::EC2::SecurityGroup': {
      create(properties, context) {
        const id = `sg-${core.newHex(17)}`;
        const name = String(properties.GroupName ?? context.generatedName());
        const tags = new Map<string, string>((properties.Tags ?? []).map((tag: Tag) => [tag.Key, tag.Value]));
        const { GroupDescription, VpcId: vpcId, SecurityGroupIngress = [], SecurityGroupEgress } = properties;
        const rules = [
          ...SecurityGroupIngress.map((one: object) => readRule('ingress', one)),
          ...(SecurityGroupEgress?.map((one: object) => readRule('egress', one)) ?? [everythingOut]),
        ];
        network.addGroup({
          id,
          name,
          description: String(GroupDescription),
          vpcId,
          tags,
          rules: new Map(rules.map((one, index) => [`${id}/${index}`, one])),
        });
        return { ref: id, attributes: { GroupId: id, Id: id, VpcId: properties.VpcId } };
      },
      delete: (ref) => network.deleteGroup(ref),
    },
    'AWS::EC2::SecurityGroupIngress': rule('ingress'),
    'AWS::EC2::SecurityGroupEgress': rule('egress'),
  };
}

async function createEndpoint(
  // biome-ignore lint/suspicious/noExplicitAny: a template's properties.
  properties: any,
  context: ResourceContext,
  ask: Ask,
  network: Network,
): Promise<CreatedResource> {
  // A stack's tags go on its resources; where both name a key, the resource's own wins.
  const merged = new Map(
    [...context.stackTags, ...((properties.Tags ?? []) as Tag[])].map((tag) => [tag.Key, tag.Value]),
  );
  const tags = [...merged].map(([Key, Value]) => ({ Key, Value }));
  const answer = (await ask('CreateVpcEndpoint', {
    VpcId: properties.VpcId,
    ServiceName: properties.ServiceName,
    VpcEndpointType: properties.VpcEndpointType ?? 'Gateway',
    SubnetId: properties.SubnetIds,
    SecurityGroupId: properties.SecurityGroupIds,
    RouteTableId: properties.RouteTableIds,
    PolicyDocument: properties.PolicyDocument === undefined ? undefined : JSON.stringify(properties.PolicyDocument),
    // CloudFormation's default differs from the API's.
    PrivateDnsEnabled: String(properties.PrivateDnsEnabled ?? false),
    ...(tags.length > 0 ? { TagSpecification: [{ ResourceType: 'vpc-endpoint', Tag: tags }] } : {}),
  })) as { vpcEndpoint: { vpcEndpointId: string; creationTimestamp: Date } };
  const { vpcEndpointId: id, creationTimestamp } = answer.vpcEndpoint;
  // CloudFormation looks at what it made until it is available, so its role must be allowed to.
  await ask('DescribeVpcEndpoints', { VpcEndpointId: [id] });
  const endpoint = network.find(id);
  endpoint?.tags.set('aws:cloudformation:stack-name', context.stackName);
  endpoint?.tags.set('aws:cloudformation:stack-id', context.stackId);
  endpoint?.tags.set('aws:cloudformation:logical-id', context.logicalId);
  return { ref: id, attributes: { Id: id, CreationTimestamp: creationTimestamp.toISOString() } };
}

function ownCall(core: CloudCore): Parameters<Operation>[1] {
  return {
    principal: { kind: 'root', arn: `arn:${core.partition}:iam::${core.account}:root` },
    nowMs: core.clock.nowMs(),
    region: core.region,
    account: core.account,
    requestId: core.newUuid(),
    rawBody: '',
  };
}
