/** What the preflight refuses, by the facts of an account. */
import { describe, expect, test } from 'vitest';
import { type HourglassConfigInput, parseConfig } from '../config.ts';
import { exampleConfig } from '../example-config.ts';
import { findFaults, type ObservedAccount } from './find-faults.ts';
import { findRemarks } from './find-remarks.ts';

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
const endpointSubnet = exampleConfig.endpointSubnets?.[0]?.subnet ?? '';

/** An account that fits the example. */
const fitting: ObservedAccount = {
  vpc: {
    VpcId: vpcId,
    State: 'available',
    CidrBlockAssociationSet: [{ CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } }],
  },
  subnets: new Map(
    [...exampleConfig.taskSubnets, endpointSubnet].map((id) => [
      id,
      { VpcId: vpcId, AvailabilityZone: zones[0] as string },
    ]),
  ),
  routeTables: new Map([[table, { VpcId: vpcId }]]),
  tableOfSubnet: new Map(exampleConfig.taskSubnets.map((id) => [id, table])),
  dns: { support: true, hostnames: true },
  nameServers: ['AmazonProvidedDNS'],
  quotas: { values: { fargateVcpus: 6, interfaceEndpointsPerVpc: 50, lambdaConcurrency: 10 }, unread: {} },
  endpoints: [interfaceTo('logs'), gatewayTo('dynamodb', [table])],
  zonesOfService: new Map(['ecr.api', 'ecr.dkr', 'git-codecommit', 'secretsmanager'].map((name) => [name, zones])),
  prefixLists: new Map([
    ['pl-00000006', 'com.amazonaws.ap-northeast-1.ipv6.s3'],
    ['pl-61a54008', 'com.amazonaws.ap-northeast-1.s3'],
    ['pl-78a54011', 'com.amazonaws.ap-northeast-1.dynamodb'],
  ]),
};
const faults = (change: Partial<ObservedAccount>, config: Partial<HourglassConfigInput> = {}) =>
  findFaults(parseConfig({ ...exampleConfig, ...config }), { ...fitting, ...change });
