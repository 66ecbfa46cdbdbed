/** EC2's Describe operations of the network that users bring, on the wire's names. */
import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { Operation } from '../service.ts';
import { type Filter, matchesFilters } from './filters.ts';
import type { Network } from './network.ts';
import type { RouteTable, Surroundings, Vpc } from './surroundings.ts';

interface Asked {
  readonly Filter?: readonly Filter[];
}

const none: ReadonlyMap<string, string> = new Map();

export function createSurroundingOperations(
  core: CloudCore,
  network: Network,
  surroundings: Surroundings,
): Readonly<Record<string, Operation>> {
  const holds = (filters: readonly Filter[] | undefined, fields: Record<string, string[]>) =>
    matchesFilters(filters, { tags: none, fields });
  const wantedIds = (ids: readonly string[] | undefined, filters: readonly Filter[] | undefined, name: string) =>
    ids ?? filters?.find(({ Name }) => Name === name)?.Value;

  return {
    DescribeVpcs(input: Asked & { VpcId?: readonly string[] }) {
      for (const { vpcId } of network.groups()) surroundings.mentionVpc(vpcId);
      const found = [...surroundings.vpcs].filter(
        ([id, vpc]) =>
          (input.VpcId?.includes(id) ?? true) && holds(input.Filter, { 'vpc-id': [id], state: [vpc.state] }),
      );
      const missing = input.VpcId?.find((id) => !surroundings.vpcs.has(id));
      if (missing !== undefined) throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${missing}' does not exist`);
      return { vpcSet: found.map(([id, vpc]) => describeVpc(id, vpc)) };
    },

    DescribeVpcAttribute(input: { VpcId?: string; Attribute?: string }) {
      const vpc = surroundings.vpcs.get(String(input.VpcId));
      if (vpc === undefined) throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${input.VpcId}' does not exist`);
      return {
        vpcId: input.VpcId,
        ...(input.Attribute === 'enableDnsSupport' && { enableDnsSupport: { value: vpc.dnsSupport } }),
        ...(input.Attribute === 'enableDnsHostnames' && { enableDnsHostnames: { value: vpc.dnsHostnames } }),
      };
    },

    DescribeDhcpOptions(input: Asked) {
      const found = [...surroundings.vpcs]
        .filter(([, { nameServers }]) => nameServers.length > 0)
        .filter(([id]) => holds(input.Filter, { 'dhcp-options-id': [dhcpOptionsOf(id)] }));
      return {
        dhcpOptionsSet: found.map(([id, { nameServers }]) => ({
          dhcpOptionsId: dhcpOptionsOf(id),
          dhcpConfigurationSet: [{ key: 'domain-name-servers', valueSet: nameServers.map((value) => ({ value })) }],
        })),
      };
    },

    DescribeSubnets(input: Asked & { SubnetId?: readonly string[] }) {
      const ids = wantedIds(input.SubnetId, input.Filter, 'subnet-id') ?? [...surroundings.subnets.keys()];
      const found = ids.flatMap((id) => {
        const subnet = surroundings.findSubnet(id, (one) => network.zoneOf(one));
        return subnet === undefined ? [] : [{ id, ...subnet }];
      });
      return {
        subnetSet: found
          .filter(({ id, vpcId }) => holds(input.Filter, { 'subnet-id': [id], 'vpc-id': [vpcId] }))
          .map(({ id, vpcId, zone, freeAddresses, ipv6Native }) => ({
            subnetId: id,
            vpcId,
            availabilityZone: zone,
            availableIpAddressCount: freeAddresses,
            ipv6Native,
            state: 'available',
            ownerId: surroundings.vpcs.get(vpcId)?.ownerId,
          })),
      };
    },

    DescribeRouteTables(input: Asked & { RouteTableId?: readonly string[] }) {
      for (const { routeTableIds, vpcId } of network.endpoints()) {
        for (const id of routeTableIds) surroundings.mentionRouteTable(id, vpcId);
      }
      const found = [...surroundings.routeTables]
        .filter(([id]) => input.RouteTableId?.includes(id) ?? true)
        .filter(([id, { vpcId }]) => holds(input.Filter, { 'route-table-id': [id], 'vpc-id': [vpcId] }));
      return { routeTableSet: found.map(([id, table]) => describeRouteTable(id, table)) };
    },

    DescribeVpcEndpointServices(input: Asked & { ServiceName?: readonly string[] }) {
      const names = wantedIds(input.ServiceName, input.Filter, 'service-name') ?? [];
      const found = names.flatMap((serviceName) => {
        const zones = surroundings.zonesOf(serviceName.split('.').slice(3).join('.'));
        return zones === undefined
          ? []
          : [{ serviceName, availabilityZoneSet: zones, serviceType: [{ serviceType: 'Interface' }] }];
      });
      return { serviceNameSet: found.map(({ serviceName }) => serviceName), serviceDetailSet: found };
    },

    DescribeManagedPrefixLists: (input: Asked) => ({
      prefixListSet: [...surroundings.prefixLists]
        .filter(([id]) => holds(input.Filter, { 'owner-id': ['AWS'], 'prefix-list-id': [id] }))
        .map(([prefixListId, service]) => ({
          prefixListId,
          prefixListName: `com.amazonaws.${core.region}.${service}`,
          ownerId: 'AWS',
        })),
    }),

    DescribeNetworkInterfaces: () => {
      const count = network
        .endpoints()
        .reduce((sum, { subnetIds }) => sum + subnetIds.length, surroundings.otherInterfaces);
      return {
        networkInterfaceSet: Array.from({ length: count }, (_, index) => ({
          networkInterfaceId: `eni-${String(index).padStart(17, '0')}`,
        })),
      };
    },
  };
}

function describeVpc(vpcId: string, vpc: Vpc): Record<string, unknown> {
  return {
    vpcId,
    state: vpc.state,
    ownerId: vpc.ownerId,
    isDefault: false,
    cidrBlock: vpc.cidrs[0],
    cidrBlockAssociationSet: vpc.cidrs.map((cidrBlock) => ({ cidrBlock, cidrBlockState: { state: 'associated' } })),
    dhcpOptionsId: vpc.nameServers.length > 0 ? dhcpOptionsOf(vpcId) : 'default',
  };
}

function describeRouteTable(routeTableId: string, table: RouteTable): Record<string, unknown> {
  return {
    routeTableId,
    vpcId: table.vpcId,
    associationSet: [
      ...(table.isMain ? [{ main: true }] : []),
      ...table.subnets.map((subnetId) => ({ main: false, subnetId })),
    ],
    routeSet: table.routes.map(({ cidr, target, state }) => ({
      destinationCidrBlock: cidr,
      [target.startsWith('tgw-') ? 'transitGatewayId' : 'gatewayId']: target,
      state,
    })),
  };
}

function dhcpOptionsOf(vpcId: string): string {
  return vpcId.replace('vpc-', 'dopt-');
}
