/** EC2's operations on the wire's names (EC2 API Reference). */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { Operation } from '../service.ts';
import { type Filter, findUnknownFilter, matchesFilters } from './filters.ts';
import type { Endpoint, Network } from './network.ts';

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
  readonly TagSpecification?: readonly { readonly ResourceType?: string; readonly Tag?: readonly WireTag[] }[];
}

/** The tags a creation asks for. */
export function readTags(input: CreateInput): Map<string, string> {
  const tags = (input.TagSpecification ?? []).flatMap((specification) => specification.Tag ?? []);
  return new Map(tags.map((tag) => [tag.Key, tag.Value ?? '']));
}

/** An interface endpoint has private DNS unless it is told otherwise. */
export function wantsPrivateDns(input: CreateInput): boolean {
  return input.VpcEndpointType === 'Interface' && String(input.PrivateDnsEnabled ?? 'true') === 'true';
}

export function createEc2Operations(core: CloudCore, network: Network): Readonly<Record<string, Operation>> {
  const describe = (endpoint: Endpoint) => describeEndpoint(endpoint, core, network);
  return {
    CreateVpcEndpoint(input: CreateInput) {
      const type = input.VpcEndpointType ?? 'Gateway';
      if (input.VpcId === undefined || input.ServiceName === undefined) {
        throw new AwsError('MissingParameter', 'The request must contain the parameters VpcId and ServiceName');
      }
      if (type !== 'Interface' && type !== 'Gateway') {
        throw new AwsError('InvalidParameter', `The endpoint type ${type} is not simulated`);
      }
      if (!new RegExp(`^com\\.amazonaws\\.${core.region}\\.[a-z0-9.-]+$`).test(input.ServiceName)) {
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

    DescribeVpcs(input: { VpcId?: readonly string[] }) {
      const told = network.subnets().map(({ vpcId }) => vpcId);
      const ids = input.VpcId ?? [...new Set([...told, ...network.groups().map(({ vpcId }) => vpcId)])];
      return { vpcSet: ids.map((vpcId) => ({ vpcId, state: 'available', ownerId: core.account, isDefault: false })) };
    },

    DescribeSubnets(input: { SubnetId?: readonly string[] }) {
      const told = new Map(network.subnets().map((subnet) => [subnet.id, subnet]));
      const ids = input.SubnetId ?? [...told.keys()];
      return {
        subnetSet: ids.map((subnetId) => ({
          subnetId,
          vpcId: told.get(subnetId)?.vpcId,
          availabilityZone: network.zoneOf(subnetId),
          state: 'available',
          ownerId: core.account,
        })),
      };
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
        securityGroupInfo: groups.map(({ id, name, description, vpcId, tags }) => ({
          groupId: id,
          groupName: name,
          groupDescription: description,
          vpcId,
          ownerId: core.account,
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
