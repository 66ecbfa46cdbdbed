/** Whether the VPC and the subnets are there and can hold endpoints and tasks. */
import type { DeploymentNeeds } from '@hourglass/shared/deployment-needs';
import { isOwn } from './endpoint-checks.ts';
import { fault, type Wrong, warning } from './found.ts';
import { type ObservedNetwork, shortNameOf } from './observed-network.ts';

/** https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html */
export function* checkVpc({ vpcId, vpcCidrs }: DeploymentNeeds, facts: ObservedNetwork): Generator<Wrong> {
  const { vpc, dns, nameServers, account } = facts;
  if (vpc?.State !== undefined && vpc.State !== 'available') {
    yield fault('vpc-present', 'vpcId', `${vpcId} is ${vpc.State}`, 'wait until it is available');
  }
  // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing-service-behavior.html
  if (vpc?.OwnerId !== undefined && account !== undefined && vpc.OwnerId !== account) {
    yield fault(
      'vpc-present',
      'vpcId',
      `${vpcId} is shared by the account ${vpc.OwnerId}, and a participant can make no endpoints in it`,
      `deploy in the account ${vpc.OwnerId}, or use a VPC of this account`,
    );
  }
  for (const [there, attribute, option] of [
    [dns.support, 'enableDnsSupport', 'enable-dns-support'],
    [dns.hostnames, 'enableDnsHostnames', 'enable-dns-hostnames'],
  ] as const) {
    if (there) continue;
    const mend = `aws ec2 modify-vpc-attribute --vpc-id ${vpcId} --${option}`;
    yield fault('vpc-dns', 'vpcId', `private DNS needs ${attribute}, which is off in ${vpcId}`, mend);
  }
  const others = nameServers.filter((server) => server !== 'AmazonProvidedDNS');
  if (others.length > 0) {
    yield warning(
      'vpc-resolver',
      'vpcId',
      `${vpcId} resolves through ${others.join(', ')}`,
      "they must forward amazonaws.com to the VPC's own resolver",
    );
  }
  const ranges = (vpc?.CidrBlockAssociationSet ?? [])
    .filter(({ CidrBlockState }) => CidrBlockState?.State === 'associated')
    .map(({ CidrBlock = '' }) => CidrBlock);
  for (const range of ranges.filter((one) => !vpcCidrs.includes(one))) {
    const without = `${range} is a range of the VPC, and its workloads lose the services that have endpoints while these are open`;
    yield fault('vpc-ranges', 'vpcCidrs', without, `add ${range}`);
  }
}

/** A subnet's addresses: one a task, and one for each endpoint that stands in it. AWS keeps five of each subnet, and does not count them. */
export function* checkSubnets(needs: DeploymentNeeds, { subnets, endpoints }: ObservedNetwork): Generator<Wrong> {
  const { vpcId, taskSubnets, endpointSubnets, interfaceEndpoints, deployment } = needs;
  const count = Object.keys(interfaceEndpoints).length;
  // Endpoints that are open now have their addresses already.
  const isOpen = (id: string) =>
    endpoints.some(
      (one) => one.VpcEndpointType === 'Interface' && isOwn(one, deployment) && one.SubnetIds?.includes(id),
    );
  const named = [
    ...taskSubnets.map((id, index) => ({ key: `taskSubnets[${index}]`, id, wants: 1, what: 'a task needs one' })),
    ...endpointSubnets.map(({ subnet }, index) => ({
      key: `endpointSubnets[${index}].subnet`,
      id: subnet,
      wants: count,
      what: count === 1 ? 'the endpoint needs one' : `the ${count} endpoints need one each`,
    })),
  ];
  for (const { key, id, wants, what } of named) {
    const subnet = subnets.get(id);
    const missing = 'correct the id, or the Region and account that are asked';
    if (subnet === undefined) {
      yield fault('subnet-present', key, `${id} is not in this account and Region`, missing);
      continue;
    }
    if (subnet.VpcId !== vpcId) {
      yield fault('subnet-present', key, `${id} is in ${subnet.VpcId}, not in ${vpcId}`, `name a subnet of ${vpcId}`);
      continue;
    }
    if (subnet.Ipv6Native === true) {
      yield fault(
        'subnet-addresses',
        key,
        `${id} is for IPv6 alone, and S3, DynamoDB and the endpoints are reached by IPv4 here`,
        'name a subnet that has IPv4 addresses',
      );
      continue;
    }
    const free = subnet.AvailableIpAddressCount;
    if (free !== undefined && free < wants && !isOpen(id)) {
      yield fault(
        'subnet-addresses',
        key,
        `${id} has ${free === 0 ? 'no' : `only ${free}`} free ${free === 1 ? 'address' : 'addresses'}, and ${what}`,
        'free some, or name a larger subnet',
      );
    }
  }
  // The configuration has each Zone once; so have the endpoints, if each is where the configuration says.
  for (const [index, { subnet, zone }] of endpointSubnets.entries()) {
    const real = subnets.get(subnet)?.AvailabilityZone;
    if (zone !== undefined && real !== undefined && real !== zone) {
      yield fault(
        'subnet-present',
        `endpointSubnets[${index}].zone`,
        `is ${zone}, and ${subnet} is in ${real}`,
        `it must be ${real}; name one subnet per Zone`,
      );
    }
  }
}

export function* checkPrefixLists({ prefixLists }: DeploymentNeeds, facts: ObservedNetwork): Generator<Wrong> {
  for (const service of ['s3', 'dynamodb'] as const) {
    // By its whole name: there is an `ipv6.s3` too.
    const isRight = (name = '') => shortNameOf(name) === service;
    const given = prefixLists[service];
    if (isRight(facts.prefixLists.get(given))) continue;
    const [right] = [...facts.prefixLists].find(([, name]) => isRight(name)) ?? [];
    yield fault(
      'prefix-lists',
      `prefixLists.${service}`,
      `${given} is not the list of ${service} in this Region`,
      `it must be ${right ?? "the id of this Region's list"}`,
    );
  }
}
