/**
 * Schedule expressions in UTC: once at `at(yyyy-mm-ddThh:mm:ss)`, or again and again by `rate(n minutes)`, from the start date on or at once.
 * Source: EventBridge Scheduler user guide, "Schedule types".
 */
import { AwsError } from '../errors.ts';
import type { CreateScheduleInput } from './schedule.ts';

/** When a schedule first fires, in epoch milliseconds, and how long after that again; `null`: once. */
export interface Occurrences {
  readonly firstMs: number;
  readonly everyMs: number | null;
}

/** The occurrences that a schedule asks for. Throws ValidationException. */
export function readOccurrences(input: CreateScheduleInput, nowMs: number): Occurrences {
  const { ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate } = input;
  if (ScheduleExpressionTimezone !== undefined && ScheduleExpressionTimezone !== 'UTC') {
    throw invalid(`the simulated AWS knows schedules in UTC only, not ${ScheduleExpressionTimezone}`);
  }
  if (EndDate !== undefined) throw invalid('the simulated AWS knows no end date');
  const rate = /^rate\((\d+) minutes?\)$/.exec(ScheduleExpression);
  if (rate !== null && Number(rate[1]) > 0) {
    return { firstMs: StartDate === undefined ? nowMs : StartDate * 1_000, everyMs: Number(rate[1]) * 60_000 };
  }
  if (/^(rate|cron)\(/.test(ScheduleExpression)) {
    throw invalid(`the simulated AWS knows one-time schedules and rates in minutes only, not ${ScheduleExpression}`);
  }
  return { firstMs: parseAt(ScheduleExpression), everyMs: null };
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
