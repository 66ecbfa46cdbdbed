/** Asks the account for what a deployment rests on. Reads only; each call is listed in infra/permissions.md. */
import {
  DescribeDhcpOptionsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcsCommand,
  type EC2Client,
  paginateDescribeManagedPrefixLists,
  paginateDescribeRouteTables,
  paginateDescribeVpcEndpoints,
  type Route,
  type RouteTable,
  type Subnet,
  type Vpc,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { DeploymentNeeds } from '@hourglass/shared/deployment-needs';

/** What is known of the network. Services by their short names. */
export interface ObservedNetwork {
  readonly region: string;
  /** Who asked; undefined if that could not be learned. */
  readonly account?: string | undefined;
  /** Names of the private hosted zones that answer in the VPC; undefined if they could not be read. */
  readonly hostedZones?: readonly string[] | undefined;
  readonly vpc: Vpc | undefined;
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly routeTables: ReadonlyMap<string, RouteTable>;
  /** Routes of each table of the VPC, by the table's id. */
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  /** The route table that each subnet really uses: its own, or the VPC's main one. */
  readonly tableOfSubnet: ReadonlyMap<string, string>;
  /** What private DNS needs, both. */
  readonly dns: { readonly support: boolean; readonly hostnames: boolean };
  /** Where the VPC resolves names; empty if nobody said otherwise. */
  readonly nameServers: readonly string[];
  /** Endpoints of the VPC that are not being deleted. */
  readonly endpoints: readonly VpcEndpoint[];
  /** Zones that offer each interface endpoint. A service that the Region lacks is not in it. */
  readonly zonesOfService: ReadonlyMap<string, readonly string[]>;
  /** Names of AWS's own prefix lists by id. */
  readonly prefixLists: ReadonlyMap<string, string>;
}

/** Reads the facts. What is not there is left out, so that all of it can be reported at once. */
export async function readObservedNetwork(client: EC2Client, needs: DeploymentNeeds): Promise<ObservedNetwork> {
  const inVpc = [{ Name: 'vpc-id', Values: [needs.vpcId] }];
  const subnetIds = [...new Set([...needs.taskSubnets, ...needs.endpointSubnets.map(({ subnet }) => subnet)])];
  // Filters rather than ids: an unknown id is then missing, not an error that hides the rest.
  const byId = (Name: string, Values: string[]) => ({ Filters: [{ Name, Values }] });
  const [{ Vpcs = [] }, { Subnets = [] }] = await Promise.all([
    client.send(new DescribeVpcsCommand(byId('vpc-id', [needs.vpcId]))),
    client.send(new DescribeSubnetsCommand(byId('subnet-id', subnetIds))),
  ]);
  const { RouteTables = [] } =
    needs.routeTables.length === 0
      ? {}
      : await client.send(new DescribeRouteTablesCommand(byId('route-table-id', needs.routeTables)));
  const endpoints: VpcEndpoint[] = [];
  for await (const page of paginateDescribeVpcEndpoints({ client }, { Filters: inVpc })) {
    endpoints.push(...(page.VpcEndpoints ?? []).filter(({ State }) => !/^delet/i.test(State ?? '')));
  }
  const prefixLists = new Map<string, string>();
  for await (const page of paginateDescribeManagedPrefixLists({ client }, byId('owner-id', ['AWS']))) {
    for (const { PrefixListId = '', PrefixListName = '' } of page.PrefixLists ?? []) {
      prefixLists.set(PrefixListId, PrefixListName);
    }
  }
  return {
    region: await client.config.region(),
    vpc: Vpcs[0],
    subnets: new Map(Subnets.map((subnet) => [subnet.SubnetId ?? '', subnet])),
    routeTables: new Map(RouteTables.map((table) => [table.RouteTableId ?? '', table])),
    ...(await readTablesOfSubnets(client, needs)),
    dns: await readDns(client, Vpcs[0]),
    nameServers: await readNameServers(client, Vpcs[0]),
    endpoints,
    zonesOfService: await readZonesOfServices(client, Object.keys(needs.interfaceEndpoints)),
    prefixLists,
  };
}

async function readTablesOfSubnets(
  client: EC2Client,
  needs: DeploymentNeeds,
): Promise<Pick<ObservedNetwork, 'tableOfSubnet' | 'routes'>> {
  const routes = new Map<string, Route[]>();
  const own = new Map<string, string>();
  let main: string | undefined;
  const Filters = [{ Name: 'vpc-id', Values: [needs.vpcId] }];
  for await (const { RouteTables = [] } of paginateDescribeRouteTables({ client }, { Filters })) {
    for (const { RouteTableId = '', Associations = [], Routes = [] } of RouteTables) {
      routes.set(RouteTableId, Routes);
      for (const { SubnetId, Main } of Associations) {
        if (SubnetId !== undefined) own.set(SubnetId, RouteTableId);
        else if (Main) main = RouteTableId;
      }
    }
  }
  const tableOfSubnet = new Map(
    needs.taskSubnets.flatMap((subnet) => {
      const table = own.get(subnet) ?? main;
      return table === undefined ? [] : [[subnet, table]];
    }),
  );
  return { tableOfSubnet, routes };
}

async function readDns(client: EC2Client, vpc: Vpc | undefined): Promise<ObservedNetwork['dns']> {
  if (vpc === undefined) return { support: false, hostnames: false };
  const { VpcId } = vpc;
  const [support, hostnames] = await Promise.all([
    client.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsSupport' })),
    client.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' })),
  ]);
  return {
    support: support.EnableDnsSupport?.Value ?? false,
    hostnames: hostnames.EnableDnsHostnames?.Value ?? false,
  };
}

async function readNameServers(client: EC2Client, vpc: Vpc | undefined): Promise<string[]> {
  // `default`: no options, which is AmazonProvidedDNS.
  if (vpc?.DhcpOptionsId === undefined || vpc.DhcpOptionsId === 'default') return [];
  const Filters = [{ Name: 'dhcp-options-id', Values: [vpc.DhcpOptionsId] }];
  const { DhcpOptions = [] } = await client.send(new DescribeDhcpOptionsCommand({ Filters }));
  return DhcpOptions.flatMap(({ DhcpConfigurations = [] }) =>
    DhcpConfigurations.filter(({ Key }) => Key === 'domain-name-servers').flatMap(({ Values = [] }) =>
      Values.flatMap(({ Value }) => Value ?? []),
    ),
  );
}

async function readZonesOfServices(client: EC2Client, services: string[]): Promise<Map<string, string[]>> {
  const region = await client.config.region();
  const { ServiceDetails = [] } = await client.send(
    new DescribeVpcEndpointServicesCommand({
      Filters: [
        { Name: 'service-type', Values: ['Interface'] },
        { Name: 'service-name', Values: services.flatMap((service) => namesOf(service, region)) },
      ],
    }),
  );
  return new Map(
    ServiceDetails.map(({ ServiceName = '', AvailabilityZones = [] }) => [shortNameOf(ServiceName), AvailabilityZones]),
  );
}

/** In China some services have a name of its own partition; what does not exist is not found. */
function namesOf(service: string, region: string): string[] {
  const usual = `com.amazonaws.${region}.${service}`;
  return region.startsWith('cn-') ? [usual, `cn.${usual}`] : [usual];
}

/** `com.amazonaws.ap-northeast-1.ecr.api` becomes `ecr.api`, and so does `cn.com.amazonaws.cn-north-1.ecr.api`. */
export function shortNameOf(serviceName: string): string {
  return serviceName.replace(/^(?:cn\.)?[a-z]+\.[a-z]+\.[a-z0-9-]+\./, '');
}
