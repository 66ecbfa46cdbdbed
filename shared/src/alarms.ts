/**
 * The lease's alarm as a schedule that begins at its time and rings again until a write has replaced it. A one-off schedule would be
 * lost if the service fails on it three times, which Lambda does within some three minutes: a short outage of DynamoDB or of the Scheduler.
 */
import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler';
import type { Alarm, Alarms } from '@hourglass/lease';

/**
 * The first occurrence is the start date's: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based.
 * Not sooner than the lease's patience, so that a handler that works has always written before the next ring.
 */
const RING_EVERY = 'rate(2 minutes)';

/** How long a ring that cannot be delivered is tried again, before it is dropped and an alarm tells of it; later ones go on. */
const RING_TRIED_S = 900;

export interface ScheduleTarget {
  groupName: string;
  roleArn: string;
  functionArnPrefix: string;
  deadLetterArn: string;
}

export function createScheduledAlarms(client: SchedulerClient, target: ScheduleTarget): Alarms {
  const { groupName, roleArn, functionArnPrefix, deadLetterArn } = target;
  return {
    async create(leaseId: string, alarm: Alarm): Promise<void> {
      try {
        await client.send(
          new CreateScheduleCommand({
            Name: alarm.id,
            GroupName: groupName,
            ScheduleExpression: RING_EVERY,
            StartDate: wholeSecond(alarm.atMs),
            FlexibleTimeWindow: { Mode: 'OFF' },
            Target: {
              Arn: functionArnPrefix + alarm.owner,
              RoleArn: roleArn,
              Input: JSON.stringify({ alarm: { leaseId, alarmId: alarm.id } }),
              DeadLetterConfig: { Arn: deadLetterArn },
              RetryPolicy: { MaximumEventAgeInSeconds: RING_TRIED_S },
            },
          }),
        );
      } catch (error) {
        // The id says which write it was made for, so the one that exists is the same alarm.
        if (!(error instanceof ConflictException)) throw error;
      }
    },
    async delete(alarm: Pick<Alarm, 'id'>): Promise<void> {
      try {
        await client.send(new DeleteScheduleCommand({ Name: alarm.id, GroupName: groupName }));
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
