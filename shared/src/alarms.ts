/** The lease's alarm as a one-off schedule that deletes itself after it has rung. */
import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler';
import type { Alarm, Alarms } from '@hourglass/lease';

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
            ScheduleExpression: `at(${wholeSecond(alarm.atMs)})`,
            ScheduleExpressionTimezone: 'UTC',
            FlexibleTimeWindow: { Mode: 'OFF' },
            ActionAfterCompletion: 'DELETE',
            Target: {
              Arn: functionArnPrefix + alarm.owner,
              RoleArn: roleArn,
              Input: JSON.stringify({ alarm: { leaseId, alarmId: alarm.id } }),
              DeadLetterConfig: { Arn: deadLetterArn },
            },
          }),
        );
      } catch (error) {
        // The id says which write it was made for, so the one that exists is the same alarm.
        if (!(error instanceof ConflictException)) throw error;
      }
    },
    async delete(alarm: Alarm): Promise<void> {
      try {
        await client.send(new DeleteScheduleCommand({ Name: alarm.id, GroupName: groupName }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    },
  };
}

/** `at(...)` takes no fraction of a second; rounded up, so that it is never sooner than asked for. */
function wholeSecond(atMs: number): string {
  return new Date(Math.ceil(atMs / 1_000) * 1_000).toISOString().slice(0, 19);
}
