/** A ledger from real pushes, and the bills that AWS would have written for it under each reading, in each kind of file. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { readTrace, simulate } from '@hourglass/cost';
import { type BillingClock, HOUR_MS, SECOND_MS } from '@hourglass/lease';
import { hoursOf, type Ledger } from '@hourglass/operations/bill';
import { parquetWriteFile } from 'hyparquet-writer';

export const ACCOUNT = '111122223333';
export const ENDPOINTS = 4;
const USD = 0.014;
const TASK_SECONDS = 90;

/** What Hourglass makes of the pushes of github.com/pallets in June 2025, with the setting that hours count from the creation, or with none. */
export function palletsLedger(billing: 'anchored' | 'unknown' = 'anchored'): Ledger {
  const { arrivalsMs } = readTrace(
    readFileSync(new URL('../cost/fixtures/pallets-2025-06.txt', import.meta.url), 'utf8'),
  );
  const [detail] = simulate({
    trace: 'pallets',
    arrivalsMs,
    durationsMs: arrivalsMs.map(() => TASK_SECONDS * SECOND_MS),
    maxDelayMs: 600 * SECOND_MS,
    createMs: 150 * SECOND_MS,
    deleteMs: 120 * SECOND_MS,
    teardownLeadMs: null,
    policies: [billing === 'anchored' ? 'hourglass' : 'hourglass-default'],
    billings: ['anchored'],
    endpoints: ENDPOINTS,
    zones: 1,
    usdPerHour: USD,
  }).details;
  const names = ['flask', 'jinja', 'click'];
  const starts = arrivalsMs.map((arrivalMs, at) => ({
    arrivalMs,
    startMs: arrivalMs + (detail?.waits[at] ?? 0) * 1000,
    at,
  }));
  const entries = (detail?.leases ?? []).map(({ openedAtMs, closedAtMs }, at) => {
    const runs = starts
      .filter(({ startMs }) => startMs >= openedAtMs && startMs < closedAtMs)
      .map(({ arrivalMs, at: n }) => ({
        task: `mirror:${names[n % names.length]}`,
        acceptedAt: new Date(arrivalMs).toISOString(),
        seconds: TASK_SECONDS,
      }));
    return {
      fence: at + 1,
      createdAt: new Date(openedAtMs).toISOString(),
      deletedAt: new Date(closedAtMs).toISOString(),
      failed: false,
      endpoints: ENDPOINTS,
      zones: 1,
      hours: hoursOf({ openedAtMs, closedAtMs, endpoints: ENDPOINTS, zones: 1 }),
      requests: runs.length,
      fargateSeconds: runs.length * TASK_SECONDS,
      runs,
    };
  });
  return {
    version: 1,
    deployment: 'main',
    region: 'ap-northeast-1',
    account: ACCOUNT,
    billing,
    maxDelaySeconds: 600,
    entries,
  };
}

export interface BillLine {
  readonly startMs: number;
  readonly usageType: string;
  readonly hours: number;
  readonly account: string;
  readonly resource: string;
  readonly kind: 'Usage' | 'Tax';
}

/** A line for each endpoint and hour, the endpoints being born 70 s after their stack and gone 20 s before it. */
export function billOf({ entries }: Ledger, reading: BillingClock): BillLine[] {
  return entries.flatMap(({ createdAt, deletedAt, fence }) =>
    Array.from({ length: ENDPOINTS }, (_, n) => {
      const [bornMs, goneMs] = [Date.parse(createdAt ?? '') + 70_000, Date.parse(deletedAt) - 20_000];
      const firstMs = Math.floor(bornMs / HOUR_MS) * HOUR_MS;
      const count =
        reading === 'clock' ? Math.ceil((goneMs - firstMs) / HOUR_MS) : Math.ceil((goneMs - bornMs) / HOUR_MS);
      return Array.from({ length: count }, (_, hour) => endpointLine(firstMs + hour * HOUR_MS, `vpce-${fence}-${n}`));
    }).flat(),
  );
}

