/**
 * What stands between the direct carrier's two functions: a bucket for packs and manifests, each there for a day at most, and the security group of
 * the function in the VPC. Written only from that VPC, by way of its free gateway endpoint; read only by the function outside of it.
 */
import { ASKS, ENDED, MANIFESTS } from '@hourglass/shared/carrier-store';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { HourglassConfig } from './config.ts';

/** What it is made of. */
export interface DirectStoreProps {
  readonly config: HourglassConfig;
  readonly vpc: IVpc;
  /** Of the VPC for S3, if the deployment has made it. */
  readonly gatewayEndpointId?: string | undefined;
}

/** Object keys whose events wake somebody, by what begins them. */
export const wakes = { pusher: [MANIFESTS, ASKS], runner: [ENDED] } as const;

/** Bucket and security group. */
export class DirectStore extends Construct {
  readonly bucket: Bucket;
  readonly securityGroup: ISecurityGroup;

  constructor(scope: Construct, id: string, { config, vpc, gatewayEndpointId }: DirectStoreProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      // CloudFormation deletes no bucket that has objects, and would fail; a day later this one is empty.
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ expiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
    // The CDK's own switch for this is a custom resource with a function of its own.
    (this.bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    // Of an endpoint that the VPC has anyway, only the VPC is known.
    const from =
      gatewayEndpointId === undefined ? { 'aws:SourceVpc': config.vpcId } : { 'aws:SourceVpce': gatewayEndpointId };
    this.#deny('WriteFromTheVpcOnly', ['s3:PutObject'], { StringNotEquals: from });
    this.securityGroup = new SecurityGroup(this, 'FetcherGroup', {
      vpc,
      description: `Fetcher of hourglass-${config.deployment}`,
      allowAllOutbound: false,
    });
    const { prefixLists, sources } = config;
    this.securityGroup.addEgressRule(Peer.prefixList(prefixLists.s3), Port.HTTPS, 'S3, where packs are stored');
    this.securityGroup.addEgressRule(Peer.prefixList(prefixLists.dynamodb), Port.HTTPS, 'DynamoDB, where the work is');
    for (const cidr of sources.cidrs) {
      for (const port of sources.ports)
        this.securityGroup.addEgressRule(Peer.ipv4(cidr), Port.tcp(port), 'Git servers');
    }
  }

  /** Whoever else may read buckets of this account may not read sources here. */
  readBy(roleArn: string): void {
    this.#deny('ReadByThePusherOnly', ['s3:GetObject'], { ArnNotEquals: { 'aws:PrincipalArn': roleArn } });
  }

  #deny(sid: string, actions: string[], conditions: Record<string, Record<string, string>>): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions,
        resources: [this.bucket.arnForObjects('*')],
        conditions,
      }),
    );
  }
}
