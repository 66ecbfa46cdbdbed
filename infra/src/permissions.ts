/**
 * What each service's role may do besides logging. Statements name resources; `*` stands only where AWS knows no resource
 * for the action, and each such place gives its source. The README's table is a summary of this file and of
 * `permissions-of-others.ts`.
 */
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Arns } from './arns.ts';
import type { Queues } from './queues.ts';
import { allow, passRole, putEvents, receiving, requests } from './statements.ts';

/** What statements name. */
export interface Grounds {
  readonly arns: Arns;
  readonly table: Table;
  readonly busArn: string;
  readonly queues: Queues;
  readonly schedulerRole: IRole;
}

/** Who works on the lease: its table, its events, its one schedule. */
function workOnLease({ arns, table, busArn, schedulerRole }: Grounds): PolicyStatement[] {
  return [
    allow(
      'KeepTheLease',
      [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:ConditionCheckItem',
      ],
      [table.tableArn],
    ),
    putEvents('TellTheBus', busArn, 'hourglass'),
    allow('ArmTheAlarm', ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule'], [arns.schedules]),
    passRole('PassSchedulerRole', [schedulerRole], 'scheduler'),
  ];
}

/** Webhook: says `MirrorRequested` and `TaskRequested` in its own name, nothing else. */
export function permitWebhook({ busArn }: Grounds): PolicyStatement[] {
  return [putEvents('AskOnTheBus', busArn, 'hourglass.webhook', requests)];
}

/** Intake: takes requests from its queue, keeps refused ones. */
export function permitIntake(grounds: Grounds): PolicyStatement[] {
  const { intake, intakeDead } = grounds.queues;
  return [
    ...workOnLease(grounds),
    allow('TakeRequests', receiving, [intake.queueArn]),
    allow('KeepRefused', ['sqs:SendMessage'], [intakeDead.queueArn]),
  ];
}

/** Provisioner: creates the endpoints stack, with the service role that may touch nothing but endpoints. */
export function permitProvisioner(grounds: Grounds, stackRole: IRole): PolicyStatement[] {
  return [
    ...workOnLease(grounds),
    allow(
      'CreateEndpointsStack',
      ['cloudformation:CreateStack', 'cloudformation:DescribeStacks'],
      [grounds.arns.endpointsStacks],
    ),
    passRole('PassStackRole', [stackRole], 'cloudformation'),
    allow('TellFailedMirrors', ['sqs:SendMessage'], [grounds.queues.failedMirrors.queueArn]),
  ];
}

/** Runner: starts, watches and stops tasks of this cluster. */
export function permitRunner(grounds: Grounds, taskRoles: IRole[]): PolicyStatement[] {
  const { arns, queues } = grounds;
  const inOwnCluster = { ArnEquals: { 'ecs:cluster': arns.cluster } };
  return [
    ...workOnLease(grounds),
    allow('RunTasks', ['ecs:RunTask'], [arns.taskDefinitions], inOwnCluster),
    // ecs:TagResource because RunTask tags the task it starts.
    allow('WatchAndStopTasks', ['ecs:DescribeTasks', 'ecs:StopTask', 'ecs:TagResource'], [arns.tasks]),
    passRole('PassTaskRoles', taskRoles, 'ecs-tasks'),
    allow('TellFailedMirrors', ['sqs:SendMessage'], [queues.failedMirrors.queueArn]),
  ];
}

/** Teardown: deletes the endpoints stack, then sweeps what still carries the lease's tag. */
export function permitTeardown(grounds: Grounds): PolicyStatement[] {
  const { arns } = grounds;
  return [
    ...workOnLease(grounds),
    allow(
      'DeleteEndpointsStack',
      ['cloudformation:DeleteStack', 'cloudformation:DescribeStacks'],
      [arns.endpointsStacks],
    ),
    // ec2:Describe* knows no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    allow('FindLeftEndpoints', ['ec2:DescribeVpcEndpoints'], ['*']),
    allow('SweepLeftEndpoints', ['ec2:DeleteVpcEndpoints'], [arns.vpcEndpoints], arns.ofThisLease),
  ];
}

/** Replay: takes failed requests back and asks anew in its own name. */
export function permitReplay({ queues, table, busArn }: Grounds): PolicyStatement[] {
  return [
    allow('TakeReplays', receiving, [queues.replay.queueArn]),
    // Moving wants these on the source and SendMessage on the destination; what had its free rides is put back:
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
    allow(
      'MoveFailedMirrors',
      ['sqs:StartMessageMoveTask', 'sqs:ListMessageMoveTasks', ...receiving, 'sqs:SendMessage'],
      [queues.failedMirrors.queueArn],
    ),
    allow('MoveIntoReplay', ['sqs:SendMessage'], [queues.replay.queueArn]),
    putEvents('AskAnew', busArn, 'hourglass.replay', requests),
    allow('CountReplays', ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem'], [table.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['replay#*'] },
    }),
  ];
}
