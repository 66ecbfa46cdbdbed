/** The two events of AWS that Hourglass acts on, as far as it reads them, and the timer's payload. Unknown fields are left alone. */
import * as z from 'zod';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html, "Resource types" */
const STACK_ID = /^arn:[\w-]+:cloudformation:[\w-]+:\d{12}:stack\/[A-Za-z][A-Za-z0-9-]*\/[\w-]+$/;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html, "startedBy" */
const MAX_STARTED_BY = 128;

/**
 * `CloudFormation Stack Status Change`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-eventbridge.html
 */
export const StackStatusChange = {
  name: 'CloudFormation Stack Status Change',
  sources: ['aws.cloudformation'],
  version: 1,
  detail: z.object({
    'stack-id': z.string().regex(STACK_ID, "must be a stack's ARN"),
    'status-details': z.object({ status: z.string(), 'status-reason': z.string().optional() }),
  }),
} as const;

/**
 * `ECS Task State Change`. `startedBy` is the attempt's token.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
 */
export const TaskStateChange = {
  name: 'ECS Task State Change',
  sources: ['aws.ecs'],
  version: 1,
  detail: z.object({
    clusterArn: z.string(),
    taskArn: z.string(),
    lastStatus: z.string(),
    startedBy: z.string().max(MAX_STARTED_BY).optional(),
    stopCode: z.string().optional(),
    stoppedReason: z.string().optional(),
    containers: z
      .array(z.object({ name: z.string().optional(), exitCode: z.number().optional(), reason: z.string().optional() }))
      .optional(),
  }),
} as const;

/** What a schedule hands to the service it wakes. */
export const TimerFired = z.object({ timer: z.object({ leaseId: z.string().min(1), timerId: z.string().min(1) }) });
