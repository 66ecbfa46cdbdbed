/** The Lambda behind the custom resource: real clients, and the answer to the address that CloudFormation gave. */
import { ConflictException, CreateScheduleCommand } from '@aws-sdk/client-scheduler';
import { cloudFormation, createStackDeleter, createStackReader, parseEnv, scheduler, serve } from '@hourglass/shared';
import { type CleanUpEffects, type CleanUpEvent, cleanUp } from './clean-up.ts';
import { cleanUpEnv } from './config.ts';

const config = parseEnv(cleanUpEnv, process.env);
const stacks = cloudFormation();
const schedules = scheduler();

/** A minute is the Scheduler's precision. */
const AGAIN_AFTER_MS = 60_000;

const effects: CleanUpEffects = {
  stackName: config.STACK_NAME,
  describeStack: createStackReader(stacks, config.LEASE_ID),
  deleteStack: createStackDeleter(stacks),
  comeAgain: async (event) => {
    try {
      await schedules.send(
        new CreateScheduleCommand({
          Name: `clean-up-${event.RequestId}-${event.attempt}`,
          GroupName: config.SCHEDULE_GROUP,
          ScheduleExpression: `at(${new Date(Date.now() + AGAIN_AFTER_MS).toISOString().slice(0, 19)})`,
          ScheduleExpressionTimezone: 'UTC',
          FlexibleTimeWindow: { Mode: 'OFF' },
          ActionAfterCompletion: 'DELETE',
          Target: {
            Arn: config.FUNCTION_ARN,
            RoleArn: config.SCHEDULER_ROLE_ARN,
            Input: JSON.stringify(event),
            DeadLetterConfig: { Arn: config.UNDELIVERED_QUEUE_ARN },
          },
        }),
      );
    } catch (error) {
      // This attempt was armed by an earlier delivery of the same event.
      if (!(error instanceof ConflictException)) throw error;
    }
  },
  answer: async (url, answer) => {
    // Bytes rather than text: the address is signed for a request without a content type.
    const response = await fetch(url, { method: 'PUT', body: new TextEncoder().encode(JSON.stringify(answer)) });
    if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
  },
};

export const handler = serve<CleanUpEvent, void>('clean-up', (event) => cleanUp(event, effects));
