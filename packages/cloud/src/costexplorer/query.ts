/** What GetCostAndUsage is asked, read as AWS reads it: period, metrics, groups, and a filter of dimensions. */
import { AwsError } from '../errors.ts';
import { type BillLine, HOUR_MS } from './bill.ts';

export type Granularity = 'HOURLY' | 'DAILY' | 'MONTHLY';

export interface Query {
  readonly granularity: Granularity;
  readonly startMs: number;
  readonly endMs: number;
  readonly metrics: readonly string[];
  /** Dimensions, two at most. */
  readonly groups: readonly string[];
  readonly matches: (line: BillLine) => boolean;
}

/** Hourly data are kept for so long. https://docs.aws.amazon.com/cost-management/latest/userguide/ce-granular-data.html */
export const HOURLY_DAYS = 14;
const DAY_MS = 24 * HOUR_MS;
const METRICS = [
  'AmortizedCost',
  'BlendedCost',
  'NetAmortizedCost',
  'NetUnblendedCost',
  'NormalizedUsageAmount',
  'UnblendedCost',
  'UsageQuantity',
];

const invalid = (message: string) => new AwsError('ValidationException', message);

// biome-ignore lint/suspicious/noExplicitAny: the wire's.
export function readQuery(input: any, nowMs: number): Query {
  const { Granularity: granularity, TimePeriod, Metrics: metrics = [], GroupBy = [], Filter } = input;
  if (!['HOURLY', 'DAILY', 'MONTHLY'].includes(granularity)) {
    throw invalid("Granularity should be either 'MONTHLY', 'DAILY' or 'HOURLY'");
  }
  if (metrics.length === 0) throw invalid('At least one metric is required.');
  const unknown = metrics.find((metric: string) => !METRICS.includes(metric));
  if (unknown !== undefined) throw invalid(`Invalid metric: ${unknown}`);
  if (GroupBy.length > 2) throw invalid('GroupBy takes at most 2 groups.');
  const startMs = readTime(TimePeriod?.Start, granularity);
  const endMs = readTime(TimePeriod?.End, granularity);
  if (startMs >= endMs) throw invalid('Start date (and hour) should be before end date (and hour)');
  if (startMs > nowMs) throw invalid('Start date cannot be after today.');
  if (granularity === 'HOURLY' && startMs < nowMs - HOURLY_DAYS * DAY_MS) {
    throw invalid(
      'Start date is more than 14 days ago for hourly granularity. Please adjust start date as we support only 14 days of data at hourly granularity.',
    );
  }
  const groups = GroupBy.map(({ Type, Key }: Record<string, string>) => {
    if (Type !== 'DIMENSION') throw invalid(`The simulated Cost Explorer groups by dimensions, not by ${Type}`);
    return Key;
  });
  return { granularity, startMs, endMs, metrics, groups, matches: readFilter(Filter) };
}

/** Days as `YYYY-MM-DD`; hours as `YYYY-MM-DDThh:mm:ssZ`, and nothing else. */
function readTime(text: unknown, granularity: Granularity): number {
  const pattern = granularity === 'HOURLY' ? /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ : /^\d{4}-\d\d-\d\d$/;
  const ms = typeof text === 'string' && pattern.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw invalid(`Start or end time is invalid for ${granularity} granularity: ${text}`);
  return ms;
}

// biome-ignore lint/suspicious/noExplicitAny: the wire's.
function readFilter(filter: any): (line: BillLine) => boolean {
  if (filter === undefined) return () => true;
  const [[kind, value] = ['', undefined], ...more] = Object.entries(filter) as [string, unknown][];
  if (more.length > 0) throw invalid('Expression should have exactly one root');
  switch (kind) {
    case 'And': {
      const all = (value as unknown[]).map(readFilter);
      return (line) => all.every((matches) => matches(line));
    }
    case 'Or': {
      const any = (value as unknown[]).map(readFilter);
      return (line) => any.some((matches) => matches(line));
    }
    case 'Not': {
      const matches = readFilter(value);
      return (line) => !matches(line);
    }
    case 'Dimensions': {
      const { Key, Values = [] } = value as { Key: string; Values?: string[] };
      return ({ dimensions }) => Values.includes(dimensions[Key] ?? '');
    }
    default:
      throw invalid(`The simulated Cost Explorer filters by dimensions, not by ${kind}`);
  }
}
