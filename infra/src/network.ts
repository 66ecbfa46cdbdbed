/**
 * What joins the user's VPC and is free to keep: two security groups and the gateway endpoints for S3 and DynamoDB.
 * Nothing here replaces a subnet's route table association; a created gateway endpoint only adds its own route.
 */
import { LEASE_TAG } from '@hourglass/shared/tags';
import { Aws } from 'aws-cdk-lib';
import { CfnVPCEndpoint, type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { HourglassConfig } from './config.ts';

/** Security groups that the user has. */
export interface OwnSecurityGroups {
  readonly taskSecurityGroup?: ISecurityGroup | undefined;
  readonly endpointsSecurityGroup?: ISecurityGroup | undefined;
}

/** Security groups and gateway endpoints in the existing VPC. */
export class Network extends Construct {
  /** The user's. */
  readonly vpc: IVpc;
  readonly taskSecurityGroup: ISecurityGroup;
  readonly endpointsSecurityGroup: ISecurityGroup;
  /** The gateway endpoint for S3, if it is made here. */
  readonly s3EndpointId: string | undefined;

  /** `own`: groups of the user's, to which the rules are added; without them, groups are made. */
  constructor(scope: Construct, id: string, config: HourglassConfig, own: OwnSecurityGroups = {}) {
    super(scope, id);
    // The Zone is made up: the CDK asks for one, and nothing here depends on it.
    this.vpc = Vpc.fromVpcAttributes(this, 'Vpc', { vpcId: config.vpcId, availabilityZones: ['any'] });
    this.endpointsSecurityGroup = this.#createEndpointsGroup(config, own.endpointsSecurityGroup);
    this.taskSecurityGroup = this.#createTaskGroup(config, own.taskSecurityGroup);
    this.s3EndpointId = this.#createGatewayEndpoint('S3', 's3', config);
    this.#createGatewayEndpoint('DynamoDb', 'dynamodb', config);
  }

  /** Admits the whole VPC: private DNS sends the other workloads of the VPC here too while the endpoints are open. */
  #createEndpointsGroup({ vpcCidrs, deployment }: HourglassConfig, own?: ISecurityGroup): ISecurityGroup {
    const group =
      own ??
      new SecurityGroup(this, 'EndpointsGroup', {
        vpc: this.vpc,
        description: `Interface endpoints of hourglass-${deployment}`,
        allowAllOutbound: false,
      });
    for (const cidr of vpcCidrs) group.addIngressRule(Peer.ipv4(cidr), Port.HTTPS, 'HTTPS from the VPC');
    return group;
  }

  /** No ingress at all; egress to the endpoints, to S3 and DynamoDB, and to the git servers. DNS needs no rule. */
  #createTaskGroup(config: HourglassConfig, own?: ISecurityGroup): ISecurityGroup {
    const { prefixLists, sources, deployment, existingEndpoints, vpcCidrs } = config;
    const group =
      own ??
      new SecurityGroup(this, 'TaskGroup', {
        vpc: this.vpc,
        description: `Tasks of hourglass-${deployment}`,
        allowAllOutbound: false,
      });
    group.addEgressRule(this.endpointsSecurityGroup, Port.HTTPS, 'Interface endpoints');
    // Endpoints that the VPC has anyway stand in groups that nothing here knows.
    for (const cidr of existingEndpoints.length > 0 ? vpcCidrs : []) {
      group.addEgressRule(Peer.ipv4(cidr), Port.HTTPS, 'Interface endpoints that the VPC has anyway');
    }
    group.addEgressRule(Peer.prefixList(prefixLists.s3), Port.HTTPS, 'S3, where ECR keeps image layers');
    group.addEgressRule(Peer.prefixList(prefixLists.dynamodb), Port.HTTPS, 'DynamoDB, where a task reads its work');
    for (const cidr of sources.cidrs) {
      for (const port of sources.ports) group.addEgressRule(Peer.ipv4(cidr), Port.tcp(port), 'Git servers');
    }
    return group;
  }

  /** With the default policy: other workloads share the route tables, and a narrower one would cut them off. */
  #createGatewayEndpoint(id: string, service: 's3' | 'dynamodb', config: HourglassConfig): string | undefined {
    if (config.gatewayEndpoints[service] === 'existing') return undefined;
    const endpoint = new CfnVPCEndpoint(this, id, {
      vpcEndpointType: 'Gateway',
      vpcId: config.vpcId,
      serviceName: `com.amazonaws.${Aws.REGION}.${service}`,
      routeTableIds: config.routeTables,
      tags: [{ key: LEASE_TAG, value: config.deployment }],
    });
    return endpoint.ref;
  }
}
