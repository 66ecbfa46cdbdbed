/**
 * Whether a task in a sealed subnet can start: Fargate needs ECR's two endpoints for the image, `logs` for the log driver, and the
 * secrets' endpoint for secrets, all available in the task's VPC. The words are those of "Stopped tasks error messages".
 */
import type { CloudCore } from '../core.ts';
import { endpointServiceName } from '../partition.ts';
import type { Task } from './task.ts';

/** The reason why the task cannot start, if it cannot. */
export async function findStartFailure(core: CloudCore, task: Task): Promise<string | undefined> {
  let available: Set<string>;
  try {
    available = await listAvailableServices(core, await findVpc(core, task));
  } catch (error) {
    return `ResourceInitializationError: ${error instanceof Error ? error.message : String(error)}`;
  }
  const missing = listNeededServices(task).find((service) => !available.has(endpointServiceName(core.region, service)));
  return missing === undefined ? undefined : describeFailure(core, task, missing);
}

function listNeededServices(task: Task): string[] {
  const { image, logGroup, secretSources } = task.definition.container;
  const fromEcr = /\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/.test(image);
  return [...secretSources, ...(fromEcr ? ['ecr.api', 'ecr.dkr'] : []), ...(logGroup === undefined ? [] : ['logs'])];
}

/** The task's groups name its VPC; undefined for groups that are not of this world. */
async function findVpc(core: CloudCore, task: Task): Promise<string | undefined> {
  if (task.securityGroups.length === 0) return undefined;
  const answer = await core.call('ec2', 'DescribeSecurityGroups', { GroupId: task.securityGroups }, ownPrincipal(core));
  return (answer as { securityGroupInfo: { vpcId: string }[] }).securityGroupInfo[0]?.vpcId;
}

async function listAvailableServices(core: CloudCore, vpcId: string | undefined): Promise<Set<string>> {
  const Filter = [
    { Name: 'vpc-endpoint-state', Value: ['available'] },
    ...(vpcId === undefined ? [] : [{ Name: 'vpc-id', Value: [vpcId] }]),
  ];
  const answer = await core.call('ec2', 'DescribeVpcEndpoints', { Filter }, ownPrincipal(core));
  return new Set(
    (answer as { vpcEndpointSet: { serviceName: string }[] }).vpcEndpointSet.map((one) => one.serviceName),
  );
}

function ownPrincipal(core: CloudCore): { kind: 'root'; arn: string } {
  return { kind: 'root', arn: `arn:${core.partition}:iam::${core.account}:root` };
}

function describeFailure({ region }: CloudCore, task: Task, service: string): string {
  const timeout = 'dial tcp: i/o timeout';
  switch (service) {
    case 'ecr.api':
      return `ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post "https://api.ecr.${region}.amazonaws.com/": ${timeout}`;
    case 'ecr.dkr':
      return `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${task.definition.container.image}: failed to do request: ${timeout}`;
    case 'logs':
      return `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: RequestError: send request failed caused by: Post "https://logs.${region}.amazonaws.com/": ${timeout} : exit status 1`;
    default:
      return `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from ${service}: RequestError: send request failed caused by: Post "https://${service}.${region}.amazonaws.com/": ${timeout}`;
  }
}
