/**
 * Cost Explorer: what this world's endpoints have come to, asked by GetCostAndUsage, in pages. Hours are listed once they are settled, a day later.
 * Source of shapes and refusals: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
 */
import type { CloudCore, CloudPart } from '../core.ts';
import type { EndpointLifetime } from '../ec2/network.ts';
import { AwsError } from '../errors.ts';
import { type BillLine, type BillReading, billOf, HOUR_MS } from './bill.ts';
import { type Granularity, readQuery } from './query.ts';

export type { BillReading } from './bill.ts';

export interface CostExplorerPart extends CloudPart {
  /** How this world's bill counts. */
  reading: BillReading;
  /** Whether the account has ever switched Cost Explorer on. */
  enabled: boolean;
  /** Whether hourly granularity is switched on in its settings: it is not, by itself. */
  hourly: boolean;
}

/** A bill's lines are there "at least once every 24 hours". https://docs.aws.amazon.com/cost-management/latest/userguide/ce-what-is.html */
const LAG_MS = 24 * HOUR_MS;
/** Periods of one answer. AWS does not say how many it gives. */
const PAGE = 100;

export function createCostExplorerPart(
  core: CloudCore,
  endpoints: () => readonly EndpointLifetime[],
): CostExplorerPart {
  const pages = new Map<string, { asked: string; from: number }>();
  const part: CostExplorerPart = {
    reading: 'anchored',
    enabled: true,
    hourly: true,
    services: [
      {
        id: 'ce',
        protocol: 'awsJson1.1',
        targetPrefix: 'AWSInsightsIndexService',
        operations: {
          GetCostAndUsage: ({ NextPageToken, ...input }, { nowMs, account, region }) => {
            if (!part.enabled) throw new AwsError('AccessDeniedException', 'User not enabled for cost explorer access');
            const query = readQuery(input, nowMs);
            if (query.granularity === 'HOURLY' && !part.hourly) {
              throw new AwsError(
                'DataUnavailableException',
                'Data is not available. Please try to adjust the time period. If just enabled Cost Explorer, data might not be ingested yet',
              );
            }
            const asked = JSON.stringify(input);
            const from = readToken(pages, NextPageToken, asked);
            const settledMs = Math.floor((nowMs - LAG_MS) / HOUR_MS) * HOUR_MS;
            const lines = billOf(endpoints(), { reading: part.reading, region, account, nowMs }).filter(
              (line) => line.startMs < settledMs && query.matches(line),
            );
            const periods = periodsOf(query.granularity, query.startMs, query.endMs);
            let next: string | undefined;
            if (from + PAGE < periods.length) {
              next = core.newHex(32);
              pages.set(next, { asked, from: from + PAGE });
            }
            return {
              ResultsByTime: periods.slice(from, from + PAGE).map(([startMs, endMs]) => ({
                TimePeriod: { Start: timeOf(startMs, query.granularity), End: timeOf(endMs, query.granularity) },
                ...sum(lines, startMs, endMs, query),
                Estimated: true,
              })),
              ...(query.groups.length > 0 && {
                GroupDefinitions: query.groups.map((Key) => ({ Type: 'DIMENSION', Key })),
              }),
              DimensionValueAttributes: query.groups.includes('LINKED_ACCOUNT')
                ? [{ Value: account, Attributes: { description: 'simulated' } }]
                : [],
              ...(next !== undefined && { NextPageToken: next }),
            };
          },
        },
        authorize: (operation) => [{ action: `ce:${operation}`, resources: ['*'] }],
      },
    ],
  };
  return part;
}

function readToken(
  pages: ReadonlyMap<string, { asked: string; from: number }>,
  token: string | undefined,
  asked: string,
): number {
  if (token === undefined) return 0;
  const page = pages.get(token);
  if (page === undefined) throw new AwsError('InvalidNextTokenException', 'The pagination token is invalid.');
  if (page.asked !== asked) {
    throw new AwsError('RequestChangedException', 'Your request parameters changed between pages.');
  }
  return page.from;
}

function periodsOf(granularity: Granularity, startMs: number, endMs: number): [number, number][] {
  const periods: [number, number][] = [];
  for (let atMs = startMs; atMs < endMs; ) {
    const at = new Date(atMs);
    const nextMs =
      granularity === 'MONTHLY'
        ? Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1)
        : atMs + (granularity === 'DAILY' ? 24 : 1) * HOUR_MS;
    periods.push([atMs, Math.min(nextMs, endMs)]);
    atMs = nextMs;
  }
  return periods;
}

function sum(
  lines: readonly BillLine[],
  startMs: number,
  endMs: number,
  { metrics, groups }: { metrics: readonly string[]; groups: readonly string[] },
): object {
  const within = lines.filter((line) => line.startMs >= startMs && line.startMs < endMs);
  const of = (some: readonly BillLine[]) =>
    Object.fromEntries(
      metrics.map((metric) => {
        const isCost = metric.endsWith('Cost');
        const amount = some.reduce((all, { quantity, usd }) => all + (isCost ? usd : quantity), 0);
        return [metric, { Amount: amount.toFixed(10), Unit: isCost ? 'USD' : (some[0]?.unit ?? 'N/A') }];
      }),
    );
  if (groups.length === 0) return { Total: of(within), Groups: [] };
  const byKeys = Map.groupBy(within, ({ dimensions }) => JSON.stringify(groups.map((group) => dimensions[group])));
  return { Total: {}, Groups: [...byKeys].map(([keys, some]) => ({ Keys: JSON.parse(keys), Metrics: of(some) })) };
}

function timeOf(ms: number, granularity: Granularity): string {
  const text = new Date(ms).toISOString();
  return granularity === 'HOURLY' ? text.replace(/\.\d+Z$/, 'Z') : text.slice(0, '2026-10-01'.length);
}
