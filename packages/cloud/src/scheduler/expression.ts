/**
 * Schedule expressions: once at `at(yyyy-mm-ddThh:mm:ss)` in UTC, or again and again by `rate(n minutes|hours|days)`, from the start date on or at once,
 * or by `cron(…)` in a time zone.
 * Source: EventBridge Scheduler user guide, "Schedule types".
 */
import { AwsError } from '../errors.ts';
import { nextCronMs, readCron } from './cron.ts';
import type { CreateScheduleInput } from './schedule.ts';

/** When a schedule first fires, in epoch milliseconds, and when after that again; `null`: no more. */
export interface Occurrences {
  readonly firstMs: number;
  readonly nextMs: (afterMs: number) => number | null;
}

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The occurrences that a schedule asks for. Throws ValidationException. */
export function readOccurrences(input: CreateScheduleInput, nowMs: number): Occurrences {
  const { ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate } = input;
  if (EndDate !== undefined) throw invalid('the simulated AWS knows no end date');
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(ScheduleExpression) ?? [];
  if (unit !== undefined && Number(count) > 0) {
    const everyMs = Number(count) * unitMs[unit as keyof typeof unitMs];
    return { firstMs: StartDate === undefined ? nowMs : StartDate * 1_000, nextMs: (afterMs) => afterMs + everyMs };
  }
  const [, fields] = /^cron\((.*)\)$/.exec(ScheduleExpression) ?? [];
  if (fields !== undefined) {
    const cron = readCron(fields, ScheduleExpressionTimezone ?? 'UTC');
    if (cron === undefined) throw invalid(`Invalid Schedule Expression ${ScheduleExpression}.`);
    const nextMs = (afterMs: number) => nextCronMs(cron, afterMs);
    return { firstMs: nextMs(nowMs) ?? Number.NaN, nextMs };
  }
  if (ScheduleExpressionTimezone !== undefined && ScheduleExpressionTimezone !== 'UTC') {
    throw invalid(`the simulated AWS knows one-time schedules in UTC only, not ${ScheduleExpressionTimezone}`);
  }
  return { firstMs: parseAt(ScheduleExpression), nextMs: () => null };
}

function parseAt(expression: string): number {
  const match = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/.exec(expression);
  const atMs = match === null ? Number.NaN : Date.parse(`${match[1]}Z`);
  // Date.parse takes 31 February for 3 March in some forms: what comes back must be what was said.
  if (Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 19) !== match?.[1]) {
    throw invalid(`Invalid Schedule Expression ${expression}.`);
  }
  return atMs;
}

const invalid = (message: string) => new AwsError('ValidationException', message);
