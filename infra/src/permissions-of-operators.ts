/**
 * What operators may do, by two managed policies that somebody attaches to them: one to look, which reads no secret and no credential, and one that
 * acts as well. `hourglass status` and its like, `doctor` and the console need no more; test/doctor proves it.
 */
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Arns } from './arns.ts';
import type { HourglassConfig } from './config.ts';
import { credentialPlaces } from './config-rules.ts';
import type { Queues } from './queues.ts';
import { allow, putEvents, requests } from './statements.ts';

/** What both are made from. */
export interface OperatorScope {
  readonly arns: Arns;
  readonly table: Table;
  readonly busArn: string;
  readonly queues: Queues;
  readonly config: HourglassConfig;
  /** Of functions, tasks and services: `doctor` asks IAM what they may do. */
  readonly roleArns: string[];
}

/** Reads of AWS that know no resource; each is asked by the checks of `doctor` or finds a deployment. */
export const readsOfTheAccount = [
  // hourglass bill, where no billing export is given; it knows no resource.
  'ce:GetCostAndUsage',
  'cloudwatch:DescribeAlarms',
  'dynamodb:ListTables',
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeManagedPrefixLists',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeRouteTables',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcAttribute',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeVpcEndpointServices',
  'ec2:DescribeVpcs',
  'ecr:BatchGetImage',
  'ecs:DescribeTaskDefinition',
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'route53:ListHostedZonesByVPC',
  'scheduler:ListSchedules',
  'servicequotas:GetAWSDefaultServiceQuota',
  'servicequotas:GetServiceQuota',
  'ssm:DescribeParameters',
];

/** Looks, and reads no secret: not the objects and secrets with credentials, nor the parameters of webhooks. */
export function permitLooking({ arns, table, queues, config, roleArns }: OperatorScope): PolicyStatement[] {
  const places = credentialPlaces(config.sources);
  const secrets = places.flatMap((place) => ('secretArn' in place ? place.secretArn : []));
  const buckets = places.flatMap((place) => ('bucket' in place ? arns.bucket(place.bucket) : []));
  return [
    allow('ReadDescription', ['ssm:GetParameter', 'ssm:GetParametersByPath'], arns.description),
    allow(
      'ReadTable',
      ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
      [table.tableArn, `${table.tableArn}/index/*`],
    ),
    allow(
      'CountMessages',
      ['sqs:GetQueueAttributes'],
      [queues.intake, queues.intakeDead, queues.replay, queues.failedMirrors, queues.undelivered, queues.unhandled].map(
        ({ queueArn }) => queueArn,
      ),
    ),
    allow('ReadLogs', ['logs:FilterLogEvents'], arns.readableLogs),
    allow('LookAtFunctions', ['lambda:GetFunctionConfiguration'], [`${arns.functionPrefix}*`]),
    allow('LookAtEndpointsStack', ['cloudformation:DescribeStacks'], [arns.endpointsStacks]),
    allow('AskWhatRolesMay', ['iam:SimulatePrincipalPolicy'], roleArns),
    // Thousands of names would outgrow a managed policy; what CodeCommit says of a repository is no secret.
    allow('LookAtMirrors', ['codecommit:GetRepository'], [arns.repository('*')]),
    ...(secrets.length > 0
      ? [
          allow(
            'LookAtSecrets',
            ['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy'],
            [...new Set(secrets)],
          ),
        ]
      : []),
    ...(buckets.length > 0 ? [allow('LookAtBuckets', ['s3:GetBucketPolicy'], [...new Set(buckets)])] : []),
    allow('LookAtTheAccount', readsOfTheAccount, ['*']),
  ];
}

/** Acts: asks, pauses, closes, and moves dead letters back or puts them away. */
export function permitActing({ table, busArn, queues, config }: OperatorScope): PolicyStatement[] {
  const { failedMirrors, intakeDead, replay } = queues;
  const dead = [failedMirrors.queueArn, intakeDead.queueArn];
  return [
    putEvents('AskAsOperator', busArn, 'hourglass.operator', [
      ...requests,
      'PauseRequested',
      'ResumeRequested',
      'CloseRequested',
    ]),
    allow('TakeDeadLetters', ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'], dead),
    allow('MoveDeadLetters', ['sqs:StartMessageMoveTask'], [failedMirrors.queueArn]),
    allow('BringBack', ['sqs:SendMessage'], [replay.queueArn]),
    allow('KeepWhatIsDiscarded', ['dynamodb:PutItem'], [table.tableArn], {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`discarded#${config.deployment}`] },
    }),
  ];
}
