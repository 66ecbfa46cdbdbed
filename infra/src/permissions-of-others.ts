/** What everybody but the services may do: tasks, the Scheduler, CloudFormation, clients. */
import { FENCE_TAG, LEASE_TAG } from '@hourglass/shared/tags';
import { Aws } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Arns } from './arns.ts';
import type { HourglassConfig } from './config.ts';
import { type CredentialPlace, credentialPlaces, mirrorNames } from './config-rules.ts';
import type { PermissionScope } from './permissions.ts';
import { allow, passRole, putEvents, requests, throughService } from './statements.ts';

/** The task: its own work item, git in this account's CodeCommit, the sources' credentials, and what the named commands declare. */
export function permitTask(
  { arns, table }: Pick<PermissionScope, 'arns' | 'table'>,
  config: HourglassConfig,
): PolicyStatement[] {
  return [
    allow('ReadWorkWriteResult', ['dynamodb:GetItem', 'dynamodb:UpdateItem'], [table.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['work#*'] },
    }),
    allow('Mirror', ['codecommit:GitPull', 'codecommit:GitPush'], mirrorNames(config).map(arns.repository)),
    ...permitCredentials(config),
    ...Object.values(config.commands).flatMap(({ policy }) =>
      policy.map(({ actions, resources }) => new PolicyStatement({ actions, resources })),
    ),
  ];
}

/** Exactly the objects and secrets that hold credentials of sources; and those keys they are encrypted with, by way of their service only. */
function permitCredentials({ sources }: HourglassConfig): PolicyStatement[] {
  const places = credentialPlaces(sources);
  const [secrets, objects] = [true, false].map((want) => places.filter((place) => 'secretArn' in place === want));
  return [
    ...permitReading('Object', 's3:GetObject', objects),
    ...permitReading('Secret', 'secretsmanager:GetSecretValue', secrets),
  ];
}

/** The objects alone: the direct carrier reaches no secret. */
export function permitCredentialObjects({ sources }: HourglassConfig): PolicyStatement[] {
  return permitReading(
    'Object',
    's3:GetObject',
    credentialPlaces(sources).filter((place) => !('secretArn' in place)),
  );
}

function permitReading(what: string, action: string, places: CredentialPlace[] = []): PolicyStatement[] {
  const keys = [...new Set(places.flatMap(({ kmsKeyArn }) => kmsKeyArn ?? []))];
  const [service = ''] = action.split(':');
  return [
    ...(places.length > 0 ? [allow(`ReadCredential${what}s`, [action], [...new Set(places.map(arnOfPlace))])] : []),
    ...(keys.length > 0 ? [allow(`DecryptCredential${what}s`, ['kms:Decrypt'], keys, throughService(service))] : []),
  ];
}

function arnOfPlace(place: CredentialPlace): string {
  return 'secretArn' in place ? place.secretArn : `arn:${Aws.PARTITION}:s3:::${place.bucket}/${place.key}`;
}

/** The clean-up function: deletes the endpoints stack, and calls itself again by a schedule until it is gone. */
export function permitCleanUp(arns: Arns, schedulerRole: IRole): PolicyStatement[] {
  return [
    allow(
      'DeleteEndpointsStack',
      ['cloudformation:DeleteStack', 'cloudformation:DescribeStacks'],
      [arns.endpointsStacks],
    ),
    allow('ComeAgain', ['scheduler:CreateSchedule'], [arns.schedules]),
    passRole('PassSchedulerRole', [schedulerRole], 'scheduler'),
  ];
}

/** The Scheduler: wakes the services that own a timer, and keeps what it could not deliver. */
export function permitScheduler({ arns, queues }: Pick<PermissionScope, 'arns' | 'queues'>): PolicyStatement[] {
  return [
    allow(
      'RingServices',
      ['lambda:InvokeFunction'],
      (['provisioner', 'runner', 'teardown', 'clean-up'] as const).map((name) => arns.function(name)),
    ),
    allow('KeepUndelivered', ['sqs:SendMessage'], [queues.undelivered.queueArn]),
  ];
}

/**
 * CloudFormation, for the endpoints stack: endpoints that carry this lease's tag and a fence, in the configured subnets.
 * Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/security_iam_id-based-policy-examples.html and
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export function permitEndpointsStack(arns: Arns, config: HourglassConfig, securityGroupId: string): PolicyStatement[] {
  const network = [
    arns.vpc(config.vpcId),
    ...config.endpointSubnets.map(({ subnet }) => arns.subnet(subnet)),
    arns.securityGroup(securityGroupId),
  ];
  return [
    allow('CreateInNetwork', ['ec2:CreateVpcEndpoint'], network),
    allow('CreateOfThisLease', ['ec2:CreateVpcEndpoint'], [arns.vpcEndpoints], {
      StringEquals: { [`aws:RequestTag/${LEASE_TAG}`]: config.deployment },
      Null: { [`aws:RequestTag/${FENCE_TAG}`]: 'false' },
    }),
    allow('TagWhatIsCreated', ['ec2:CreateTags'], [arns.vpcEndpoints], {
      StringEquals: { 'ec2:CreateAction': 'CreateVpcEndpoint' },
    }),
    allow('DeleteOfThisLease', ['ec2:DeleteVpcEndpoints'], [arns.vpcEndpoints], arns.ofAnOpening),
    // No resource can be named for ec2:Describe*.
    allow('Look', ['ec2:DescribeVpcEndpoints'], ['*']),
    // Private DNS; the zone is AWS's own and its id unknown:
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html
    allow('AttachPrivateDns', ['route53:AssociateVPCWithHostedZone'], [arns.hostedZones]),
  ];
}

/** A client on premises: the two events it may say, in a client's name. */
export function permitClient(busArn: string): PolicyStatement[] {
  return [putEvents('AskHourglass', busArn, 'hourglass.client', requests)];
}

/** A trust condition: only for schedules of this group. */
export function trustScheduleGroup(group: string): Record<string, Record<string, string>> {
  return { StringEquals: { 'aws:SourceArn': group, 'aws:SourceAccount': Aws.ACCOUNT_ID } };
}
