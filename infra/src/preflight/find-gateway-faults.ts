/** Whether tasks reach S3 and DynamoDB through gateway endpoints, and none collides with another. */
import type { VpcEndpoint } from '@aws-sdk/client-ec2';
import { LEASE_TAG } from '@hourglass/shared/tags';
import type { HourglassConfig } from '../config.ts';
import { type ObservedNetwork, shortNameOf } from './observed-network.ts';

/** Whether this deployment has made it, at an earlier `deploy` or by an open lease. */
export function isOwn({ Tags = [] }: VpcEndpoint, { deployment }: HourglassConfig): boolean {
  return Tags.some(({ Key, Value }) => Key === LEASE_TAG && Value === deployment);
}

export function* findGatewayFaults(
  config: HourglassConfig,
  { endpoints, routeTables, tableOfSubnet }: ObservedNetwork,
) {
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
    const reached = config.gatewayEndpoints[service] === 'create' ? new Set(config.routeTables) : routed;
    for (const [subnet, table] of tableOfSubnet) {
      if (reached.has(table) || (config.gatewayEndpoints[service] === 'existing' && ofOthers.length === 0)) continue;
      yield config.gatewayEndpoints[service] === 'create'
        ? `routeTables: add ${table}, which ${subnet} uses, or its tasks do not reach ${service}`
        : `gatewayEndpoints.${service}: ${table}, which ${subnet} uses, has no route to the existing one`;
    }
    if (config.gatewayEndpoints[service] === 'create') {
      for (const id of config.routeTables.filter((table) => routed.has(table))) {
        yield `gatewayEndpoints.${service}: must be existing; ${id} has a route to one already`;
      }
    } else if (ofOthers.length === 0) {
      yield `gatewayEndpoints.${service}: must be create; the VPC has none`;
    } else {
      const used = new Set(tableOfSubnet.values());
      for (const id of config.routeTables.filter((table) => !routed.has(table) && !used.has(table))) {
        yield `gatewayEndpoints.${service}: ${id} has no route to the existing one`;
      }
    }
  }
}
