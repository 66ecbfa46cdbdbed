/**
 * ARNs built from fixed names: of resources that a role must name although they do not exist yet (the endpoints stack,
 * schedules, tasks) or would close a cycle if referenced (a function and the role of the schedule that calls it).
 */
import { descriptionPath } from '@hourglass/shared/deployment-description';
import { FENCE_TAG, LEASE_TAG } from '@hourglass/shared/tags';
import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { FunctionName, Names } from './names.ts';

/** Every computed ARN of a deployment. */
export type Arns = ReturnType<typeof locateEverything>;

/** Computes ARNs in the account and Region of `stack`. */
export function locateEverything(stack: Stack, names: Names) {
  const arn = (service: string, resource: string, resourceName: string, arnFormat = ArnFormat.SLASH_RESOURCE_NAME) =>
    stack.formatArn({ service, resource, resourceName, arnFormat });
  const queue = (name: string) =>
    stack.formatArn({ service: 'sqs', resource: name, arnFormat: ArnFormat.NO_RESOURCE_NAME });
  return {
    queue,
    function: (service: FunctionName) =>
      arn('lambda', 'function', names.function(service), ArnFormat.COLON_RESOURCE_NAME),
    /** What the deployment says of itself in Parameter Store. */
    description: [descriptionPath(names.deployment), `${descriptionPath(names.deployment)}/*`].map((path) =>
      arn('ssm', 'parameter', path.slice(1)),
    ),
    bucket: (name: string) => stack.formatArn({ service: 's3', region: '', account: '', resource: name }),
    /** Log groups of the functions and the tasks, with their streams. */
    readableLogs: [`${names.functionLogsPrefix}*`, names.taskLogs].map((group) =>
      arn('logs', 'log-group', `${group}:*`, ArnFormat.COLON_RESOURCE_NAME),
    ),
    functionPrefix: arn('lambda', 'function', names.functionPrefix, ArnFormat.COLON_RESOURCE_NAME),
    functionLogStreams: (service: FunctionName) =>
      arn('logs', 'log-group', `${names.functionLogs(service)}:log-stream:*`, ArnFormat.COLON_RESOURCE_NAME),
    endpointsStacks: arn('cloudformation', 'stack', `${names.endpointsStack}/*`),
    endpointsStackPrefix: arn('cloudformation', 'stack', `${names.endpointsStack}/`),
    scheduleGroup: arn('scheduler', 'schedule-group', names.scheduleGroup),
    mirrorScheduleGroup: arn('scheduler', 'schedule-group', names.mirrorScheduleGroup),
    schedules: arn('scheduler', 'schedule', `${names.scheduleGroup}/*`),
    cluster: arn('ecs', 'cluster', names.cluster),
    tasks: arn('ecs', 'task', `${names.cluster}/*`),
    taskDefinitions: arn('ecs', 'task-definition', `${names.taskFamily}:*`),
    vpc: (id: string) => arn('ec2', 'vpc', id),
    subnet: (id: string) => arn('ec2', 'subnet', id),
    securityGroup: (id: string) => arn('ec2', 'security-group', id),
    vpcEndpoints: arn('ec2', 'vpc-endpoint', '*'),
    repository: (name: string) =>
      stack.formatArn({ service: 'codecommit', resource: name, arnFormat: ArnFormat.NO_RESOURCE_NAME }),
    /** Of Parameter Store, by its name, which begins with a slash. */
    parameter: (name: string) => arn('ssm', 'parameter', name.slice(1)),
    hostedZones: stack.formatArn({
      service: 'route53',
      region: '',
      account: '',
      resource: 'hostedzone',
      resourceName: '*',
    }),
    /** Condition that holds for an endpoint of an opening of this lease: never for the free gateway endpoints, which have no fence. */
    ofAnOpening: {
      StringEquals: { [`aws:ResourceTag/${LEASE_TAG}`]: names.deployment },
      Null: { [`aws:ResourceTag/${FENCE_TAG}`]: 'false' },
    },
  };
}
