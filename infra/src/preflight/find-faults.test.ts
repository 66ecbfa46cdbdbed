/** What the preflight refuses, by the facts of an account. */
import { describe, expect, test } from 'vitest';
import { type HourglassConfigInput, parseConfig } from '../config.ts';
import { exampleConfig } from '../example-config.ts';
import { findFaults } from './find-faults.ts';
import type { NetworkFacts } from './network-facts.ts';

const vpcId = exampleConfig.vpcId;
const zones = ['ap-northeast-1a', 'ap-northeast-1c'];
const interfaceTo = (service: string, more: object = {}) => ({
  VpcEndpointType: 'Interface' as const,
  ServiceName: `com.amazonaws.ap-northeast-1.${service}`,
  PrivateDnsEnabled: true,
  ...more,
});
const gatewayTo = (service: string, RouteTableIds: string[], more: object = {}) => ({
  VpcEndpointType: 'Gateway' as const,
  ServiceName: `com.amazonaws.ap-northeast-1.${service}`,
  RouteTableIds,
  ...more,
});
const [table = ''] = exampleConfig.routeTables ?? [];

/** An account that fits the example. */
const fitting: NetworkFacts = {
  vpc: {
    VpcId: vpcId,
    State: 'available',
    CidrBlockAssociationSet: [{ CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } }],
  },
  subnets: new Map(
    [...exampleConfig.taskSubnets, ...exampleConfig.endpointSubnets].map((id) => [
      id,
      { VpcId: vpcId, AvailabilityZone: zones[0] as string },
    ]),
  ),
  routeTables: new Map([[table, { VpcId: vpcId }]]),
  endpoints: [interfaceTo('logs'), gatewayTo('dynamodb', [table])],
  zonesOfService: new Map(['ecr.api', 'ecr.dkr', 'git-codecommit', 'secretsmanager'].map((name) => [name, zones])),
  prefixLists: new Map([
    ['pl-61a54008', 'com.amazonaws.ap-northeast-1.s3'],
    ['pl-78a54011', 'com.amazonaws.ap-northeast-1.dynamodb'],
  ]),
};
const faults = (change: Partial<NetworkFacts>, config: Partial<HourglassConfigInput> = {}) =>
  findFaults(parseConfig({ ...exampleConfig, ...config }), { ...fitting, ...change });
const withSubnet = (id: string, subnet: object) => new Map(fitting.subnets).set(id, subnet);
const [endpointSubnet = ''] = exampleConfig.endpointSubnets;

test('an account that fits has no faults', () => {
  expect(faults({})).toEqual([]);
});

describe('refused is', () => {
  test('a VPC that is not there, and nothing else is told then', () => {
    expect(faults({ vpc: undefined, subnets: new Map() })).toEqual([
      `vpcId: ${vpcId} is not in this account and Region`,
    ]);
  });

  test('a subnet of another VPC, or of none', () => {
    const elsewhere = { VpcId: 'vpc-1', AvailabilityZone: zones[0] };
    expect(faults({ subnets: withSubnet(endpointSubnet, elsewhere) })).toEqual([
      `endpointSubnets[0]: ${endpointSubnet} is in vpc-1, not in ${vpcId}`,
    ]);
    expect(faults({ subnets: new Map() })).toHaveLength(3);
  });

  test('two endpoint subnets in one Zone', () => {
    const [first = '', second = ''] = exampleConfig.taskSubnets;
    expect(faults({}, { endpointSubnets: [first, second] })).toEqual([
      `endpointSubnets: ${first} and ${second} are both in ${zones[0]}; name one subnet per Zone`,
    ]);
  });

  test('a Zone that a service lacks, and a service that the Region lacks', () => {
    const without = new Map(fitting.zonesOfService).set('ecr.dkr', [zones[1] as string]);
    without.delete('secretsmanager');
    expect(faults({ zonesOfService: without })).toEqual([
      `endpointSubnets: ecr.dkr is not offered in ${zones[0]} (${endpointSubnet}); choose from ${zones[1]}`,
      'commands: this Region has no interface endpoint for secretsmanager',
    ]);
  });

  test('an endpoint with private DNS that the VPC has already, and one it is said to have but lacks', () => {
    const endpoints = [interfaceTo('ecr.api'), gatewayTo('dynamodb', [table])];
    expect(faults({ endpoints })).toEqual([
      'existingEndpoints: add ecr.api; the VPC has it with private DNS, and a second one would be refused',
      'existingEndpoints: remove logs; the VPC has no such endpoint with private DNS',
    ]);
  });

  test('a gateway endpoint that is there already, or is not, or lacks a route table', () => {
    const s3 = gatewayTo('s3', [table]);
    expect(faults({ endpoints: [...fitting.endpoints, s3] })).toEqual([
      `gatewayEndpoints.s3: must be existing; ${table} has a route to one already`,
    ]);
    expect(faults({ endpoints: [interfaceTo('logs')] })).toEqual([
      'gatewayEndpoints.dynamodb: must be create; the VPC has none',
    ]);
    expect(faults({ endpoints: [interfaceTo('logs'), gatewayTo('dynamodb', [])] })).toEqual([
      `gatewayEndpoints.dynamodb: ${table} has no route to the existing one`,
    ]);
  });

  test('a route table of another VPC, or of none', () => {
    expect(faults({ routeTables: new Map([[table, { VpcId: 'vpc-1' }]]) })).toEqual([
      `routeTables[0]: ${table} is in vpc-1, not in ${vpcId}`,
    ]);
    expect(faults({ routeTables: new Map() })).toEqual([`routeTables[0]: ${table} is not in this account and Region`]);
  });

  test("another Region's prefix list, with the right one", () => {
    expect(faults({}, { prefixLists: { s3: 'pl-00000001', dynamodb: 'pl-78a54011' } })).toEqual([
      'prefixLists.s3: must be pl-61a54008',
    ]);
  });

  test("a range of the VPC that could not use the endpoints' services any more", () => {
    const vpc = {
      CidrBlockAssociationSet: [{ CidrBlock: '10.9.0.0/16', CidrBlockState: { State: 'associated' as const } }],
    };
    expect(faults({ vpc })).toEqual([
      'vpcCidrs: add 10.9.0.0/16, or its workloads lose the services that have endpoints while these are open',
    ]);
  });

  test('more endpoints than a VPC holds', () => {
    const many = Array.from({ length: 47 }, (_, n) => interfaceTo(`own-${n}`));
    expect(faults({ endpoints: [...fitting.endpoints, ...many] }).join()).toMatch(/48 endpoints and 4 more exceed 50/);
  });
});

test('what this deployment has itself is in nobody’s way when it is deployed again', () => {
  const Tags = (Key: string) => ({ Tags: [{ Key, Value: exampleConfig.deployment }] });
  const own = [interfaceTo('ecr.api', Tags('hourglass:lease')), gatewayTo('s3', [table], Tags('hourglass:lease'))];
  expect(faults({ endpoints: [...fitting.endpoints, ...own] })).toEqual([]);
});
