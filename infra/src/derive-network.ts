/** From an `ec2.IVpc` to the plain ids of a configuration. */
import { Annotations, CfnResource, Lazy, Stack, Token } from 'aws-cdk-lib';
import type { CfnVPCEndpoint, ISubnet, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { ConfigurationInvalid } from './config.ts';
import type { EndpointSubnet, HourglassConfigInput } from './configuration.ts';
import type { HourglassProps } from './hourglass-props.ts';
import { findPrefixLists } from './prefix-lists.ts';
import { shortNameOf } from './service-names.ts';

type Network = Partial<
  Pick<
    HourglassConfigInput,
    | 'vpcId'
    | 'vpcCidrs'
    | 'taskSubnets'
    | 'endpointSubnets'
    | 'routeTables'
    | 'prefixLists'
    | 'gatewayEndpoints'
    | 'existingEndpoints'
  >
>;

/** What `props` say of the network, and what their `vpc` says of the rest. Throws {@link ConfigurationInvalid}. */
export function deriveNetwork(scope: Construct, props: HourglassProps): Network {
  // Plain JavaScript may have null.
  const vpc = (props.vpc as IVpc | null | undefined) ?? undefined;
  if (vpc === undefined) return takePlain(scope, props);
  if (typeof vpc !== 'object' || typeof vpc.selectSubnets !== 'function') {
    throw new ConfigurationInvalid('vpc: must be an ec2.IVpc; an id is given as vpcId');
  }
  refuseOtherRegion(scope, vpc);
  refuseBoth(props, 'vpc', 'vpcId');
  refuseBoth(props, 'subnets', 'taskSubnets');
  refuseOtherThanSelection('subnets', props.subnets);
  const subnets =
    props.taskSubnets === undefined ? selectSubnets(vpc, 'subnets', props.subnets ?? chooseDefault(vpc)) : undefined;
  warnOfPublic(scope, vpc, props.taskSubnets ?? (subnets ?? []).map(({ subnetId }) => subnetId));
  const made = findEndpoints(scope, vpc);
  const gatewayEndpoints = {
    s3: props.gatewayEndpoints?.s3 ?? (made.gateways.includes('s3') ? 'existing' : 'create'),
    dynamodb: props.gatewayEndpoints?.dynamodb ?? (made.gateways.includes('dynamodb') ? 'existing' : 'create'),
  } as const;
  const isCreated = Object.values(gatewayEndpoints).includes('create');
  return {
    vpcId: hide(vpc.vpcId),
    vpcCidrs: props.vpcCidrs ?? [readCidr(vpc), ...made.furtherCidrs],
    taskSubnets: props.taskSubnets ?? (subnets ?? []).map(({ subnetId }) => hide(subnetId)),
    endpointSubnets: placeEndpoints(vpc, props.endpointSubnets, subnets),
    routeTables: props.routeTables ?? (isCreated ? (subnets ?? []).map(routeTableOf).filter(isFirst) : []),
    ...findLists(scope, props),
    gatewayEndpoints,
    existingEndpoints: props.existingEndpoints ?? made.interfaces,
  };
}

/** Plain ids: prefix lists alone are derived. */
function takePlain(scope: Construct, props: HourglassProps): Network {
  if (props.vpcId === undefined) {
    throw new ConfigurationInvalid(
      "vpc: is missing (an ec2.IVpc, such as ec2.Vpc.fromLookup(this, 'Vpc', { vpcId: 'vpc-0123456789abcdef0' }); or plain ids: vpcId, vpcCidrs, taskSubnets and routeTables)",
    );
  }
  if (props.subnets !== undefined) {
    throw new ConfigurationInvalid('subnets: selects from vpc, which is missing; give vpc, or name taskSubnets');
  }
  const { vpcId, vpcCidrs, taskSubnets, endpointSubnets, routeTables, gatewayEndpoints, existingEndpoints } = props;
  if (endpointSubnets !== undefined && !isList(endpointSubnets)) {
    throw new ConfigurationInvalid(
      "endpointSubnets: selects from vpc, which is missing; give vpc, or a list such as [{ subnet: 'subnet-0123456789abcdef0' }]",
    );
  }
  return {
    vpcId: hide(vpcId),
    ...(vpcCidrs && { vpcCidrs: vpcCidrs.map(hide) }),
    ...(taskSubnets && { taskSubnets: taskSubnets.map(hide) }),
    ...(endpointSubnets && { endpointSubnets }),
    ...(routeTables && { routeTables: routeTables.map(hide) }),
    ...(gatewayEndpoints && { gatewayEndpoints }),
    ...(existingEndpoints && { existingEndpoints }),
    ...findLists(scope, props),
  };
}

function findLists(scope: Construct, { prefixLists }: HourglassProps): Pick<Network, 'prefixLists'> {
  const found = prefixLists ?? findPrefixLists(scope);
  if (found !== undefined) return { prefixLists: { s3: hide(found.s3), dynamodb: hide(found.dynamodb) } };
  throw new ConfigurationInvalid(
    "prefixLists: is missing, and the stack's Region is not in the table (such as { s3: 'pl-61a54008', dynamodb: 'pl-78a54011' }: aws ec2 describe-managed-prefix-lists; or give the stack an env with account and region, and they are looked up)",
  );
}

function refuseBoth(props: HourglassProps, one: keyof HourglassProps, other: keyof HourglassProps): void {
  if (props[one] === undefined || props[other] === undefined) return;
  throw new ConfigurationInvalid(`${other}: must be left out, since ${one} says the same`);
}

/** Sealed subnets first: they are what this is for. */
function chooseDefault(vpc: IVpc): SubnetSelection {
  const chosen = vpc.isolatedSubnets.length > 0 ? vpc.isolatedSubnets : vpc.privateSubnets;
  if (chosen.length > 0) return { subnets: [...chosen] };
  throw new ConfigurationInvalid(
    'subnets: must be said, since the VPC has neither isolated subnets nor private ones (as far as it is known here): { subnets: [ec2.Subnet.fromSubnetAttributes(…)] }',
  );
}

/** Tasks get no public address and run there too, but sealed it is not. An imported VPC need not know its public subnets: then the preflight finds them. */
function warnOfPublic(scope: Construct, vpc: IVpc, taskSubnets: readonly string[]): void {
  const open = vpc.publicSubnets.filter(({ subnetId }) => taskSubnets.includes(subnetId));
  if (open.length === 0) return;
  Annotations.of(scope).addWarningV2(
    'hourglass:public-subnets',
    `subnets: ${open.map(({ node }) => node.path).join(', ')} ${open.length === 1 ? 'is a public subnet' : 'are public subnets'} of the VPC, and tasks belong into private ones: leave subnets out, or { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }`,
  );
}

/** To the CDK a list or a text is an object without a key, which selects the private subnets. */
function refuseOtherThanSelection(prop: string, selection: unknown): void {
  if (selection === undefined) return;
  if (typeof selection === 'object' && selection !== null && !Array.isArray(selection)) return;
  throw new ConfigurationInvalid(
    `${prop}: must be an ec2.SubnetSelection such as { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } or { subnets: [...] }`,
  );
}

/** The CDK would carry its ids there, where they name nothing. */
function refuseOtherRegion(scope: Construct, vpc: IVpc): void {
  const [own, its] = [Stack.of(scope).region, vpc.env.region];
  if (own === its || Token.isUnresolved(own) || Token.isUnresolved(its)) return;
  throw new ConfigurationInvalid(`vpc: must be in the stack's Region, ${own}; ${vpc.node.path} is in ${its}`);
}

function selectSubnets(vpc: IVpc, prop: string, selection: SubnetSelection): ISubnet[] {
  const selected = askCdk(prop, () => vpc.selectSubnets(selection).subnets);
  if (selected.length === 0) throw new ConfigurationInvalid(`${prop}: selects no subnet of the VPC`);
  const ids = selected.map(({ subnetId }) => subnetId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined && !isPlaceholder(twice)) {
    throw new ConfigurationInvalid(`${prop}: must not select one subnet twice (${nameOf(selected, twice)})`);
  }
  return selected;
}

const nameOf = (subnets: ISubnet[], id: string) =>
  Token.isUnresolved(id) ? subnets.find(({ subnetId }) => subnetId === id)?.node.path : id;

function placeEndpoints(
  vpc: IVpc,
  asked: HourglassProps['endpointSubnets'],
  taskSubnets: ISubnet[] | undefined,
): readonly EndpointSubnet[] | undefined {
  if (asked !== undefined && isList(asked)) return asked;
  refuseOtherThanSelection('endpointSubnets', asked);
  const selected =
    asked === undefined
      ? taskSubnets?.slice(0, 1)
      : selectSubnets(vpc, 'endpointSubnets', { onePerAz: true, ...asked });
  return selected?.map((subnet) => ({ subnet: hide(subnet.subnetId), ...zoneOf(subnet) }));
}

const isList = (value: object): value is readonly EndpointSubnet[] => Array.isArray(value);

/** An imported subnet need not know its Zone. */
function zoneOf(subnet: ISubnet): Pick<EndpointSubnet, 'zone'> {
  try {
    return { zone: hide(subnet.availabilityZone) };
  } catch {
    return {};
  }
}

function routeTableOf(subnet: ISubnet): string {
  // Typed as always there; an imported subnet may have none.
  const id = askCdk('routeTables', () => subnet.routeTable?.routeTableId as string | undefined);
  if (id !== undefined) return hide(id);
  throw new ConfigurationInvalid(
    `routeTables: must name the route tables of the task subnets, since ${subnet.node.path} was imported without its own (routeTableId); or gatewayEndpoints: { s3: 'existing', dynamodb: 'existing' } if the VPC has both`,
  );
}

function readCidr(vpc: IVpc): string {
  return hide(
    askCdk('vpcCidrs', () => vpc.vpcCidrBlock, "the VPC was imported without its range: vpcCidrs: ['10.0.0.0/16']"),
  );
}

/** What the app itself has made in the VPC, in any of its stacks. */
function findEndpoints(scope: Construct, { vpcId }: IVpc) {
  const all = scope.node.root.node.findAll().filter((one): one is CfnResource => CfnResource.isCfnResource(one));
  const endpoints = all.filter(
    (one): one is CfnVPCEndpoint =>
      one.cfnResourceType === 'AWS::EC2::VPCEndpoint' && (one as CfnVPCEndpoint).vpcId === vpcId,
  );
  const serviceOf = (one: CfnVPCEndpoint) => shortNameOf(flatten(Stack.of(one).resolve(one.serviceName))) ?? [];
  return {
    gateways: endpoints.filter(({ vpcEndpointType = 'Gateway' }) => vpcEndpointType === 'Gateway').flatMap(serviceOf),
    interfaces: endpoints
      .filter(({ vpcEndpointType, privateDnsEnabled }) => vpcEndpointType === 'Interface' && privateDnsEnabled === true)
      .flatMap(serviceOf)
      .filter(isFirst),
    furtherCidrs: all.flatMap((one) => {
      const { cfnResourceType, vpcId: itsVpc, cidrBlock } = one as CfnResource & { vpcId?: string; cidrBlock?: string };
      return cfnResourceType === 'AWS::EC2::VPCCidrBlock' && itsVpc === vpcId ? (cidrBlock ?? []) : [];
    }),
  };
}

/** A resolved text with what only CloudFormation knows as `*`. */
function flatten(text: string | { 'Fn::Join'?: [string, unknown[]] } | undefined): string {
  if (text === undefined || typeof text === 'string') return text ?? '';
  return (text['Fn::Join']?.[1] ?? []).map((part) => (typeof part === 'string' ? part : '*')).join('');
}

const isFirst = (value: string, index: number, all: string[]) => all.indexOf(value) === index;

/** The CDK's own refusals, by our prop. */
function askCdk<T>(prop: string, ask: () => T, advice?: string): T {
  try {
    return ask();
  } catch (error) {
    throw new ConfigurationInvalid(`${prop}: ${advice ?? (error instanceof Error ? error.message : String(error))}`);
  }
}

/**
 * What a lookup gives before it has been made (`vpc-12345`, `dummy1a`): the first synthesis of an app asks for it and throws its result
 * away, so it must pass.
 */
const isPlaceholder = (value: string) =>
  /^(vpc-12345|[spi]-(12345|67890)|rtb-\w{5}[spi]|dummy\d[a-z]|pl-x+|1\.2\.3\.4\/5)$/.test(value);

/** A placeholder as a token, so that it is not looked at. */
function hide(value: string): string {
  return isPlaceholder(value) ? Lazy.string({ produce: () => value }) : value;
}
