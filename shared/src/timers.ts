/**
 * The lease's timer as a schedule that begins at its time and fires again until a write has replaced it. A one-off schedule would be
 * lost if the service fails on it three times, which Lambda does within some three minutes: a short outage of DynamoDB or of the Scheduler.
 */
import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { type Timer, TimerRefused, type Timers } from '@hourglass/lease';
import { describeRefusal } from './refusals.ts';

/**
 * The first occurrence is the start date's: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based.
 * Not sooner than the lease's patience, so that a handler that works has always written before the next firing.
 */
const RING_EVERY = 'rate(2 minutes)';

/** How long a firing that cannot be delivered is tried again, before it is dropped; later ones go on. */
const RING_TRIED_S = 900;

export interface ScheduleTarget {
  groupName: string;
  roleArn: string;
  functionArnPrefix: string;
  deadLetterArn: string;
}

export function createScheduledTimers(client: SchedulerClient, target: ScheduleTarget): Timers {
  const { groupName, roleArn, functionArnPrefix, deadLetterArn } = target;
  return {
    async create(leaseId: string, timer: Timer): Promise<void> {
      try {
        await client.send(
          new CreateScheduleCommand({
            Name: timer.id,
            GroupName: groupName,
            ScheduleExpression: RING_EVERY,
            StartDate: wholeSecond(timer.atMs),
            FlexibleTimeWindow: { Mode: 'OFF' },
            Target: {
              Arn: functionArnPrefix + timer.owner,
              RoleArn: roleArn,
              Input: JSON.stringify({ timer: { leaseId, timerId: timer.id } }),
              DeadLetterConfig: { Arn: deadLetterArn },
              RetryPolicy: { MaximumEventAgeInSeconds: RING_TRIED_S },
            },
          }),
        );
      } catch (error) {
        // The id says which write it was made for, so the one that exists is the same timer.
        if (error instanceof ConflictException) return;
        // The group is gone, and with it the timer that would stand in.
        if (error instanceof ResourceNotFoundException) throw error;
        throw new TimerRefused(describeRefusal(error as Error), { cause: error });
      }
    },
    async delete(timer: Pick<Timer, 'id'>): Promise<void> {
      try {
        await client.send(new DeleteScheduleCommand({ Name: timer.id, GroupName: groupName }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    },
  };
}

/** The Scheduler's precision is a minute; rounded up to a second, so that it is never sooner than asked for. */
function wholeSecond(atMs: number): Date {
  return new Date(Math.ceil(atMs / 1_000) * 1_000);
}
