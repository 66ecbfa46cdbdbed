/** EC2's operations on the wire's names (EC2 API Reference). */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import { endpointServiceName } from '../partition.ts';
import type { Operation } from '../service.ts';
import { createSurroundingOperations } from './describe-surroundings.ts';
import { type Filter, findUnknownFilter, matchesFilters } from './filters.ts';
import type { Endpoint, Network } from './network.ts';
import { describePermissions } from './security-rules.ts';
import type { Surroundings } from './surroundings.ts';

export interface WireTag {
  readonly Key: string;
  readonly Value?: string;
}

interface CreateInput {
  readonly VpcId?: string;
  readonly ServiceName?: string;
  readonly VpcEndpointType?: string;
  readonly SubnetId?: readonly string[];
  readonly SecurityGroupId?: readonly string[];
  readonly RouteTableId?: readonly string[];
  readonly PrivateDnsEnabled?: string | boolean;
  readonly PolicyDocument?: string;
  readonly TagSpecification?: readonly { readonly ResourceType?: string; readonly Tag?: readonly WireTag[] }[];
}

/** The tags a creation asks for. */
export function readTags(input: CreateInput): Map<string, string> {
  const tags = (input.TagSpecification ?? []).flatMap((specification) => specification.Tag ?? []);
  return new Map(tags.map((tag) => [tag.Key, tag.Value ?? '']));
}

/** An interface endpoint has private DNS unless the call says otherwise. */
export function wantsPrivateDns(input: CreateInput): boolean {
  return input.VpcEndpointType === 'Interface' && String(input.PrivateDnsEnabled ?? 'true') === 'true';
}

export function createEc2Operations(
  core: CloudCore,
  network: Network,
  surroundings: Surroundings,
): Readonly<Record<string, Operation>> {
  const describe = (endpoint: Endpoint) => describeEndpoint(endpoint, core, network);
  return {
    ...createSurroundingOperations(core, network, surroundings),

    CreateVpcEndpoint(input: CreateInput) {
      const type = input.VpcEndpointType ?? 'Gateway';
      if (input.VpcId === undefined || input.ServiceName === undefined) {
        throw new AwsError('MissingParameter', 'The request must contain the parameters VpcId and ServiceName');
      }
      if (type !== 'Interface' && type !== 'Gateway') {
        throw new AwsError('InvalidParameter', `The endpoint type ${type} is not simulated`);
      }
      const short = input.ServiceName.split(`amazonaws.${core.region}.`)[1] ?? '';
      if (!/^[a-z0-9.-]+$/.test(short) || input.ServiceName !== endpointServiceName(core.region, short)) {
        throw new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${input.ServiceName}' does not exist`);
      }
      const endpoint = network.create({
        type,
        vpcId: input.VpcId,
        serviceName: input.ServiceName,
        subnetIds: input.SubnetId ?? [],
        securityGroupIds: input.SecurityGroupId ?? [],
        routeTableIds: input.RouteTableId ?? [],
        privateDns: wantsPrivateDns(input),
        tags: readTags(input),
        policy: input.PolicyDocument,
      });
      return { vpcEndpoint: describe(endpoint) };
    },

    DeleteVpcEndpoints(input: { VpcEndpointId?: readonly string[] }) {
      const unsuccessful = [];
      for (const id of input.VpcEndpointId ?? []) {
        const endpoint = network.find(id);
        if (endpoint === undefined) unsuccessful.push({ resourceId: id, error: notFound(id) });
        else network.delete(endpoint);
      }
      return { unsuccessful };
    },

    DescribeVpcEndpoints(input: { VpcEndpointId?: readonly string[]; Filter?: readonly Filter[] }) {
      refuseUnknownFilter(input.Filter, ENDPOINT_FILTERS);
      const missing = input.VpcEndpointId?.find((id) => network.find(id) === undefined);
      if (missing !== undefined) {
        const { code, message } = notFound(missing);
        throw new AwsError(code, message);
      }
      const found = network
        .endpoints()
        .filter(({ id }) => input.VpcEndpointId?.includes(id) ?? true)
        .filter((endpoint) =>
          matchesFilters(input.Filter, {
            tags: endpoint.tags,
            fields: {
              'vpc-endpoint-state': [network.stateOf(endpoint)],
              'vpc-endpoint-id': [endpoint.id],
              'vpc-endpoint-type': [endpoint.type],
              'vpc-id': [endpoint.vpcId],
              'service-name': [endpoint.serviceName],
            },
          }),
        );
      return { vpcEndpointSet: found.map(describe) };
    },

    DescribeSecurityGroups(input: { GroupId?: readonly string[]; Filter?: readonly Filter[] }) {
      refuseUnknownFilter(input.Filter, ['group-id', 'group-name', 'vpc-id']);
      const groups = network
        .groups()
        .filter(({ id }) => input.GroupId?.includes(id) ?? true)
        .filter(({ id, name, vpcId, tags }) =>
          matchesFilters(input.Filter, { tags, fields: { 'group-id': [id], 'group-name': [name], 'vpc-id': [vpcId] } }),
        );
      return {
        securityGroupInfo: groups.map(({ id, name, description, vpcId, tags, rules }) => ({
          groupId: id,
          groupName: name,
          groupDescription: description,
          vpcId,
          ownerId: core.account,
          ipPermissions: describePermissions(rules, 'ingress'),
          ipPermissionsEgress: describePermissions(rules, 'egress'),
          tagSet: toTagSet(tags),
        })),
      };
    },

    DescribePrefixLists(input: { PrefixListId?: readonly string[] }) {
      const ids = input.PrefixListId ?? [];
      return { prefixListSet: ids.map((prefixListId) => ({ prefixListId })) };
    },
  };
}

/** What an endpoint has that was given none. */
const OPEN_POLICY = '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}';

const ENDPOINT_FILTERS = ['vpc-endpoint-state', 'vpc-endpoint-id', 'vpc-endpoint-type', 'vpc-id', 'service-name'];

function describeEndpoint(endpoint: Endpoint, core: CloudCore, network: Network): Record<string, unknown> {
  return {
    vpcEndpointId: endpoint.id,
    vpcEndpointType: endpoint.type,
    vpcId: endpoint.vpcId,
    serviceName: endpoint.serviceName,
    state: network.stateOf(endpoint),
    privateDnsEnabled: endpoint.privateDns,
    subnetIdSet: endpoint.subnetIds,
    groupSet: endpoint.securityGroupIds.map((groupId) => ({ groupId })),
    routeTableIdSet: endpoint.routeTableIds,
    creationTimestamp: new Date(endpoint.createdAtMs),
    ownerId: core.account,
    policyDocument: endpoint.policy ?? OPEN_POLICY,
    tagSet: toTagSet(endpoint.tags),
  };
}

function toTagSet(tags: ReadonlyMap<string, string>): { key: string; value: string }[] {
  return [...tags].map(([key, value]) => ({ key, value }));
}

function notFound(id: string): { code: string; message: string } {
  return { code: 'InvalidVpcEndpointId.NotFound', message: `The Vpc Endpoint Id '${id}' does not exist` };
}

function refuseUnknownFilter(filters: readonly Filter[] | undefined, known: readonly string[]): void {
  const unknown = findUnknownFilter(filters, known);
  if (unknown !== undefined) throw new AwsError('InvalidParameterValue', `The filter '${unknown}' is invalid`);
}
