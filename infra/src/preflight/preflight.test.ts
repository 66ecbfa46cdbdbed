/** What the preflight refuses, by what an account has. */
import { checkAccount, type ObservedAccount } from '@hourglass/operations/checks';
import { describe, expect, test } from 'vitest';
import { type HourglassConfigInput, parseConfig } from '../config.ts';
import { exampleConfig } from '../example-config.ts';
import { needsOf } from '../needs.ts';
import { writeLine } from './preflight.ts';

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
  region: 'ap-northeast-1',
  account: '111111111111',
  hostedZones: [],
  interfaces: 3,
  credentials: [],
  mirrorKeys: new Map(),
  readers: [],
  unasked: [],
  vpc: {
    VpcId: vpcId,
    OwnerId: '111111111111',
    State: 'available',
    CidrBlockAssociationSet: [{ CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } }],
  },
  subnets: new Map(
    [...exampleConfig.taskSubnets, endpointSubnet].map((id) => [
      id,
      { VpcId: vpcId, AvailabilityZone: zones[0] as string, AvailableIpAddressCount: 250 },
    ]),
  ),
  routeTables: new Map([[table, { VpcId: vpcId }]]),
  routes: new Map([[table, [{ DestinationCidrBlock: '192.168.0.0/16', GatewayId: 'vgw-1', State: 'active' }]]]),
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
const found = (change: Partial<ObservedAccount>, config: Partial<HourglassConfigInput> = {}) =>
  checkAccount(needsOf(parseConfig({ ...exampleConfig, ...config })), { ...fitting, ...change });
const faults = (...given: Parameters<typeof found>) =>
  found(...given)
    .filter(({ level }) => level === 'fault')
    .map(writeLine);
const withSubnet = (id: string, subnet: object) => new Map(fitting.subnets).set(id, subnet);

test('an account that fits has no faults', () => {
  expect(faults({})).toEqual([]);
});

