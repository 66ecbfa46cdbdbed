/**
 * What each role must be able to do for a mirror to come about, one demand of each kind: enough to see that a policy was detached, or that an
 * organisation or a boundary denies. The whole list of permissions is infra/permissions.md; `test/iam` proves that.
 */

import type { DeploymentMade, DeploymentNeeds } from '@hourglass/shared/deployment-needs';
import { FENCE_TAG, LEASE_TAG } from '@hourglass/shared/tags';
import type { Deployment } from '../deployment/open-deployment.ts';

export interface RoleDemand {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly context?: Readonly<Record<string, string>>;
}

export interface DemandScope {
  readonly deployment: Deployment;
  readonly needs: DeploymentNeeds;
  readonly made: DeploymentMade;
  readonly partition: string;
  readonly account: string;
}

/** By the names of roles in {@link DeploymentMade}. */
export function listRoleDemands(scope: DemandScope): Readonly<Record<string, readonly RoleDemand[]>> {
  const { deployment, needs, made, partition, account } = scope;
  const { description, region } = deployment;
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const queue = (name: keyof typeof description.queueUrls) =>
    arn('sqs', description.queueUrls[name].replace(/^.*\//, ''));
  const table = arn('dynamodb', `table/${description.table}`);
  const stack = arn('cloudformation', `stack/${description.endpointsStack}/doctor`);
  const bus = arn('events', `event-bus/${description.bus}`);
  const endpoint = arn('ec2', 'vpc-endpoint/vpce-0123456789abcdef0');
  const schedule = arn('scheduler', `schedule/${made.scheduleGroup}/doctor`);
  const mirrors = (needs.mirrors ?? []).slice(0, 1).map((name) => arn('codecommit', name));
  const task = arn('ecs', `task/${description.cluster.replace(/^.*\//, '')}/doctor`);
  const say = (source: string, type = 'MirrorRequested'): RoleDemand => ({
    actions: ['events:PutEvents'],
    resources: [bus],
    context: { 'events:source': source, 'events:detail-type': type },
  });
  const pass = (role: string, service: string): RoleDemand => ({
    actions: ['iam:PassRole'],
    resources: [made.roles[role] ?? '*'],
    context: { 'iam:PassedToService': `${service}.amazonaws.com` },
  });
  const onLease: RoleDemand[] = [
    { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [table] },
    { actions: ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule'], resources: [schedule] },
    pass('scheduler', 'scheduler'),
    say('hourglass', 'EndpointsNeeded'),
  ];
  const receive = (name: keyof typeof description.queueUrls): RoleDemand => ({
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: [queue(name)],
  });
  const send = (name: keyof typeof description.queueUrls): RoleDemand => ({
    actions: ['sqs:SendMessage'],
    resources: [queue(name)],
  });
  const secrets = Object.values(needs.webhookSecrets).map(({ parameter }) => arn('ssm', `parameter${parameter}`));
  const ofThisLease = { [`aws:ResourceTag/${LEASE_TAG}`]: needs.deployment, [`aws:ResourceTag/${FENCE_TAG}`]: '1' };
  const forThisLease = { [`aws:RequestTag/${LEASE_TAG}`]: needs.deployment, [`aws:RequestTag/${FENCE_TAG}`]: '1' };
  const network = [
    arn('ec2', `vpc/${needs.vpcId}`),
    ...needs.endpointSubnets.map(({ subnet }) => arn('ec2', `subnet/${subnet}`)),
    arn('ec2', `security-group/${made.endpointsSecurityGroup}`),
  ];
  return {
    webhook: [say('hourglass.webhook'), ...some(['ssm:GetParameter'], secrets)],
    intake: [...onLease, receive('intake'), send('intakeDead')],
    provisioner: [
      ...onLease,
      { actions: ['cloudformation:CreateStack', 'cloudformation:DescribeStacks'], resources: [stack] },
      pass('stack', 'cloudformation'),
      ...some(['codecommit:GetRepository', 'codecommit:CreateRepository'], mirrors),
      send('failedMirrors'),
    ],
    runner: [
      ...onLease,
      { actions: ['ecs:RunTask'], resources: [made.taskDefinition], context: { 'ecs:cluster': description.cluster } },
      { actions: ['ecs:DescribeTasks', 'ecs:StopTask'], resources: [task] },
      pass('task', 'ecs-tasks'),
      pass('execution', 'ecs-tasks'),
      ...some(['codecommit:GetRepository', 'codecommit:UpdateDefaultBranch'], mirrors),
      send('failedMirrors'),
    ],
    teardown: [
      ...onLease,
      { actions: ['cloudformation:DeleteStack', 'cloudformation:DescribeStacks'], resources: [stack] },
      { actions: ['ec2:DescribeVpcEndpoints'], resources: ['*'] },
      { actions: ['ec2:DeleteVpcEndpoints'], resources: [endpoint], context: ofThisLease },
    ],
    replay: [
      receive('replay'),
      { actions: ['sqs:StartMessageMoveTask'], resources: [queue('failedMirrors')] },
      say('hourglass.replay'),
    ],
    task: [
      {
        actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        resources: [table],
        context: { 'dynamodb:LeadingKeys': 'work#doctor' },
      },
      ...some(['codecommit:GitPull', 'codecommit:GitPush'], mirrors),
      ...demandCredentials(needs, partition, region),
    ],
    execution: [
      { actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
      {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [arn('logs', `log-group:${description.taskLogs}:log-stream:doctor`)],
      },
    ],
    stack: [
      { actions: ['ec2:CreateVpcEndpoint'], resources: network },
      { actions: ['ec2:CreateVpcEndpoint'], resources: [endpoint], context: forThisLease },
      { actions: ['ec2:CreateTags'], resources: [endpoint], context: { 'ec2:CreateAction': 'CreateVpcEndpoint' } },
      { actions: ['ec2:DeleteVpcEndpoints'], resources: [endpoint], context: ofThisLease },
      { actions: ['ec2:DescribeVpcEndpoints'], resources: ['*'] },
      { actions: ['route53:AssociateVPCWithHostedZone'], resources: [`arn:${partition}:route53:::hostedzone/Z1`] },
    ],
    scheduler: [
      {
        actions: ['lambda:InvokeFunction'],
        resources: ['provisioner', 'runner', 'teardown'].flatMap((name) =>
          made.functions[name] === undefined ? [] : [arn('lambda', `function:${made.functions[name]}`)],
        ),
      },
      send('undelivered'),
    ],
  };
}

function some(actions: readonly string[], resources: readonly string[]): RoleDemand[] {
  return resources.length === 0 ? [] : [{ actions, resources }];
}

function demandCredentials({ credentials }: DeploymentNeeds, partition: string, region: string): RoleDemand[] {
  return credentials.flatMap(({ bucket, key, secretArn, kmsKeyArn }) => [
    secretArn === undefined
      ? { actions: ['s3:GetObject'], resources: [`arn:${partition}:s3:::${bucket}/${key}`] }
      : { actions: ['secretsmanager:GetSecretValue'], resources: [secretArn] },
    ...(kmsKeyArn === undefined
      ? []
      : [
          {
            actions: ['kms:Decrypt'],
            resources: [kmsKeyArn],
            context: {
              'kms:ViaService': `${secretArn === undefined ? 's3' : 'secretsmanager'}.${region}.amazonaws.com`,
            },
          },
        ]),
  ]);
}
