/**
 * The findings of AwsSolutions that are accepted, each with its reason. A finding is accepted by its exact text, so that a
 * wildcard that is added later is found again.
 */
import { Stack, Validations } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { Arns } from './arns.ts';
import type { HourglassConfig } from './config.ts';
import { type FunctionName, type Names, serviceNames } from './names.ts';

/** Where findings are. */
export interface Findings {
  readonly hourglass: IConstruct;
  readonly names: Names;
  readonly arns: Arns;
  readonly config: HourglassConfig;
  readonly deadLetterQueues: IConstruct[];
  readonly cluster: IConstruct;
  readonly taskDefinition: IConstruct;
  readonly webhookApi?: IConstruct;
  readonly taskRole: IConstruct;
  readonly executionRole: IConstruct;
  readonly stackRole: IConstruct;
  readonly teardownRole: IConstruct;
  readonly runnerRole: IConstruct;
  readonly provisionerRole: IConstruct;
  readonly operatorPolicies: readonly IConstruct[];
  /** ARNs that end in a wildcard. */
  readonly tableIndexes: string[];
  /** Of the direct carrier, where there is one. */
  readonly direct?:
    | { readonly bucket: Bucket; readonly fetcherRole: IConstruct; readonly pusherRole: IConstruct }
    | undefined;
}

/** Accepts them. */
export function acceptFindings(findings: Findings): void {
  const { hourglass, arns, config } = findings;
  for (const queue of findings.deadLetterQueues) {
    accept(queue, ['AwsSolutions-SQS3'], 'It is itself where rules, schedules and functions leave their dead letters.');
  }
  accept(
    findings.cluster,
    ['AwsSolutions-ECS4'],
    "Container Insights costs by the metric and shows nothing that the task's own result does not.",
  );
  accept(
    findings.taskDefinition,
    ['AwsSolutions-ECS2'],
    "The table's name, and addresses, certificates and host keys of git hosts: nothing secret.",
  );
  if (findings.webhookApi !== undefined) {
    accept(
      findings.webhookApi,
      ['AwsSolutions-APIG4'],
      'API destinations send a key in a header, which the function compares with its hash; HTTP APIs know no keys.',
    );
  }
  const wildcards: [resources: string[], reason: string][] = [
    [[arns.schedules], "Schedules are named by the lease's version and time, in a group of this deployment alone."],
    [[arns.endpointsStacks], "What follows the stack's fixed name is an id that is new at each creation."],
    [[arns.taskDefinitions], 'A claim from before a redeployment names an older revision of this one family.'],
    [[arns.tasks], 'Task ids are made by ECS; the cluster is of this deployment alone.'],
    [[arns.vpcEndpoints], "Endpoint ids are made by EC2; the statement is bound to the tags of this lease's openings."],
    [[arns.hostedZones], 'The zone of an endpoint service is owned by AWS, and its id is not known beforehand.'],
    [
      [...serviceNames, 'clean-up' as FunctionName].map((name) => arns.functionLogStreams(name as FunctionName)),
      'Log streams are named by Lambda; the log group is of this function alone.',
    ],
  ];
  for (const [resources, reason] of wildcards) accept(hourglass, inResources(hourglass, resources), reason);
  if (config.repositories === undefined) {
    for (const role of [
      findings.taskRole,
      findings.runnerRole,
      findings.provisionerRole,
      ...(findings.direct ? [findings.direct.pusherRole] : []),
    ]) {
      accept(
        role,
        inResources(hourglass, [arns.repository('*')]),
        'No repositories are named in the configuration, so a mirror may go into every one of the account.',
      );
    }
  }
  for (const role of [findings.stackRole, findings.teardownRole]) {
    accept(role, inResources(hourglass, ['*']), 'ec2:Describe* knows no resource.');
  }
  accept(
    findings.runnerRole,
    inResources(hourglass, ['*']),
    'ecs:ListTasks is authorized by its cluster, in a condition.',
  );
  for (const policy of findings.operatorPolicies) {
    accept(
      policy,
      inResources(hourglass, [
        '*',
        `${arns.functionPrefix}*`,
        arns.repository('*'),
        ...arns.description,
        ...arns.readableLogs,
        ...findings.tableIndexes,
      ]),
      'An operator looks at what AWS knows no resource for, and at functions, logs and descriptions by the prefix of this deployment; nothing of it is secret.',
    );
  }
  if (findings.direct !== undefined) acceptDirect(findings.direct, hourglass);
  accept(findings.executionRole, inResources(hourglass, ['*']), 'ecr:GetAuthorizationToken knows no resource.');
  for (const [name, { policy }] of Object.entries(config.commands)) {
    const declared = `The configuration declares it for the command ${name}.`;
    for (const { actions, resources } of policy) {
      const wild = (values: string[]) => values.filter((value) => value.includes('*'));
      accept(findings.taskRole, inResources(hourglass, wild(resources)), declared);
      accept(
        findings.taskRole,
        wild(actions).map((action) => `AwsSolutions-IAM5[Action::${action}]`),
        declared,
      );
    }
  }
}

function acceptDirect({ bucket, fetcherRole, pusherRole }: NonNullable<Findings['direct']>, scope: IConstruct): void {
  accept(
    bucket,
    ['AwsSolutions-S1'],
    'Packs are there for a day at most, one function writes and one reads them, and a log of that would need a bucket that stays.',
  );
  for (const role of [fetcherRole, pusherRole]) {
    accept(
      role,
      inResources(scope, [bucket.arnForObjects('*')]),
      'Keys are made at run time; the bucket has nothing else in it.',
    );
  }
  accept(
    fetcherRole,
    inResources(scope, ['*']),
    "Lambda makes the function's interface in the VPC with its role, by ids not known before; the code itself is denied it.",
  );
}

/** Accepts the findings `rules` below `scope`, each `<rule>` or `<rule>[<finding>]`, for `reason`. */
function accept(scope: IConstruct, rules: string[], reason: string): void {
  if (rules.length > 0)
    Validations.of(scope).acknowledge(...rules.map((id) => ({ id: `AwsSolutions::${id}`, reason })));
}

/** The findings' ids, in which what CloudFormation alone knows is written `<AWS::Region>`. */
function inResources(scope: IConstruct, resources: string[]): string[] {
  return resources.map((resource) => `AwsSolutions-IAM5[Resource::${render(Stack.of(scope).resolve(resource))}]`);
}

function render(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
  } = value as { Ref?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, unknown[]] };
  return join === undefined ? `<${Ref ?? attribute?.join('.')}>` : join[1].map(render).join(join[0]);
}
