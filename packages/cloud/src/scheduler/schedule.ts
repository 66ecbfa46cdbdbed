/**
 * One schedule, as asked for and as kept.
 */
import type { TimerHandle } from '../clock.ts';

export interface CreateScheduleInput {
  readonly Name: string;
  readonly GroupName?: string;
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone?: string;
  readonly FlexibleTimeWindow?: { readonly Mode?: string };
  readonly ActionAfterCompletion?: 'DELETE' | 'NONE';
  readonly State?: 'ENABLED' | 'DISABLED';
  readonly Description?: string;
  readonly Target: {
    readonly Arn: string;
    readonly RoleArn: string;
    readonly Input?: string;
    readonly DeadLetterConfig?: { readonly Arn?: string };
    readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
  };
}

export interface Schedule {
  readonly input: CreateScheduleInput;
  readonly group: string;
  readonly arn: string;
  readonly createdMs: number;
  readonly atMs: number;
  timer: TimerHandle | undefined;
}
