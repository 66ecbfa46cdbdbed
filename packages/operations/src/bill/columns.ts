/**
 * What the columns of a bill are called, in each kind of file, and one row read by them.
 *
 * Cost and Usage Report: https://docs.aws.amazon.com/cur/latest/userguide/data-dictionary.html · CUR 2.0: the same names in snake case ·
 * FOCUS 1.0 with AWS columns: https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-focus-1-0-aws.html
 */
import { HOUR_MS } from '@hourglass/lease';
import { OperationFailed } from '../errors.ts';
import type { UsageLine } from './usage-hours.ts';

type Field = 'start' | 'end' | 'usageType' | 'hours' | 'usd' | 'account' | 'region' | 'resource' | 'id' | 'kind';

export interface Columns {
  readonly format: string;
  /** Names in the file; what it does not have is not there. */
  readonly of: Partial<Record<Field, string>>;
}

const FORMATS: Readonly<Record<string, Readonly<Record<Field, readonly string[]>>>> = {
  'Cost and Usage Report': {
    start: ['lineItem/UsageStartDate'],
    end: ['lineItem/UsageEndDate'],
    usageType: ['lineItem/UsageType'],
    hours: ['lineItem/UsageAmount'],
    usd: ['lineItem/UnblendedCost'],
    account: ['lineItem/UsageAccountId'],
    region: ['product/regionCode', 'product/region'],
    resource: ['lineItem/ResourceId'],
    id: ['identity/LineItemId'],
    kind: ['lineItem/LineItemType'],
  },
  'CUR 2.0': {
    start: ['line_item_usage_start_date'],
    end: ['line_item_usage_end_date'],
    usageType: ['line_item_usage_type'],
    hours: ['line_item_usage_amount'],
    usd: ['line_item_unblended_cost'],
    account: ['line_item_usage_account_id'],
    region: ['product_region_code', 'product_region'],
    resource: ['line_item_resource_id'],
    id: ['identity_line_item_id'],
    kind: ['line_item_line_item_type'],
  },
  FOCUS: {
    start: ['ChargePeriodStart'],
    end: ['ChargePeriodEnd'],
    usageType: ['x_UsageType'],
    hours: ['ConsumedQuantity', 'PricingQuantity'],
    usd: ['BilledCost', 'EffectiveCost'],
    account: ['SubAccountId'],
    region: ['RegionId'],
    resource: ['ResourceId'],
    id: [],
    kind: ['ChargeCategory'],
  },
};
const NEEDED: readonly Field[] = ['start', 'usageType', 'hours'];

/** @throws OperationFailed that names the columns that are missing */
export function findColumns(names: readonly string[], file: string): Columns {
  // Glue and Athena write names in small letters.
  const given = new Map(names.map((name) => [name.trim().toLowerCase(), name]));
  const found = Object.entries(FORMATS).map(([format, fields]) => ({
    format,
    of: Object.fromEntries(
      Object.entries(fields).flatMap(([field, options]) => {
        const name = options.map((option) => given.get(option.toLowerCase())).find((option) => option !== undefined);
        return name === undefined ? [] : [[field, name]];
      }),
    ) as Columns['of'],
  }));
  const whole = found.find(({ of }) => NEEDED.every((field) => of[field] !== undefined));
  if (whole !== undefined) return whole;
  const best = found.toSorted((a, b) => Object.keys(b.of).length - Object.keys(a.of).length)[0];
  const missing = NEEDED.filter((field) => best?.of[field] === undefined).flatMap(
    (field) => FORMATS[best?.format ?? 'CUR 2.0']?.[field][0] ?? [],
  );
  const seen = names.slice(0, 4).join(', ') || 'none';
  throw new OperationFailed(
    `${file} has not the columns of a bill: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing (its first columns are ${seen}). Give a Cost and Usage Report, a CUR 2.0 or FOCUS export, by the hour`,
  );
}

/** Undefined for what is no usage: tax, credits, refunds. */
export function lineOf({ of }: Columns, value: (column: string) => unknown): UsageLine | undefined {
  const text = (field: Field) => {
    const column = of[field];
    const given = column === undefined ? undefined : value(column);
    return given === undefined || given === null || given === '' ? undefined : String(given);
  };
  const kind = text('kind');
  if (kind !== undefined && !/usage$/i.test(kind)) return undefined;
  const timeOf = (field: Field) => {
    const column = of[field];
    return readTime(column === undefined ? undefined : value(column));
  };
  const startMs = timeOf('start');
  const optional = { account: text('account'), region: text('region'), resource: text('resource'), id: text('id') };
  const named = Object.fromEntries(Object.entries(optional).filter(([, given]) => given !== undefined));
  return {
    startMs,
    endMs: of.end === undefined ? startMs + HOUR_MS : timeOf('end'),
    hours: Number(text('hours') ?? Number.NaN),
    usd: Number(text('usd') ?? 0),
    usageType: text('usageType') ?? '',
    ...named,
  };
}

/** As each kind of file has it: a date, or a text that is UTC whether it says so or not. */
function readTime(given: unknown): number {
  if (given instanceof Date) return given.getTime();
  const [, day, time = '00:00:00'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(?:Z|\+00:00| UTC)?)?$/.exec(String(given)) ?? [];
  return day === undefined ? Number.NaN : Date.parse(`${day}T${time}Z`);
}
