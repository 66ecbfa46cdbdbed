/**
 * What each service's role may do besides logging. Statements name resources; `*` stands only where AWS knows no resource
 * for the action, and each such place gives its source. `permissions.md` is the table of this and of `permissions-of-others.ts`,
 * written from the template.
 */
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Arns } from './arns.ts';
import type { HourglassConfig } from './config.ts';
import type { Names } from './names.ts';
import type { Queues } from './queues.ts';
import { allow, passRole, putEvents, receiving, requests, throughService } from './statements.ts';

/** What statements name. */
export interface PermissionScope {
  readonly arns: Arns;
  readonly table: Table;
  readonly busArn: string;
  readonly queues: Queues;
  readonly schedulerRole: IRole;
}

/** What each service does with the lease's items: a permission that no scenario uses fails `test/iam`. */
const itemActions = {
  // It moves what a request hastens to another place in the order of the waiting; all read and clear the outbox.
  intake: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem'],
  provisioner: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem'],
  runner: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
  teardown: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem'],
} as const;

/**
 * A repository is made with its tags, for which CreateRepository is authorized for TagResource too:
 * https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-tag-repository-add.html
 */
const preparing = ['codecommit:GetRepository', 'codecommit:CreateRepository', 'codecommit:TagResource'];

/** Who works on the lease: its table, its events, its one schedule. */
function workOnLease(
  { arns, table, busArn, schedulerRole }: PermissionScope,
  service: keyof typeof itemActions,
): PolicyStatement[] {
  return [
    allow(
      'KeepTheLease',
      itemActions[service].map((action) => `dynamodb:${action}`),
      [table.tableArn],
    ),
    putEvents('PublishToBus', busArn, 'hourglass'),
    allow('ArmTheTimer', ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule'], [arns.schedules]),
    passRole('PassSchedulerRole', [schedulerRole], 'scheduler'),
  ];
}

/** Webhook: says `MirrorRequested` and `TaskRequested` in its own name, and reads the secrets of the git servers that may call it. */
export function permitWebhook({ arns, busArn }: PermissionScope, { webhooks }: HourglassConfig): PolicyStatement[] {
  const secrets = Object.values(webhooks).map(({ secret }) => secret);
  return [putEvents('AskOnTheBus', busArn, 'hourglass.webhook', requests), ...readParameters('Secrets', arns, secrets)];
}

/** Exactly these SecureStrings. With the account's own alias/aws/ssm no key is named: its policy lets everybody of the account decrypt by way of Parameter Store. */
function readParameters(
  what: string,
  arns: Arns,
  parameters: readonly { readonly parameter: string; readonly kmsKeyArn?: string | undefined }[],
): PolicyStatement[] {
  const names = [...new Set(parameters.map(({ parameter }) => arns.parameter(parameter)))];
  const keys = [...new Set(parameters.flatMap(({ kmsKeyArn }) => kmsKeyArn ?? []))];
  return [
    ...(names.length > 0 ? [allow(`Read${what}`, ['ssm:GetParameter'], names)] : []),
    ...(keys.length > 0 ? [allow(`Decrypt${what}`, ['kms:Decrypt'], keys, throughService('ssm'))] : []),
  ];
}

/** Intake: takes requests from its queue, keeps refused ones. */
export function permitIntake(scope: PermissionScope): PolicyStatement[] {
  const { intake, intakeDead } = scope.queues;
  return [
    ...workOnLease(scope, 'intake'),
    allow('TakeRequests', receiving, [intake.queueArn]),
    allow('KeepRefused', ['sqs:SendMessage'], [intakeDead.queueArn]),
  ];
}

/** Provisioner: makes the mirrors' repositories, since without them no hour is bought; creates the endpoints stack, with the service role that may touch nothing but endpoints. */
export function permitProvisioner(scope: PermissionScope, stackRole: IRole, mirrors: string[]): PolicyStatement[] {
  return [
    ...workOnLease(scope, 'provisioner'),
    allow(
      'CreateEndpointsStack',
      // With tags, CreateStack is authorized for TagResource too, by the key cloudformation:CreateAction ("Control access based
      // on resource-mutating API actions"): https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security_iam_id-based-policy-examples.html
      // Why a creation failed, only the stack's events say.
      [
        'cloudformation:CreateStack',
        'cloudformation:TagResource',
        'cloudformation:DescribeStacks',
        'cloudformation:DescribeStackEvents',
      ],
      [scope.arns.endpointsStacks],
    ),
    passRole('PassStackRole', [stackRole], 'cloudformation'),
    allow('PrepareMirrors', preparing, mirrors),
    allow('SendFailedMirrors', ['sqs:SendMessage'], [scope.queues.failedMirrors.queueArn]),
  ];
}

/** Runner: starts, watches and stops tasks of this cluster; makes the mirrors' repositories and names their default branch. */
export function permitRunner(scope: PermissionScope, taskRoles: IRole[], mirrors: string[]): PolicyStatement[] {
  const { arns, queues } = scope;
  const inOwnCluster = { ArnEquals: { 'ecs:cluster': arns.cluster } };
  return [
    ...workOnLease(scope, 'runner'),
    allow('RunTasks', ['ecs:RunTask'], [arns.taskDefinitions], inOwnCluster),
    // ListTasks is authorized by its cluster only: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    allow('FindTasks', ['ecs:ListTasks'], ['*'], inOwnCluster),
    allow('WatchAndStopTasks', ['ecs:DescribeTasks', 'ecs:StopTask'], [arns.tasks]),
    // RunTask with tags is authorized for this too, and a task that runs is never tagged:
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
    allow('TagWhatIsRun', ['ecs:TagResource'], [arns.tasks], { StringEquals: { 'ecs:CreateAction': 'RunTask' } }),
    passRole('PassTaskRoles', taskRoles, 'ecs-tasks'),
    allow('PrepareMirrors', [...preparing, 'codecommit:UpdateDefaultBranch'], mirrors),
    allow('SendFailedMirrors', ['sqs:SendMessage'], [queues.failedMirrors.queueArn]),
  ];
}

/** Runner, where there is the direct carrier: begins its attempts, and asks the other lease for what they cannot carry. */
export function permitDirectRunner({ arns, table }: PermissionScope): PolicyStatement[] {
  return [
    allow('BeginDirectAttempts', ['lambda:InvokeFunction'], [arns.function('fetcher')]),
    allow('HandOver', ['dynamodb:BatchGetItem'], [table.tableArn]),
  ];
}

/** What the direct carrier's functions do with the table: an attempt's work and its end. */
function readWorkWriteEnd(table: Table): PolicyStatement {
  return allow('ReadWorkWriteResult', ['dynamodb:GetItem', 'dynamodb:UpdateItem'], [table.tableArn], {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['work#*'] },
  });
}

