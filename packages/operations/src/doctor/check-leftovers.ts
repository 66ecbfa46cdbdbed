/** What is left behind and goes on costing, or keeps the next hour from opening. */
import { DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import type { DeploymentMade } from '@hourglass/shared/deployment-needs';
import { isOwn } from '../checks/endpoint-checks.ts';
import { fault, type Wrong, warning } from '../checks/found.ts';
import type { ObservedNetwork } from '../checks/observed-network.ts';
import type { Deployment } from '../deployment/open-deployment.ts';

/** A timer is replaced by the next one before it is deleted, so there are two for a moment. */
const MOST_TIMERS = 2;

export async function checkSchedules({ clients }: Deployment, { scheduleGroup }: DeploymentMade): Promise<Wrong[]> {
  const scheduler = await clients.scheduler();
  try {
    const { Schedules = [] } = await scheduler.send(
      new ListSchedulesCommand({ GroupName: scheduleGroup, MaxResults: 50 }),
    );
    if (Schedules.length <= MOST_TIMERS) return [];
    const names = Schedules.map(({ Name }) => Name).join(', ');
    return [
      warning(
        'left-schedules',
        scheduleGroup,
        `${Schedules.length} schedules where the lease has one: ${names}`,
        'each deletes itself once it has fired; what is not the timer of hourglass status, delete: aws scheduler delete-schedule',
      ),
    ];
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    return [fault('left-schedules', scheduleGroup, 'the schedule group is gone: no timer can be set', 'deploy again')];
  }
}

export async function checkEndpointsLeft(
  deployment: Deployment,
  { endpoints }: Pick<ObservedNetwork, 'endpoints'>,
): Promise<Wrong[]> {
  const { endpointsStack } = deployment.description;
  const stack = await findStack(deployment, endpointsStack);
  const found: Wrong[] = [];
  if (stack !== undefined && /FAILED|ROLLBACK_COMPLETE/.test(stack.StackStatus ?? '')) {
    const reason = stack.StackStatusReason === undefined ? '' : ` (${stack.StackStatusReason})`;
    found.push(
      fault(
        'left-endpoints',
        endpointsStack,
        `the stack is ${stack.StackStatus}${reason}, and what it holds is paid for`,
        'the teardown tries again; if a role or a policy keeps it from that, mend it, then delete the stack by hand',
      ),
    );
  }
  const ours = endpoints.filter((one) => one.VpcEndpointType === 'Interface' && isOwn(one, deployment.name));
  for (const { VpcEndpointId = '', ServiceName, Tags = [] } of ours) {
    const of = Tags.find(({ Key }) => Key === 'aws:cloudformation:stack-id')?.Value;
    if (stack !== undefined && of === stack.StackId) continue;
    found.push(
      fault(
        'left-endpoints',
        VpcEndpointId,
        `${ServiceName} belongs to no stack that is there, and is paid for by the hour`,
        `the next teardown sweeps it; at once: aws ec2 delete-vpc-endpoints --vpc-endpoint-ids ${VpcEndpointId}`,
      ),
    );
  }
  return found;
}

async function findStack({ clients }: Deployment, StackName: string): Promise<Stack | undefined> {
  const cloudFormation = await clients.cloudFormation();
  try {
    return (await cloudFormation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}
