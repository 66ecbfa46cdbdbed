/**
 * Endpoint-hours from Cost Explorer. By the hour it knows the last 14 days only, if hourly data were switched on in its settings, and each
 * page costs 0.01 USD. https://docs.aws.amazon.com/cost-management/latest/userguide/ce-granularity.html
 */
import type { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { HOUR_MS } from '@hourglass/lease';
import { OperationFailed } from '../errors.ts';
import type { UsageHours } from './usage-hours.ts';

const HOURLY_MS = 14 * 24 * HOUR_MS;

export interface CostExplorerQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
}

/** @returns from when on there are hours. @throws OperationFailed if the time lies before that, or hourly data are not switched on */
export async function readCostExplorer(
  client: CostExplorerClient,
  usage: UsageHours,
  { fromMs, toMs, nowMs }: CostExplorerQuery,
): Promise<number> {
  const firstMs = Math.ceil((nowMs - HOURLY_MS) / (24 * HOUR_MS)) * 24 * HOUR_MS;
  const startMs = Math.max(fromMs, firstMs);
  const endMs = Math.min(toMs, Math.floor(nowMs / HOUR_MS) * HOUR_MS);
  if (startMs >= endMs) {
    throw new OperationFailed(
      'Cost Explorer knows hours of the last 14 days only: for older ones give files of a Cost and Usage Report or a Data Export with --file',
    );
  }
  const { GetCostAndUsageCommand } = await import('@aws-sdk/client-cost-explorer');
  const time = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  let NextPageToken: string | undefined;
  do {
    const answer = await client
      .send(
        new GetCostAndUsageCommand({
          TimePeriod: { Start: time(startMs), End: time(endMs) },
          Granularity: 'HOURLY',
          Metrics: ['UsageQuantity', 'UnblendedCost'],
          // As of files: no credits, and no tax.
          Filter: {
            And: [
              { Dimensions: { Key: 'SERVICE', Values: ['Amazon Virtual Private Cloud'] } },
              { Dimensions: { Key: 'RECORD_TYPE', Values: ['Usage'] } },
            ],
          },
          GroupBy: [
            { Type: 'DIMENSION', Key: 'USAGE_TYPE' },
            { Type: 'DIMENSION', Key: 'LINKED_ACCOUNT' },
          ],
          ...(NextPageToken && { NextPageToken }),
        }),
      )
      .catch((error: unknown) => {
        throw inWords(error);
      });
    for (const { TimePeriod, Groups = [] } of answer.ResultsByTime ?? []) {
      const [start, end] = [Date.parse(TimePeriod?.Start ?? ''), Date.parse(TimePeriod?.End ?? '')];
      for (const { Keys: [usageType = '', account = ''] = [], Metrics = {} } of Groups) {
        const hours = Number(Metrics.UsageQuantity?.Amount ?? Number.NaN);
        const usd = Number(Metrics.UnblendedCost?.Amount ?? 0);
        usage.add({ startMs: start, endMs: end, hours, usd, usageType, ...(account && { account }) });
      }
    }
    ({ NextPageToken } = answer);
  } while (NextPageToken);
  return startMs;
}

function inWords(error: unknown): unknown {
  const { name, message } = error as Error;
  if (/not enabled for cost explorer/i.test(message)) {
    return new OperationFailed(
      `this account has never switched Cost Explorer on (${message}): open it once in the Billing console, where it takes a day until it knows something, or give files with --file`,
    );
  }
  if (name === 'DataUnavailableException' || (name === 'ValidationException' && /hourly|granularity/i.test(message))) {
    return new OperationFailed(
      `Cost Explorer gives no hours (${message}): switch on hourly granularity in its settings, which takes up to two days, or give files with --file`,
    );
  }
  if (name === 'AccessDeniedException') {
    return new OperationFailed(
      `Cost Explorer may not be asked (${message}): allow ce:GetCostAndUsage, which a member account of an organisation also needs its payer to switch on, or give files with --file`,
    );
  }
  return error;
}