export function endpointLine(startMs: number, resource: string, over: Partial<BillLine> = {}): BillLine {
  return { startMs, usageType: 'APN1-VpcEndpoint-Hours', hours: 1, account: ACCOUNT, resource, kind: 'Usage', ...over };
}

type Columns = Readonly<Record<string, (line: BillLine, at: number) => string | number | Date>>;

const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
const arn = ({ resource }: BillLine) => `arn:aws:ec2:ap-northeast-1:${ACCOUNT}:vpc-endpoint/${resource}`;

const LEGACY: Columns = {
  'identity/LineItemId': (_, at) => `line-${at}`,
  'lineItem/UsageAccountId': ({ account }) => account,
  'lineItem/LineItemType': ({ kind }) => kind,
  'lineItem/UsageStartDate': ({ startMs }) => iso(startMs),
  'lineItem/UsageEndDate': ({ startMs }) => iso(startMs + HOUR_MS),
  'lineItem/UsageType': ({ usageType }) => usageType,
  'lineItem/UsageAmount': ({ hours }) => hours.toFixed(10),
  'lineItem/LineItemDescription': () => '$0.014 per VPC Endpoint Hour, first "tier"',
  'lineItem/ResourceId': arn,
  'lineItem/UnblendedCost': ({ hours }) => (hours * USD).toFixed(10),
};
const SECOND: Columns = Object.fromEntries(
  Object.entries(LEGACY).map(([name, value]) => [
    name
      .replace('/', '_')
      .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
      .toLowerCase(),
    value,
  ]),
);
const FOCUS: Columns = {
  BilledCost: ({ hours }) => hours * USD,
  ChargeCategory: ({ kind }) => kind,
  ChargePeriodStart: ({ startMs }) => iso(startMs),
  ChargePeriodEnd: ({ startMs }) => iso(startMs + HOUR_MS),
  ConsumedQuantity: ({ hours }) => hours,
  RegionId: () => 'ap-northeast-1',
  ResourceId: arn,
  SubAccountId: ({ account }) => account,
  x_UsageType: ({ usageType }) => usageType,
};

export const KINDS = [
  'cur.csv',
  'cur.csv.gz',
  'cur2.csv.gz',
  'cur2.parquet',
  'cur2-gzip.parquet',
  'focus.csv',
  'focus.parquet',
] as const;
export type Kind = (typeof KINDS)[number];

export async function writeBill(path: string, kind: Kind, lines: readonly BillLine[]): Promise<void> {
  const columns = kind.startsWith('focus') ? FOCUS : kind.startsWith('cur2') ? SECOND : LEGACY;
  if (!kind.endsWith('.parquet')) {
    const text = csvOf(columns, lines);
    await writeFile(path, kind.endsWith('.gz') ? gzipSync(text) : text);
    return;
  }
  const isTime = (name: string) => /date$|^ChargePeriod/.test(name);
  const columnData = Object.entries(columns).map(([name, value]) => {
    const data = lines.map((line, at) => {
      const given = value(line, at);
      return isTime(name)
        ? new Date(String(given))
        : /amount|cost|Quantity/i.test(name)
          ? Number(given)
          : String(given);
    });
    const type = isTime(name)
      ? ('TIMESTAMP' as const)
      : /amount|cost|Quantity/i.test(name)
        ? ('DOUBLE' as const)
        : ('STRING' as const);
    return { name, data, type };
  });
  await parquetWriteFile({
    filename: path,
    columnData,
    codec: kind.includes('gzip') ? 'GZIP' : 'SNAPPY',
    rowGroupSize: 50,
    compressors: { GZIP: (bytes) => gzipSync(bytes) },
  });
}

export function csvOf(columns: Columns, lines: readonly BillLine[]): string {
  const cell = (value: string | number | Date) => {
    const text = String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = lines.map((line, at) =>
    Object.values(columns)
      .map((value) => cell(value(line, at)))
      .join(','),
  );
  return `${[Object.keys(columns).join(','), ...rows].join('\n')}\n`;
}
