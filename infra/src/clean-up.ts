/**
 * Removes the endpoints stack before the control plane goes, whatever tool deletes it. The custom resource needs the function,
 * the roles and the schedule group, so CloudFormation deletes it before them; the provisioner needs the custom resource, so
 * by then nothing can open endpoints anew. Not the CDK's provider framework: that keeps two more functions, and a state
 * machine that polls.
 */
import { CustomResource, Duration } from 'aws-cdk-lib';
import type { CfnRole, Role } from 'aws-cdk-lib/aws-iam';
import type { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Arns } from './arns.ts';
import type { CleanUpEnv } from './clean-up/config.ts';
import type { HourglassConfig } from './config.ts';
import type { Names } from './names.ts';
import { permitCleanUp } from './permissions-of-others.ts';
import type { Queues } from './queues.ts';
import { ServiceFunction } from './service-function.ts';

/** The type by which CloudFormation shows it. */
const cleanUpType = 'Custom::HourglassCleanUp';

/** What a clean-up is made of. */
export interface CleanUpProps {
  readonly names: Names;
  readonly arns: Arns;
  readonly config: HourglassConfig;
  readonly queues: Queues;
  /** Directory of the bundle. */
  readonly code: string;
  readonly schedulerRole: Role;
  /** CloudFormation's role for the endpoints stack, without which that stack could not be deleted. */
  readonly stackRole: Role;
  readonly scheduleGroup: ScheduleGroup;
}

/** The function, its role, and the custom resource. */
export class CleanUp extends Construct {
  readonly resource: CustomResource;

  constructor(scope: Construct, id: string, props: CleanUpProps) {
    super(scope, id);
    const { names, arns, config, queues, schedulerRole } = props;
    const environment: CleanUpEnv = {
      LEASE_ID: names.deployment,
      STACK_NAME: names.endpointsStack,
      SCHEDULE_GROUP: names.scheduleGroup,
      SCHEDULER_ROLE_ARN: schedulerRole.roleArn,
      UNDELIVERED_QUEUE_ARN: queues.undelivered.queueArn,
      FUNCTION_ARN: arns.function('clean-up'),
    };
    const made = new ServiceFunction(this, 'CleanUp', {
      service: 'clean-up',
      names,
      arns,
      code: props.code,
      environment,
      permissions: permitCleanUp(arns, schedulerRole),
      logRetentionDays: config.logRetentionDays,
      unhandled: queues.unhandled,
    });
    this.resource = new CustomResource(this, 'EndpointsGoFirst', {
      serviceToken: made.function.functionArn,
      resourceType: cleanUpType,
      serviceTimeout: Duration.hours(1),
    });
    this.resource.node.addDependency(made, props.stackRole.node.defaultChild as CfnRole, props.scheduleGroup);
  }
}
