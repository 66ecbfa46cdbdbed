/** Whether tasks can reach the git servers: a route for each range, and security groups that let them through. */
import { BlockList } from 'node:net';
import type { Route, SecurityGroup } from '@aws-sdk/client-ec2';
import type { DeploymentMade, DeploymentNeeds } from '@hourglass/shared/deployment-needs';
import { fault, type Wrong, warning } from './found.ts';
import type { ObservedNetwork } from './observed-network.ts';

/** https://www.rfc-editor.org/rfc/rfc2606 */
export function* checkSourceHosts({ sources }: DeploymentNeeds): Generator<Wrong> {
  for (const host of sources.hosts.filter((name) => /(^|\.)example(\.(com|net|org))?(:\d+)?$/i.test(name))) {
    yield warning(
      'source-hosts',
      'sources.hosts',
      `${host} is a name for examples, which no git server has`,
      'put in your own',
    );
  }
}

/**
 * A task gets no public address, so it runs in a public subnet too; but such a subnet is not the sealed one that a deployment is for.
 * https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types
 */
export function* checkSealed(
  { taskSubnets }: DeploymentNeeds,
  { tableOfSubnet, routes }: ObservedNetwork,
): Generator<Wrong> {
  for (const [index, subnet] of taskSubnets.entries()) {
    const table = tableOfSubnet.get(subnet) ?? '';
    const out = routes.get(table)?.find(({ GatewayId }) => GatewayId?.startsWith('igw-'));
    if (out === undefined) continue;
    yield warning(
      'subnet-sealed',
      `taskSubnets[${index}]`,
      `${subnet} is public: ${table}, which it uses, sends ${out.DestinationCidrBlock ?? out.DestinationIpv6CidrBlock ?? out.DestinationPrefixListId} to the internet gateway ${out.GatewayId}`,
      'name a private subnet, whose route table has no route to an internet gateway',
    );
  }
}

/** By the longest route that covers a range, as the VPC's router chooses. */
export function* checkSourceRoutes(
  { sources }: DeploymentNeeds,
  { tableOfSubnet, routes }: ObservedNetwork,
): Generator<Wrong> {
  for (const cidr of sources.cidrs) {
    // A host that is this machine itself: `hourglass local`.
    if (cidr.startsWith('127.')) continue;
    for (const [subnet, table] of tableOfSubnet) {
      const [best] = (routes.get(table) ?? [])
        .filter(({ DestinationCidrBlock: to }) => to !== undefined && isWithin(cidr, to))
        .sort((left, right) => bitsOf(right.DestinationCidrBlock) - bitsOf(left.DestinationCidrBlock));
      if (best === undefined) {
        yield fault(
          'source-routes',
          'sources.cidrs',
          `${table}, which ${subnet} uses, has no route to ${cidr}`,
          `add a route to ${cidr}, by your VPN, Direct Connect or transit gateway`,
        );
      } else if (best.State === 'blackhole') {
        yield fault(
          'source-routes',
          'sources.cidrs',
          `the route of ${table} to ${best.DestinationCidrBlock} leads nowhere (blackhole): ${targetOf(best)} is gone or detached`,
          'attach it again, or point the route elsewhere',
        );
      }
    }
  }
}

function targetOf(route: Route): string {
  return (
    route.TransitGatewayId ??
    route.GatewayId ??
    route.VpcPeeringConnectionId ??
    route.NatGatewayId ??
    route.NetworkInterfaceId ??
    route.InstanceId ??
    'its target'
  );
}

/** `groups` by id; one that is not in it is not there. */
export function* checkSecurityGroups(
  needs: DeploymentNeeds,
  made: Pick<DeploymentMade, 'taskSecurityGroup' | 'endpointsSecurityGroup'>,
  groups: ReadonlyMap<string, SecurityGroup>,
): Generator<Wrong> {
  const { taskSecurityGroup: taskId, endpointsSecurityGroup: endpointsId } = made;
  const [task, endpoints] = [groups.get(taskId), groups.get(endpointsId)];
  const again = 'deploy again, which makes it anew';
  if (task === undefined) yield fault('task-security-group', taskId, 'it is gone, so that no task starts', again);
  if (endpoints === undefined) {
    yield fault('endpoints-security-group', endpointsId, 'it is gone, so that no endpoint is made', again);
  }
  if (task === undefined || endpoints === undefined) return;
  const out = task.IpPermissionsEgress ?? [];
  const wanted = [
    ...(Object.keys(needs.interfaceEndpoints).length > 0
      ? [{ what: `the endpoints (${endpointsId})`, port: 443, group: endpointsId }]
      : []),
    { what: `S3 (${needs.prefixLists.s3})`, port: 443, list: needs.prefixLists.s3 },
    { what: `DynamoDB (${needs.prefixLists.dynamodb})`, port: 443, list: needs.prefixLists.dynamodb },
    ...needs.sources.cidrs.flatMap((cidr) =>
      needs.sources.ports.map((port) => ({ what: `the git servers in ${cidr}`, port, cidr })),
    ),
  ];
  for (const one of wanted) {
    const cidrs = 'cidr' in one ? [one.cidr] : 'group' in one ? needs.vpcCidrs : [];
    if (admits(out, { ...one, cidrs })) continue;
    yield fault(
      'task-security-group',
      taskId,
      `nothing lets a task out to ${one.what} on port ${one.port}`,
      'deploy again, or add the rule for egress (TCP)',
    );
  }
  if (!admits(endpoints.IpPermissions ?? [], { port: 443, group: taskId, cidrs: needs.vpcCidrs })) {
    yield fault(
      'endpoints-security-group',
      endpointsId,
      'nothing lets the tasks in on port 443',
      `deploy again, or admit ${needs.vpcCidrs.join(', ')} on TCP 443`,
    );
  }
}

interface Wanted {
  readonly port: number;
  readonly group?: string;
  readonly list?: string;
  /** Of which all must be let through, where no group or list is. */
  readonly cidrs: readonly string[];
}

function admits(permissions: NonNullable<SecurityGroup['IpPermissions']>, wanted: Wanted): boolean {
  const open = permissions.filter(
    ({ IpProtocol, FromPort = 0, ToPort = 65_535 }) =>
      IpProtocol === '-1' || (IpProtocol === 'tcp' && FromPort <= wanted.port && wanted.port <= ToPort),
  );
  const ranges = open.flatMap(({ IpRanges = [] }) => IpRanges.flatMap(({ CidrIp }) => CidrIp ?? []));
  return (
    ranges.includes('0.0.0.0/0') ||
    open.some(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.some(({ GroupId }) => GroupId === wanted.group)) ||
    open.some(({ PrefixListIds = [] }) => PrefixListIds.some(({ PrefixListId }) => PrefixListId === wanted.list)) ||
    (wanted.cidrs.length > 0 && wanted.cidrs.every((cidr) => ranges.some((range) => isWithin(cidr, range))))
  );
}

function isWithin(cidr: string, range: string): boolean {
  const [address = '', bits = '32'] = cidr.split('/');
  const [network = '', width = '32'] = range.split('/');
  if (address.includes(':') || network.includes(':')) return cidr === range;
  const list = new BlockList();
  list.addSubnet(network, Number(width), 'ipv4');
  return Number(bits) >= Number(width) && list.check(address);
}

function bitsOf(cidr: string | undefined): number {
  return Number(cidr?.split('/')[1] ?? 32);
}
