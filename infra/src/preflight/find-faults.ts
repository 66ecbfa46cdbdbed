/**
 * What would go wrong with this configuration in this account, told before anything is created. Each fault names its key and
 * says what would be right. Most of it CloudFormation or the first lease would find out late, and some of it never: a second
 * endpoint for a service is not refused if its private DNS is off, only paid.
 */
import type { VpcEndpoint } from '@aws-sdk/client-ec2';
import type { HourglassConfig } from '../config.ts';
import { chooseEndpointServices } from '../endpoint-services.ts';
import { leaseTag } from '../names.ts';
import { type NetworkFacts, shortNameOf } from './network-facts.ts';

/** Interface endpoints per VPC: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html */
const endpointsPerVpc = 50;

/** One line per fault; none means that nothing stands in the way. */
export function findFaults(config: HourglassConfig, facts: NetworkFacts): string[] {
  const { vpc } = facts;
  if (vpc === undefined) return [`vpcId: ${config.vpcId} is not in this account and Region`];
  return [
    ...findSubnetFaults(config, facts),
    ...findInterfaceFaults(config, facts),
    ...findGatewayFaults(config, facts),
    ...findPrefixListFaults(config, facts),
    ...findRangeFaults(config, facts),
  ];
}

function* findSubnetFaults({ vpcId, taskSubnets, endpointSubnets }: HourglassConfig, { subnets }: NetworkFacts) {
  for (const [key, ids] of Object.entries({ taskSubnets, endpointSubnets })) {
    for (const [index, id] of ids.entries()) {
      const subnet = subnets.get(id);
      if (subnet === undefined) yield `${key}[${index}]: ${id} is not in this account and Region`;
      else if (subnet.VpcId !== vpcId) yield `${key}[${index}]: ${id} is in ${subnet.VpcId}, not in ${vpcId}`;
    }
  }
  const byZone = Map.groupBy(endpointSubnets, (id) => subnets.get(id)?.AvailabilityZone);
  for (const [zone, ids] of byZone) {
    if (zone !== undefined && ids.length > 1) {
      yield `endpointSubnets: ${ids.join(' and ')} are both in ${zone}; name one subnet per Zone`;
    }
  }
}

function* findInterfaceFaults(config: HourglassConfig, { endpoints, subnets, zonesOfService, vpc }: NetworkFacts) {
  const wanted = chooseEndpointServices(config);
  for (const service of wanted) {
    const zones = zonesOfService.get(service);
    if (zones === undefined) {
      yield `commands: this Region has no interface endpoint for ${service}`;
      continue;
    }
    for (const id of config.endpointSubnets) {
      const zone = subnets.get(id)?.AvailabilityZone;
      if (zone !== undefined && !zones.includes(zone)) {
        yield `endpointSubnets: ${service} is not offered in ${zone} (${id}); choose from ${zones.join(', ')}`;
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
  if (foreign.length + wanted.length > endpointsPerVpc) {
    yield `vpcId: ${foreign.length} endpoints and ${wanted.length} more exceed ${endpointsPerVpc} per VPC, unless your quota is higher`;
  }
  if (vpc?.State !== undefined && vpc.State !== 'available') yield `vpcId: the VPC is ${vpc.State}`;
}

/** Whether this deployment has made it, at an earlier `deploy` or by an open lease. */
function isOwn({ Tags = [] }: VpcEndpoint, { deployment }: HourglassConfig): boolean {
  return Tags.some(({ Key, Value }) => Key === leaseTag && Value === deployment);
}

function* findGatewayFaults(config: HourglassConfig, { endpoints, routeTables }: NetworkFacts) {
  for (const [index, id] of config.routeTables.entries()) {
    const table = routeTables.get(id);
    if (table === undefined) yield `routeTables[${index}]: ${id} is not in this account and Region`;
    else if (table.VpcId !== config.vpcId) {
      yield `routeTables[${index}]: ${id} is in ${table.VpcId}, not in ${config.vpcId}`;
    }
  }
  for (const service of ['s3', 'dynamodb'] as const) {
    const ofOthers = endpoints.filter(
      (endpoint) =>
        endpoint.VpcEndpointType === 'Gateway' &&
        shortNameOf(endpoint.ServiceName ?? '') === service &&
        !isOwn(endpoint, config),
    );
    const routed = new Set(ofOthers.flatMap(({ RouteTableIds = [] }) => RouteTableIds));
    if (config.gatewayEndpoints[service] === 'create') {
      for (const id of config.routeTables.filter((table) => routed.has(table))) {
        yield `gatewayEndpoints.${service}: must be existing; ${id} has a route to one already`;
      }
    } else if (ofOthers.length === 0) {
      yield `gatewayEndpoints.${service}: must be create; the VPC has none`;
    } else {
      for (const id of config.routeTables.filter((table) => !routed.has(table))) {
        yield `gatewayEndpoints.${service}: ${id} has no route to the existing one`;
      }
    }
  }
}

function* findPrefixListFaults({ prefixLists }: HourglassConfig, facts: NetworkFacts) {
  for (const service of ['s3', 'dynamodb'] as const) {
    const name = facts.prefixLists.get(prefixLists[service]);
    if (name?.endsWith(`.${service}`)) continue;
    const [right] = [...facts.prefixLists].find(([, one]) => one.endsWith(`.${service}`)) ?? [];
    yield `prefixLists.${service}: must be ${right ?? "the id of this Region's list"}`;
  }
}

function* findRangeFaults({ vpcCidrs }: HourglassConfig, { vpc }: NetworkFacts) {
  const ranges = (vpc?.CidrBlockAssociationSet ?? [])
    .filter(({ CidrBlockState }) => CidrBlockState?.State === 'associated')
    .map(({ CidrBlock = '' }) => CidrBlock);
  for (const range of ranges.filter((one) => !vpcCidrs.includes(one))) {
    yield `vpcCidrs: add ${range}, or its workloads lose the services that have endpoints while these are open`;
  }
}
