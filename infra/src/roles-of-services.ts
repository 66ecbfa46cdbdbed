/** The roles that AWS's own services take: the Scheduler, to invoke; CloudFormation, to make and remove the endpoints stack. */
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Arns } from './arns.ts';
import type { HourglassConfig } from './config.ts';
import type { Names } from './names.ts';
import { permitEndpointsStack, permitScheduler, trustScheduleGroup } from './permissions-of-others.ts';
import type { Queues } from './queues.ts';

interface PermissionScope {
  readonly names: Names;
  readonly arns: Arns;
  readonly config: HourglassConfig;
  readonly queues: Queues;
  /** Of the endpoints. */
  readonly securityGroupId: string;
}

/** Makes both in `scope`. */
export function createRolesOfServices(
  scope: Construct,
  { names, arns, config, queues, securityGroupId }: PermissionScope,
) {
  const schedulerRole = new Role(scope, 'SchedulerRole', {
    description: `What the schedules of ${names.stack} may do`,
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions: trustScheduleGroup(arns.scheduleGroup) }),
    inlinePolicies: { timer: new PolicyDocument({ statements: permitScheduler({ arns, queues }) }) },
  });
  const stackRole = new Role(scope, 'EndpointsStackRole', {
    description: `What CloudFormation may do for ${names.endpointsStack}`,
    assumedBy: new ServicePrincipal('cloudformation.amazonaws.com'),
    inlinePolicies: {
      endpoints: new PolicyDocument({ statements: permitEndpointsStack(arns, config, securityGroupId) }),
    },
  });
  return { schedulerRole, stackRole };
}
