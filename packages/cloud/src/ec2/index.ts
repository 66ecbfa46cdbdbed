/** The little of EC2 that is needed: VPC endpoints with their lifetimes, security groups, and looking at VPCs and subnets. */
import type { CloudCore, CloudPart } from '../core.ts';
import type { Route } from '../service.ts';
import { listDemands } from './demands.ts';
import { type EndpointLifetime, Network, type NetworkOptions } from './network.ts';
import { createEc2Operations } from './operations.ts';
import { createEc2Types } from './resources.ts';
import { Surroundings } from './surroundings.ts';

export type { EndpointLifetime, NetworkOptions } from './network.ts';

export interface Ec2Part extends CloudPart {
  /** Every endpoint there ever was, oldest first, with its times: for invariants and for what it costs. */
  lifetimes(): readonly EndpointLifetime[];
  /** Endpoints and security groups. */
  readonly network: Network;
  /** What users bring, and the Region offers; tests change it. */
  readonly surroundings: Surroundings;
  /** How what stands in these groups reaches a service: by an endpoint of its VPC. Undefined: it does not. */
  routeOf(securityGroupIds: readonly string[], service: string): Route | undefined;
}

export function createEc2Part(core: CloudCore, options: NetworkOptions = {}): Ec2Part {
  const network = new Network(core, options);
  const surroundings = new Surroundings(core, options);
  const operations = createEc2Operations(core, network, surroundings);
  return {
    services: [
      {
        id: 'ec2',
        protocol: 'ec2Query',
        xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
        operations,
        authorize: (operation, input) => listDemands(operation, input, core, network),
      },
    ],
    resourceTypes: createEc2Types(core, network, operations),
    network,
    surroundings,
    lifetimes: () => network.lifetimes(),
    routeOf([groupId = ''], service) {
      const vpcId = network.group(groupId)?.vpcId;
      const serviceName = `com.amazonaws.${core.region}.${service}`;
      // A gateway endpoint is a route: it works when it is there.
      const found = network
        .endpoints()
        .find(
          (one) =>
            one.vpcId === vpcId &&
            one.serviceName === serviceName &&
            (one.type === 'Gateway' || network.stateOf(one) === 'available'),
        );
      return found && { vpcId: found.vpcId, endpointId: found.id };
    },
  };
}
