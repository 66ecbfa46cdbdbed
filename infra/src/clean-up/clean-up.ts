/**
 * Before the control plane goes, the endpoints stack goes: whatever tool deletes it, CloudFormation first deletes the custom
 * resource that this answers for. Deleting endpoints takes minutes, and nothing here waits for them: each step arms a
 * one-off schedule that brings the same event again a minute later, and the step that finds the stack gone answers.
 * CloudFormation takes the answer from any later call:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
import type { DescribeStack } from '@hourglass/shared';

/** What CloudFormation sends, and what a schedule brings again with the number of the attempt. */
export interface CleanUpEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly attempt?: number;
}

/** The answer that CloudFormation waits for. */
export interface CleanUpAnswer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
}

/** What a clean-up does to the world. */
export interface CleanUpEffects {
  readonly stackName: string;
  describeStack: DescribeStack;
  /** @returns `refused` with the reason if CloudFormation will for certain not delete it. */
  deleteStack(stackId: string): Promise<{ refused?: string }>;
  /** Brings `event` again in a minute. The same attempt is armed once. */
  comeAgain(event: CleanUpEvent & { attempt: number }): Promise<void>;
  answer(url: string, answer: CleanUpAnswer): Promise<void>;
}

/** Attempts, a minute apart, before the deletion of the control plane is reported as failed. CloudFormation waits an hour. */
export const maxCleanUpAttempts = 45;

/** Answers a creation or an update at once, a deletion when the endpoints stack is gone. */
export async function cleanUp(event: CleanUpEvent, effects: CleanUpEffects): Promise<void> {
  if (event.RequestType !== 'Delete') return answer(event, effects, 'SUCCESS', 'Nothing is to be done yet.');
  const seen = await effects.describeStack(effects.stackName);
  // A stack of that name that is not tagged with this lease is somebody else's, and stays.
  if (seen === 'foreign' || seen.observation.status === 'absent' || seen.observation.status === 'deleted') {
    return answer(event, effects, 'SUCCESS', 'The endpoints stack is gone.');
  }
  const attempt = (event.attempt ?? 0) + 1;
  if (attempt > maxCleanUpAttempts) {
    return answer(event, effects, 'FAILED', `The endpoints stack is still there: ${seen.reason}`);
  }
  const { status, stackId } = seen.observation;
  // Should the call fail, or this end here, Lambda brings the same event again twice.
  const { refused } = status === 'deleting' ? {} : await effects.deleteStack(stackId);
  if (refused !== undefined) {
    const reason = `CloudFormation refuses to delete ${effects.stackName}, which must go first: ${refused}`;
    return answer(event, effects, 'FAILED', reason);
  }
  await effects.comeAgain({ ...event, attempt });
}

function answer(
  { ResponseURL, StackId, RequestId, LogicalResourceId }: CleanUpEvent,
  effects: CleanUpEffects,
  Status: CleanUpAnswer['Status'],
  Reason: string,
): Promise<void> {
  const PhysicalResourceId = effects.stackName;
  return effects.answer(ResponseURL, { Status, Reason, PhysicalResourceId, StackId, RequestId, LogicalResourceId });
}