const withSubnet = (id: string, subnet: object) => new Map(fitting.subnets).set(id, subnet);

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
      `endpointSubnets[0].subnet: ${endpointSubnet} is in vpc-1, not in ${vpcId}`,
    ]);
    expect(faults({ subnets: new Map() })).toHaveLength(3);
  });

  test('an endpoint subnet in another Zone than is said, so that no two are in one', () => {
    const [first = '', second = ''] = exampleConfig.taskSubnets;
    const endpointSubnets = [
      { subnet: first, zone: 'ap-northeast-1a' },
      { subnet: second, zone: 'ap-northeast-1c' },
    ];
    expect(faults({}, { endpointSubnets })).toEqual([
      `endpointSubnets[1].zone: must be ap-northeast-1a, where ${second} is; name one subnet per Zone`,
    ]);
  });

  test('a route table of a task subnet that no gateway endpoint would reach', () => {
    const [subnet = ''] = exampleConfig.taskSubnets;
    expect(faults({ tableOfSubnet: new Map([[subnet, 'rtb-2']]) })).toEqual([
      `routeTables: add rtb-2, which ${subnet} uses, or its tasks do not reach s3`,
      `gatewayEndpoints.dynamodb: rtb-2, which ${subnet} uses, has no route to the existing one`,
    ]);
  });

  test('a VPC in which private DNS cannot be', () => {
    expect(faults({ dns: { support: false, hostnames: false } })).toEqual([
      `vpcId: private DNS needs enableDnsSupport (aws ec2 modify-vpc-attribute --vpc-id ${vpcId} --enable-dns-support)`,
      `vpcId: private DNS needs enableDnsHostnames (aws ec2 modify-vpc-attribute --vpc-id ${vpcId} --enable-dns-hostnames)`,
    ]);
  });

  test('what the quotas of Fargate and Lambda do not allow', () => {
    const quotas = { values: { fargateVcpus: 6, lambdaConcurrency: 8 }, unread: {} };
    expect(faults({ quotas }, { maxParallelTasks: 25 })).toEqual([
      'maxParallelTasks: 25 tasks take 6.25 vCPUs, and the quota of Fargate is 6 (Service Quotas, fargate/L-3032A538; have it raised)',
      'deployment: 9 functions may run at once, and the quota of Lambda is 8 (Service Quotas, lambda/L-B99A9384; have it raised)',
    ]);
  });

  test('a Zone that a service lacks, and a service that the Region lacks', () => {
    const without = new Map(fitting.zonesOfService).set('ecr.dkr', [zones[1] as string]);
    without.delete('secretsmanager');
    expect(faults({ zonesOfService: without })).toEqual([
      `endpointSubnets[0]: ecr.dkr is not offered in ${zones[0]} (${endpointSubnet}); choose from ${zones[1]}`,
      'commands.list-buckets.endpoints: this Region has no interface endpoint for secretsmanager',
    ]);
    without.delete('git-codecommit');
    expect(faults({ zonesOfService: without }, { commands: {} })).toEqual([
      expect.stringContaining('ecr.dkr is not offered'),
      'AWS_REGION: this Region has no interface endpoint for git-codecommit',
      'sources.networks.localhost:8080.credentials: this Region has no interface endpoint for secretsmanager',
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
      ...exampleConfig.taskSubnets.map(
        (subnet) => `gatewayEndpoints.dynamodb: ${table}, which ${subnet} uses, has no route to the existing one`,
      ),
    ]);
    const spare = 'rtb-0123456789abcdef1';
    const routeTables = new Map([...fitting.routeTables, [spare, { VpcId: vpcId }]]);
    expect(faults({ routeTables }, { routeTables: [table, spare] })).toEqual([
      `gatewayEndpoints.dynamodb: ${spare} has no route to the existing one`,
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
    expect(faults({}, { prefixLists: { s3: 'pl-00000006', dynamodb: 'pl-78a54011' } })).toEqual([
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
    expect(faults({ endpoints: [...fitting.endpoints, ...many] }).join()).toMatch(
      /48 endpoints and 4 more exceed the quota of 50 per VPC/,
    );
  });
});

test('what this deployment has itself is in nobody’s way when it is deployed again', () => {
  const Tags = (Key: string) => ({ Tags: [{ Key, Value: exampleConfig.deployment }] });
  const own = [interfaceTo('ecr.api', Tags('hourglass:lease')), gatewayTo('s3', [table], Tags('hourglass:lease'))];
  expect(faults({ endpoints: [...fitting.endpoints, ...own] })).toEqual([]);
});

describe('told, and no fault, is', () => {
  const remarks = (change: Partial<ObservedAccount>, hosts = ['git.acme.test']) =>
    findRemarks(parseConfig({ ...exampleConfig, sources: { hosts, cidrs: ['192.168.0.0/16'] } }), {
      ...fitting,
      ...change,
    });

  test('a host of the documents that was left in', () => {
    expect(remarks({}, ['git.example.com', 'example.acme.test'])).toEqual([
      'sources.hosts: git.example.com is a name for examples, which no git server has; put in your own',
    ]);
  });

  test('nothing of an account that fits', () => {
    expect(remarks({})).toEqual([]);
  });

  test('a resolver that is not the VPC’s own', () => {
    expect(remarks({ nameServers: ['10.0.0.53'] })).toEqual([
      `vpcId: ${vpcId} resolves through 10.0.0.53; they must forward amazonaws.com to the VPC's own resolver`,
    ]);
  });

  test('a quota that may not be read, which is then not checked', () => {
    const quotas = { values: {}, unread: { fargateVcpus: 'access denied' } };
    expect(remarks({ quotas })).toEqual([
      'not checked: the quota fargate/L-3032A538 (fargateVcpus) could not be read: access denied',
    ]);
    expect(faults({ quotas }, { maxParallelTasks: 100 })).toEqual([]);
  });
});
