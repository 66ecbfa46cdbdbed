/**
 * One schedule, as asked for and as kept.
 */
import type { TimerHandle } from '../clock.ts';

export interface CreateScheduleInput {
  readonly Name: string;
  readonly GroupName?: string;
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone?: string;
  /** Epoch seconds, as REST JSON has them. */
  readonly StartDate?: number;
  readonly EndDate?: number;
  readonly FlexibleTimeWindow?: { readonly Mode?: string };
  readonly ActionAfterCompletion?: 'DELETE' | 'NONE';
  readonly State?: 'ENABLED' | 'DISABLED';
  readonly Description?: string;
  readonly Target: {
    readonly Arn: string;
    readonly RoleArn: string;
    readonly Input?: string;
    /** Of a bus: what its event is called, and in whose name. */
    readonly EventBridgeParameters?: { readonly DetailType: string; readonly Source: string };
    readonly DeadLetterConfig?: { readonly Arn?: string };
    readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
  };
}

export interface Schedule {
  readonly input: CreateScheduleInput;
  readonly group: string;
  readonly arn: string;
  readonly createdMs: number;
  /** When it fires again after one firing; `null`: never. */
  readonly nextMs: (afterMs: number) => number | null;
  /** The fire that is due next, or was the last. */
  atMs: number;
  timer: TimerHandle | undefined;
}
