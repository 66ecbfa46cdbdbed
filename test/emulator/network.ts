/** What a user brings: a VPC with a private subnet, its route table and its name resolution. And what is wrong for it. */
import {
  AssociateRouteTableCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeManagedPrefixListsCommand,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { Clients } from './clients.ts';

export interface Network {
  vpcId: string;
  subnetId: string;
  zone: string;
  routeTableId: string;
  prefixLists: { s3: string; dynamodb: string };
  /** Of the same VPC, in another Zone. */
  subnetOfOtherZone: string;
  otherVpcId: string;
  subnetOfOtherVpc: string;
}

export async function createNetwork({ ec2 }: Pick<Clients, 'ec2'>, region: string): Promise<Network> {
  const [zone, otherZone] = [`${region}a`, `${region}c`];
  const createVpc = async (CidrBlock: string) => {
    const { Vpc: { VpcId = '' } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock }));
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
    return VpcId;
  };
  const createSubnet = async (VpcId: string, CidrBlock: string, AvailabilityZone: string) => {
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
    return Subnet?.SubnetId ?? '';
  };
  const vpcId = await createVpc('10.0.0.0/16');
  const subnetId = await createSubnet(vpcId, '10.0.1.0/24', zone);
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
  const routeTableId = RouteTable?.RouteTableId ?? '';
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: routeTableId, SubnetId: subnetId }));
  const otherVpcId = await createVpc('10.1.0.0/16');
  const { PrefixLists = [] } = await ec2.send(new DescribeManagedPrefixListsCommand({}));
  const listOf = (service: string) =>
    PrefixLists.find(({ PrefixListName }) => PrefixListName === `com.amazonaws.${region}.${service}`)?.PrefixListId ??
    'pl-00000000';
  return {
    vpcId,
    subnetId,
    zone,
    routeTableId,
    prefixLists: { s3: listOf('s3'), dynamodb: listOf('dynamodb') },
    subnetOfOtherZone: await createSubnet(vpcId, '10.0.2.0/24', otherZone),
    otherVpcId,
    subnetOfOtherVpc: await createSubnet(otherVpcId, '10.1.1.0/24', zone),
  };
}
