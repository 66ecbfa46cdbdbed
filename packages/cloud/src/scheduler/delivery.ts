/**
 * What happens when a schedule fires. What cannot be delivered goes to its dead-letter queue, sent by the same role.
 * Source: EventBridge Scheduler user guide, "Configuring a dead-letter queue".
 */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import { callTarget } from '../events/bus.ts';
import type { Principal } from '../service.ts';
import type { Schedule } from './schedule.ts';

const firstRetryMs = 1000;
const longestRetryMs = 300_000;

/** Calls the target under the schedule's role; tries again what may pass, buries what will not. */
export async function deliverSchedule(
  core: CloudCore,
  schedule: Schedule,
  assume: () => Principal,
  retries = 0,
): Promise<void> {
  const { Target } = schedule.input;
  try {
    await call(core, Target, assume());
  } catch (error) {
    if (!(error instanceof AwsError)) {
      throw error;
    }
    const { clock } = core;
    const waitMs = Math.min(firstRetryMs * 2 ** retries, longestRetryMs);
    const maxAgeMs = (Target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400) * 1000;
    const retriable = error.httpStatus >= 500 || error.httpStatus === 429;
    if (
      retriable &&
      retries < (Target.RetryPolicy?.MaximumRetryAttempts ?? 185) &&
      clock.nowMs() + waitMs - schedule.atMs <= maxAgeMs
    ) {
      clock.schedule(clock.nowMs() + waitMs, `schedule ${schedule.input.Name} again`, () =>
        deliverSchedule(core, schedule, assume, retries + 1),
      );
      return;
    }
    await bury(core, schedule, assume, error);
  }
}

async function call(core: CloudCore, target: Schedule['input']['Target'], principal: Principal): Promise<void> {
  const { Arn, Input = '{}', EventBridgeParameters: event } = target;
  if (event === undefined) return callTarget(core, Arn, Input, principal);
  const entry = { ...event, EventBusName: Arn, Detail: Input };
  const { Entries } = (await core.call('events', 'PutEvents', { Entries: [entry] }, principal)) as {
    Entries: { ErrorCode?: string; ErrorMessage?: string }[];
  };
  const [first] = Entries;
  if (first?.ErrorCode !== undefined)
    throw new AwsError(first.ErrorCode, first.ErrorMessage ?? '', { httpStatus: 400 });
}

async function bury(core: CloudCore, schedule: Schedule, assume: () => Principal, error: AwsError): Promise<void> {
  const { Target, Name, GroupName: group = 'default' } = schedule.input;
  const report = (reason: string): void =>
    core.trace({
      kind: 'delivery-failed',
      atMs: core.clock.nowMs(),
      rule: `schedule ${Name}`,
      target: Target.Arn,
      reason,
      group,
    });
  report(error.message);
  const deadLetterArn = Target.DeadLetterConfig?.Arn;
  if (deadLetterArn === undefined) {
    return;
  }
  const attribute = (value: string): object => ({ DataType: 'String', StringValue: value });
  try {
    await core.call(
      'sqs',
      'SendMessage',
      {
        QueueUrl: deadLetterArn.replace(/^.*:/, ''),
        MessageBody: Target.Input ?? '{}',
        MessageAttributes: {
          SCHEDULE_ARN: attribute(schedule.arn),
          TARGET_ARN: attribute(Target.Arn),
          ERROR_CODE: attribute(error.code),
          ERROR_MESSAGE: attribute(error.message),
        },
      },
      assume(),
    );
  } catch (lost) {
    if (!(lost instanceof AwsError)) {
      throw lost;
    }
    report(lost.message);
  }
}