/** Fetcher: reads its work and the source's credentials, stores packs. Its interface in the VPC is made and removed by Lambda in its name. */
export function permitFetcher(
  { arns, table }: PermissionScope,
  bucket: Bucket,
  { directLease }: Pick<Names, 'directLease'>,
  credentials: PolicyStatement[],
): PolicyStatement[] {
  return [
    readWorkWriteEnd(table),
    allow('ReadWhatWasCarried', ['dynamodb:GetItem'], [table.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`memory#${directLease}#*`] },
    }),
    allow('StorePacks', ['s3:PutObject', 's3:AbortMultipartUpload'], [bucket.arnForObjects('*')]),
    ...credentials,
    // Lambda checks these when the function is made, and the code itself must not have them:
    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice
    allow('StandInTheVpc', networkInterfaces, ['*']),
    new PolicyStatement({
      sid: 'LeaveTheVpcAlone',
      effect: Effect.DENY,
      actions: networkInterfaces,
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': [arns.function('fetcher')] } },
    }),
  ];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
const networkInterfaces = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Pusher: reads what is stored, pushes it, writes the end; and asks for the mirror of a source that shows something new. */
export function permitPusher({ table, busArn }: PermissionScope, bucket: Bucket, mirrors: string[]): PolicyStatement[] {
  return [
    readWorkWriteEnd(table),
    allow('ReadPacks', ['s3:GetObject'], [bucket.arnForObjects('*')]),
    allow('Mirror', ['codecommit:GitPull', 'codecommit:GitPush'], mirrors),
    putEvents('PublishEnd', busArn, 'hourglass', ['AttemptEnded']),
    putEvents('AskForMirrors', busArn, 'hourglass.client', ['MirrorRequested']),
  ];
}

/** Teardown: deletes the endpoints stack, then sweeps what still carries the lease's tag. */
export function permitTeardown(scope: PermissionScope): PolicyStatement[] {
  const { arns } = scope;
  return [
    ...workOnLease(scope, 'teardown'),
    allow(
      'DeleteEndpointsStack',
      ['cloudformation:DeleteStack', 'cloudformation:DescribeStacks'],
      [arns.endpointsStacks],
    ),
    // ec2:Describe* knows no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    allow('FindLeftEndpoints', ['ec2:DescribeVpcEndpoints'], ['*']),
    allow('SweepLeftEndpoints', ['ec2:DeleteVpcEndpoints'], [arns.vpcEndpoints], arns.ofAnOpening),
  ];
}

/** Notifier: publishes to a topic, keeps what it has published, and reads what a mirror carried and the tokens for its git server. */
export function permitNotifier(
  { arns, table }: PermissionScope,
  { answers }: HourglassConfig,
  topic: ITopic | undefined,
): PolicyStatement[] {
  const tokens = Object.values(answers.commitStatus).map(({ token }) => token);
  return [
    ...(topic === undefined
      ? []
      : [
          allow('PublishNotice', ['sns:Publish'], [topic.topicArn]),
          allow(
            'KeepNotices',
            ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'].map((action) => `dynamodb:${action}`),
            [table.tableArn],
            { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['notice#*'] } },
          ),
        ]),
    ...(tokens.length === 0
      ? []
      : [
          allow('ReadHistory', ['dynamodb:Query'], [table.tableArn], {
            'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['history#*'] },
          }),
          ...readParameters('Tokens', arns, tokens),
        ]),
  ];
}

/** Replay: takes failed requests back and asks anew in its own name. */
export function permitReplay({ queues, table, busArn }: PermissionScope): PolicyStatement[] {
  return [
    allow('TakeReplays', receiving, [queues.replay.queueArn]),
    // Moving wants these on the source and SendMessage on the destination; what had its redrives is put back:
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
    allow(
      'MoveFailedMirrors',
      ['sqs:StartMessageMoveTask', ...receiving, 'sqs:SendMessage'],
      [queues.failedMirrors.queueArn],
    ),
    allow('MoveIntoReplay', ['sqs:SendMessage'], [queues.replay.queueArn]),
    putEvents('AskAnew', busArn, 'hourglass.replay', requests),
    allow('CountReplays', ['dynamodb:GetItem', 'dynamodb:PutItem'], [table.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['replay#*'] },
    }),
  ];
}