describe('refused is', () => {
  test('a VPC that is not there, and nothing else is reported then', () => {
    expect(faults({ vpc: undefined, subnets: new Map() })).toEqual([
      `vpcId: ${vpcId} is not in this account and Region; correct the id, or the Region and account that are asked`,
    ]);
  });

  test('a subnet of another VPC, or of none', () => {
    const elsewhere = { VpcId: 'vpc-1', AvailabilityZone: zones[0] };
    expect(faults({ subnets: withSubnet(endpointSubnet, elsewhere) })).toEqual([
      `endpointSubnets[0].subnet: ${endpointSubnet} is in vpc-1, not in ${vpcId}; name a subnet of ${vpcId}`,
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
      `endpointSubnets[1].zone: is ap-northeast-1c, and ${second} is in ap-northeast-1a; it must be ap-northeast-1a; name one subnet per Zone`,
    ]);
  });

  test('a route table of a task subnet that no gateway endpoint would reach', () => {
    const [subnet = ''] = exampleConfig.taskSubnets;
    expect(faults({ tableOfSubnet: new Map([[subnet, 'rtb-2']]) })).toEqual([
      `routeTables: rtb-2, which ${subnet} uses, is not among them, so that its tasks do not reach s3; add rtb-2`,
      `gatewayEndpoints.dynamodb: rtb-2, which ${subnet} uses, has no route to the existing one; add rtb-2 to the endpoint`,
      expect.stringContaining('rtb-2, which'),
    ]);
  });

  test('a VPC in which private DNS cannot be', () => {
    expect(faults({ dns: { support: false, hostnames: false } })).toEqual([
      `vpcId: private DNS needs enableDnsSupport, which is off in ${vpcId}; aws ec2 modify-vpc-attribute --vpc-id ${vpcId} --enable-dns-support`,
      `vpcId: private DNS needs enableDnsHostnames, which is off in ${vpcId}; aws ec2 modify-vpc-attribute --vpc-id ${vpcId} --enable-dns-hostnames`,
    ]);
  });

  test('what the quotas of Fargate and Lambda do not allow', () => {
    const quotas = { values: { fargateVcpus: 6, lambdaConcurrency: 8 }, unread: {} };
    expect(faults({ quotas }, { maxParallelTasks: 25 })).toEqual([
      'maxParallelTasks: 25 tasks take 6.25 vCPUs, and the quota of Fargate is 6; have the quota fargate/L-3032A538 raised in Service Quotas',
      'deployment: 9 functions may run at once, and the quota of Lambda is 8; have the quota lambda/L-B99A9384 raised in Service Quotas',
    ]);
  });

  test('a Zone that a service lacks, and a service that the Region lacks', () => {
    const without = new Map(fitting.zonesOfService).set('ecr.dkr', [zones[1] as string]);
    without.delete('secretsmanager');
    expect(faults({ zonesOfService: without })).toEqual([
      `endpointSubnets[0]: ecr.dkr is not offered in ${zones[0]} (${endpointSubnet}); choose from ${zones[1]}`,
      'commands.list-buckets.endpoints: this Region has no interface endpoint for secretsmanager; deploy in another Region, or leave it out',
    ]);
    without.delete('git-codecommit');
    expect(faults({ zonesOfService: without }, { commands: {} })).toEqual([
      expect.stringContaining('ecr.dkr is not offered'),
      'AWS_REGION: this Region has no interface endpoint for git-codecommit; deploy in another Region, or leave it out',
      'sources.networks.localhost:8080.credentials: this Region has no interface endpoint for secretsmanager; deploy in another Region, or leave it out',
    ]);
  });

  test('an endpoint with private DNS that the VPC has already, and one it is said to have but lacks', () => {
    const endpoints = [interfaceTo('ecr.api'), gatewayTo('dynamodb', [table])];
    expect(faults({ endpoints })).toEqual([
      'existingEndpoints: the VPC has ecr.api with private DNS, and a second one would be refused; add ecr.api',
      'existingEndpoints: the VPC has no endpoint for logs with private DNS; remove logs',
    ]);
  });

  test('a gateway endpoint that is there already, or is not, or lacks a route table', () => {
    const s3 = gatewayTo('s3', [table]);
    expect(faults({ endpoints: [...fitting.endpoints, s3] })).toEqual([
      `gatewayEndpoints.s3: ${table} has a route to one already; it must be existing`,
    ]);
    expect(faults({ endpoints: [interfaceTo('logs')] })).toEqual([
      'gatewayEndpoints.dynamodb: the VPC has none; it must be create',
    ]);
    expect(faults({ endpoints: [interfaceTo('logs'), gatewayTo('dynamodb', [])] })).toEqual([
      ...exampleConfig.taskSubnets.map(
        (subnet) =>
          `gatewayEndpoints.dynamodb: ${table}, which ${subnet} uses, has no route to the existing one; add ${table} to the endpoint`,
      ),
    ]);
    const spare = 'rtb-0123456789abcdef1';
    const routeTables = new Map([...fitting.routeTables, [spare, { VpcId: vpcId }]]);
    expect(faults({ routeTables }, { routeTables: [table, spare] })).toEqual([
      `gatewayEndpoints.dynamodb: ${spare} has no route to the existing one; add ${spare} to the endpoint`,
    ]);
  });

  test('a route table of another VPC, or of none', () => {
    expect(faults({ routeTables: new Map([[table, { VpcId: 'vpc-1' }]]) })).toEqual([
      `routeTables[0]: ${table} is in vpc-1, not in ${vpcId}; name a route table of ${vpcId}`,
    ]);
    expect(faults({ routeTables: new Map() })).toEqual([
      `routeTables[0]: ${table} is not in this account and Region; correct the id`,
    ]);
  });

  test("another Region's prefix list, with the right one", () => {
    expect(faults({}, { prefixLists: { s3: 'pl-00000001', dynamodb: 'pl-78a54011' } })).toEqual([
      'prefixLists.s3: pl-00000001 is not the list of s3 in this Region; it must be pl-61a54008',
    ]);
    expect(faults({}, { prefixLists: { s3: 'pl-00000006', dynamodb: 'pl-78a54011' } })).toEqual([
      'prefixLists.s3: pl-00000006 is not the list of s3 in this Region; it must be pl-61a54008',
    ]);
  });

  test("a range of the VPC that could not use the endpoints' services any more", () => {
    const vpc = {
      CidrBlockAssociationSet: [{ CidrBlock: '10.9.0.0/16', CidrBlockState: { State: 'associated' as const } }],
    };
    expect(faults({ vpc })).toEqual([
      'vpcCidrs: 10.9.0.0/16 is a range of the VPC, and its workloads lose the services that have endpoints while these are open; add 10.9.0.0/16',
    ]);
  });

  test('a VPC that another account shares, since a participant makes no endpoints there', () => {
    expect(faults({ vpc: { ...fitting.vpc, OwnerId: '222222222222' } })).toEqual([
      `vpcId: ${vpcId} is shared by the account 222222222222, and a participant can make no endpoints in it; deploy in the account 222222222222, or use a VPC of this account`,
    ]);
  });

  test('a subnet for IPv6 alone, and subnets without enough addresses', () => {
    const seen = { VpcId: vpcId, AvailabilityZone: zones[0] as string };
    expect(faults({ subnets: withSubnet(endpointSubnet, { ...seen, Ipv6Native: true }) }).join()).toMatch(
      /^endpointSubnets\[0\][.]subnet: .* is for IPv6 alone/,
    );
    const [task = ''] = exampleConfig.taskSubnets;
    expect(faults({ subnets: withSubnet(task, { ...seen, AvailableIpAddressCount: 0 }) })).toEqual([
      `taskSubnets[0]: ${task} has no free addresses, and a task needs one; free some, or name a larger subnet`,
    ]);
    expect(faults({ subnets: withSubnet(endpointSubnet, { ...seen, AvailableIpAddressCount: 2 }) })).toEqual([
      `endpointSubnets[0].subnet: ${endpointSubnet} has only 2 free addresses, and the 4 endpoints need one each; free some, or name a larger subnet`,
    ]);
  });

  test('a bucket, a secret or a key whose policy would deny what a task must do', () => {
    const readers = ['arn:aws:iam::111111111111:root'];
    const deny = (Action: string, more: object = {}) =>
      JSON.stringify({ Statement: { Effect: 'Deny', Principal: '*', Action, Resource: '*', ...more } });
    const place = { bucket: 'team-git', key: 'git.json', kmsKeyArn: 'arn:aws:kms:r:111111111111:key/k' };
    const key = { arn: place.kmsKeyArn, state: 'Enabled' };
    const open = JSON.stringify({
      Statement: { Effect: 'Allow', Principal: { AWS: readers[0] }, Action: 'kms:*', Resource: '*' },
    });
    const seen = (more: object) => faults({ readers, credentials: [{ place, isThere: true, ...more }] });
    expect(seen({ key: { ...key, policy: open } })).toEqual([]);
    expect(seen({ policy: deny('s3:GetObject') })).toEqual([
      's3://team-git/git.json: the policy of the bucket team-git denies s3:GetObject to the tasks; except the task role from it',
    ]);
    // Only without TLS, or only from elsewhere: that meets no task.
    expect(seen({ policy: deny('s3:*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }) })).toEqual([]);
    expect(seen({ isThere: false }).join()).toContain('it is not there; put the object there');
    expect(seen({ key: { ...key, policy: deny('kms:Decrypt') } }).join()).toContain('denies kms:Decrypt');
    expect(seen({ key: { ...key, state: 'PendingDeletion' } }).join()).toContain('is PendingDeletion');
    const ofOthers = open.replace('111111111111', '222222222222');
    expect(seen({ key: { ...key, policy: ofOthers } }).join()).toContain('neither to the role nor to the account');
    const mirrorKeys = new Map([['app', { ...key, state: 'Disabled' }]]);
    expect(faults({ readers, mirrorKeys }).join()).toMatch(/^app: its key .* is Disabled/);
  });

  test('no way to the git servers, or one that leads nowhere', () => {
    const [subnet = ''] = exampleConfig.taskSubnets;
    expect(faults({ routes: new Map() })).toContain(
      `sources.cidrs: ${table}, which ${subnet} uses, has no route to 192.168.0.0/16; add a route to 192.168.0.0/16, by your VPN, Direct Connect or transit gateway`,
    );
    const dead = [{ DestinationCidrBlock: '192.168.0.0/16', TransitGatewayId: 'tgw-1', State: 'blackhole' as const }];
    expect(faults({ routes: new Map([[table, dead]]) }).join()).toContain('tgw-1 is gone or detached');
  });

  test('a hosted zone of the VPC that would answer for an endpoint', () => {
    expect(faults({ hostedZones: ['ecr.ap-northeast-1.amazonaws.com.', 'corp.example.'] })).toEqual([
      'vpcId: the private hosted zone ecr.ap-northeast-1.amazonaws.com. answers in the VPC for ecr.api, ecr.dkr, so that private DNS of these is refused; dissociate it from the VPC, or name it more narrowly',
    ]);
  });

  test('a gateway endpoint whose policy keeps the tasks out', () => {
    const PolicyDocument = JSON.stringify({
      Statement: { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::ours/*' },
    });
    const Tags = [{ Key: 'hourglass:lease', Value: exampleConfig.deployment }];
    const endpoints = [
      ...fitting.endpoints,
      gatewayTo('s3', [table], { VpcEndpointId: 'vpce-1', PolicyDocument, Tags }),
    ];
    expect(faults({ endpoints })[0]).toMatch(
      /^gatewayEndpoints[.]s3: the policy of vpce-1 does not allow s3:GetObject on arn:aws:s3:::prod-ap-northeast-1-starport-layer-bucket/,
    );
  });

  test('more endpoints than a VPC holds', () => {
    const many = Array.from({ length: 47 }, (_, n) => interfaceTo(`own-${n}`));
    expect(faults({ endpoints: [...fitting.endpoints, ...many] }).join()).toMatch(
      /endpoints of others \(48\) and these \(4\) exceed the quota of 50 per VPC/,
    );
  });
});

test('what this deployment has itself is in nobody’s way when it is deployed again', () => {
  const Tags = (Key: string) => ({ Tags: [{ Key, Value: exampleConfig.deployment }] });
  const own = [interfaceTo('ecr.api', Tags('hourglass:lease')), gatewayTo('s3', [table], Tags('hourglass:lease'))];
  expect(faults({ endpoints: [...fitting.endpoints, ...own] })).toEqual([]);
});

describe('warned of, and not refused, is', () => {
  const remarks = (change: Partial<ObservedAccount>, hosts = ['git.acme.test']) =>
    found(change, { sources: { hosts, cidrs: ['192.168.0.0/16'] } })
      .filter(({ level }) => level === 'warning')
      .map(writeLine);

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

  test.each([
    { route: { DestinationCidrBlock: '0.0.0.0/0' }, to: '0.0.0.0/0' },
    { route: { DestinationIpv6CidrBlock: '::/0' }, to: '::/0' },
    { route: { DestinationCidrBlock: '203.0.113.0/24' }, to: '203.0.113.0/24' },
  ])('a task subnet that is public, by a route of $to to an internet gateway', ({ route, to }) => {
    const toSources = fitting.routes.get(table) ?? [];
    const routes = new Map([[table, [...toSources, { ...route, GatewayId: 'igw-1', State: 'active' as const }]]]);
    expect(remarks({ routes })).toEqual(
      exampleConfig.taskSubnets.map(
        (subnet, index) =>
          `taskSubnets[${index}]: ${subnet} is public: ${table}, which it uses, sends ${to} to the internet gateway igw-1; name a private subnet, whose route table has no route to an internet gateway`,
      ),
    );
  });

  test('nothing of a subnet with a NAT, or with a gateway for IPv6 that lets nobody in', () => {
    const toSources = fitting.routes.get(table) ?? [];
    const nat = { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1' };
    const egressOnly = { DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: 'eigw-1' };
    expect(remarks({ routes: new Map([[table, [...toSources, nat, egressOnly]]]) })).toEqual([]);
  });

  test('a quota that may not be read, which is then not checked', () => {
    const quotas = { values: {}, unread: { fargateVcpus: 'access denied' } };
    expect(remarks({ quotas })).toEqual([
      expect.stringMatching(
        /^deployment: the quota fargate\/L-3032A538 \(fargateVcpus\) could not be read.*: access denied; allow/,
      ),
    ]);
    expect(faults({ quotas }, { maxParallelTasks: 100 })).toEqual([]);
  });
});
