/**
 * What would go wrong with this configuration in this account, told before anything is created. Each fault names its key and
 * says what would be right. Most of it CloudFormation or the first lease would find out late, and some of it never: a second
 * endpoint for a service is not refused if its private DNS is off, only paid.
 */
import type { HourglassConfig } from '../config.ts';
import { chooseEndpointServices } from '../endpoint-services.ts';
import { describeQuota, findDnsFaults, findQuotaFaults } from './find-account-faults.ts';
import { findGatewayFaults, isOwn } from './find-gateway-faults.ts';
import { type ObservedNetwork, shortNameOf } from './observed-network.ts';
import type { Quotas } from './quotas.ts';

/** What the preflight knows. */
export interface ObservedAccount extends ObservedNetwork {
  readonly quotas: Quotas;
}

/** One line per fault; none means that nothing stands in the way. */
export function findFaults(config: HourglassConfig, facts: ObservedAccount): string[] {
  const { vpc } = facts;
  if (vpc === undefined) return [`vpcId: ${config.vpcId} is not in this account and Region`];
  return [
    ...findSubnetFaults(config, facts),
    ...findInterfaceFaults(config, facts),
    ...findGatewayFaults(config, facts),
    ...findPrefixListFaults(config, facts),
    ...findRangeFaults(config, facts),
    ...findDnsFaults(config, facts),
    ...findQuotaFaults(config, facts.quotas),
  ];
}

function* findSubnetFaults({ vpcId, taskSubnets, endpointSubnets }: HourglassConfig, { subnets }: ObservedNetwork) {
  const named = [
    ...taskSubnets.map((id, index) => ({ key: `taskSubnets[${index}]`, id })),
    ...endpointSubnets.map(({ subnet }, index) => ({ key: `endpointSubnets[${index}].subnet`, id: subnet })),
  ];
  for (const { key, id } of named) {
    const subnet = subnets.get(id);
    if (subnet === undefined) yield `${key}: ${id} is not in this account and Region`;
    else if (subnet.VpcId !== vpcId) yield `${key}: ${id} is in ${subnet.VpcId}, not in ${vpcId}`;
  }
  // The configuration has each Zone once; so have the endpoints, if each is where the configuration says.
  for (const [index, { subnet, zone }] of endpointSubnets.entries()) {
    const real = subnets.get(subnet)?.AvailabilityZone;
    if (zone !== undefined && real !== undefined && real !== zone) {
      yield `endpointSubnets[${index}].zone: must be ${real}, where ${subnet} is; name one subnet per Zone`;
    }
  }
}

function* findInterfaceFaults(config: HourglassConfig, facts: ObservedAccount) {
  const { endpoints, subnets, zonesOfService, vpc, quotas } = facts;
  const wanted = chooseEndpointServices(config);
  for (const service of wanted) {
    const zones = zonesOfService.get(service);
    if (zones === undefined) {
      yield `${findWhoWants(config, service)}: this Region has no interface endpoint for ${service}`;
      continue;
    }
    for (const [index, { subnet }] of config.endpointSubnets.entries()) {
      const zone = subnets.get(subnet)?.AvailabilityZone;
      if (zone !== undefined && !zones.includes(zone)) {
        yield `endpointSubnets[${index}]: ${service} is not offered in ${zone} (${subnet}); choose from ${zones.join(', ')}`;
      }
    }
  }
  const foreign = endpoints.filter((endpoint) => endpoint.VpcEndpointType === 'Interface' && !isOwn(endpoint, config));
  const withPrivateDns = foreign.filter((endpoint) => endpoint.PrivateDnsEnabled);
  const present = new Set(withPrivateDns.map(({ ServiceName = '' }) => shortNameOf(ServiceName)));
  for (const service of wanted.filter((name) => present.has(name))) {
    yield `existingEndpoints: add ${service}; the VPC has it with private DNS, and a second one would be refused`;
  }
  for (const service of config.existingEndpoints.filter((name) => !present.has(name))) {
    yield `existingEndpoints: remove ${service}; the VPC has no such endpoint with private DNS`;
  }
  const { interfaceEndpointsPerVpc: most } = quotas.values;
  if (most !== undefined && foreign.length + wanted.length > most) {
    yield `vpcId: ${foreign.length} endpoints and ${wanted.length} more exceed the quota of ${most} per VPC${describeQuota('interfaceEndpointsPerVpc')}`;
  }
  if (vpc?.State !== undefined && vpc.State !== 'available') yield `vpcId: the VPC is ${vpc.State}`;
}

/** The key because of which a service gets an endpoint; what every task needs, another Region would have to have. */
function findWhoWants({ commands, sources }: HourglassConfig, service: string): string {
  const [command] = Object.entries(commands).find(([, { endpoints }]) => endpoints.includes(service)) ?? [];
  if (command !== undefined) return `commands.${command}.endpoints`;
  const [host] =
    Object.entries(sources.networks).find(([, { credentials }]) => credentials && 'secretArn' in credentials) ?? [];
  return service === 'secretsmanager' ? `sources.networks.${host}.credentials` : 'AWS_REGION';
}

function* findPrefixListFaults({ prefixLists }: HourglassConfig, facts: ObservedNetwork) {
  for (const service of ['s3', 'dynamodb'] as const) {
    // By its whole name: there is an `ipv6.s3` too.
    const isRight = (name = '') => shortNameOf(name) === service;
    if (isRight(facts.prefixLists.get(prefixLists[service]))) continue;
    const [right] = [...facts.prefixLists].find(([, name]) => isRight(name)) ?? [];
    yield `prefixLists.${service}: must be ${right ?? "the id of this Region's list"}`;
  }
}

function* findRangeFaults({ vpcCidrs }: HourglassConfig, { vpc }: ObservedNetwork) {
  const ranges = (vpc?.CidrBlockAssociationSet ?? [])
    .filter(({ CidrBlockState }) => CidrBlockState?.State === 'associated')
    .map(({ CidrBlock = '' }) => CidrBlock);
  for (const range of ranges.filter((one) => !vpcCidrs.includes(one))) {
    yield `vpcCidrs: add ${range}, or its workloads lose the services that have endpoints while these are open`;
  }
}
