/**
 * One-time schedule expressions: `at(yyyy-mm-ddThh:mm:ss)`, in the schedule's time zone (UTC if none is named).
 * Source: EventBridge Scheduler user guide, "Schedule types".
 */
import { AwsError } from '../errors.ts';

/** The UTC epoch milliseconds an expression names. Throws ValidationException. */
export function parseAtExpression(expression: string, timezone: string | undefined): number {
  if (/^(rate|cron)\(/.test(expression)) {
    throw new AwsError('ValidationException', `the simulated AWS knows one-time schedules only, not ${expression}`);
  }
  if (timezone !== undefined && timezone !== 'UTC') {
    throw new AwsError('ValidationException', `the simulated AWS knows schedules in UTC only, not ${timezone}`);
  }
  const match = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/.exec(expression);
  const atMs = match === null ? Number.NaN : Date.parse(`${match[1]}Z`);
  // Date.parse takes 31 February for 3 March in some forms: what comes back must be what was said.
  if (Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 19) !== match?.[1]) {
    throw new AwsError('ValidationException', `Invalid Schedule Expression ${expression}.`);
  }
  return atMs;
}
