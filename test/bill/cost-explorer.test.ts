/** Hours from Cost Explorer, asked by the real client of an API that answers as AWS does: in pages, and with its own refusals. */
import { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { HOUR_MS } from '@hourglass/lease';
import { judgeBill, readCostExplorer, UsageHours } from '@hourglass/operations/bill';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, billOf, palletsLedger } from './bills.ts';

const DAY_MS = 24 * HOUR_MS;
const ledger = palletsLedger();
const NOW = Date.UTC(2025, 5, 15, 12, 30);

interface Asked {
  readonly TimePeriod: { readonly Start: string; readonly End: string };
  readonly Granularity: string;
  readonly NextPageToken?: string;
}

/** Two pages: the first half of the lines, and the rest. */
function explorer(answer: (asked: Asked) => { status?: number; type?: string; body: object }) {
  const asked: Asked[] = [];
  const client = new CostExplorerClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    requestHandler: {
      async handle({ body }: { body: string }) {
        asked.push(JSON.parse(body));
        const { status = 200, type, body: answered } = answer(JSON.parse(body));
        const headers = { 'content-type': 'application/x-amz-json-1.1', ...(type && { 'x-amzn-errortype': type }) };
        return { response: { statusCode: status, headers, body: new Blob([JSON.stringify(answered)]).stream() } };
      },
    } as never,
  });
  return { client, asked };
}

function usageIn(): UsageHours {
  return new UsageHours({ region: 'ap-northeast-1', account: ACCOUNT, fromMs: 0, toMs: 9e15 });
}

const time = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');

describe('Cost Explorer', () => {
  it('finds the reading of the last 14 days, page by page, and from when on', async () => {
    const { client, asked } = explorer(({ TimePeriod, NextPageToken }) => {
      const [from, to] = [Date.parse(TimePeriod.Start), Date.parse(TimePeriod.End)];
      const lines = billOf(ledger, 'clock').filter(({ startMs }) => startMs >= from && startMs < to);
      const half = lines.length >> 1;
      const page = NextPageToken ? lines.slice(half) : lines.slice(0, half);
      return {
        body: {
          ResultsByTime: page.map(({ startMs, usageType, hours }) => ({
            TimePeriod: { Start: time(startMs), End: time(startMs + HOUR_MS) },
            Groups: [
              {
                Keys: [usageType, ACCOUNT],
                Metrics: { UsageQuantity: { Amount: String(hours) }, UnblendedCost: { Amount: String(hours * 0.014) } },
              },
            ],
          })),
          ...(NextPageToken ? {} : { NextPageToken: 'more' }),
        },
      };
    });
    const usage = usageIn();
    const range = { fromMs: Date.UTC(2025, 5, 1), toMs: Date.UTC(2025, 6, 1), nowMs: NOW };
    const sinceMs = await readCostExplorer(client, usage, range);
    expect(sinceMs).toBe(Date.UTC(2025, 5, 2));
    expect(asked).toMatchObject([
      { Granularity: 'HOURLY', TimePeriod: { Start: '2025-06-02T00:00:00Z', End: '2025-06-15T12:00:00Z' } },
      { NextPageToken: 'more' },
    ]);
    const settled = ledger.entries.filter(
      ({ createdAt, deletedAt }) => Date.parse(createdAt ?? '') >= sinceMs && Date.parse(deletedAt) < NOW - 2 * DAY_MS,
    );
    expect(judgeBill(settled, usage)).toMatchObject({ reading: 'clock', foreignHours: expect.any(Number) });
    expect(usage.usd / usage.hours).toBeCloseTo(0.014, 9);
  });

  it('is not asked for months that it does not know by the hour', async () => {
    const { client, asked } = explorer(() => ({ body: {} }));
    const range = { fromMs: Date.UTC(2025, 4, 1), toMs: Date.UTC(2025, 5, 1), nowMs: NOW };
    await expect(readCostExplorer(client, usageIn(), range)).rejects.toThrow(/last 14 days only: .* --file/);
    expect(asked).toEqual([]);
  });

  it.each([
    ['DataUnavailableException', 'The requested data is unavailable.', /switch on hourly granularity in its settings/],
    ['AccessDeniedException', 'User is not authorized to perform: ce:GetCostAndUsage', /allow ce:GetCostAndUsage/],
  ])('that refuses with %s is reported in words', async (type, message, says) => {
    const { client } = explorer(() => ({ status: 400, type, body: { __type: type, message, Message: message } }));
    const range = { fromMs: Date.UTC(2025, 5, 1), toMs: Date.UTC(2025, 6, 1), nowMs: NOW };
    await expect(readCostExplorer(client, usageIn(), range)).rejects.toThrow(says);
  });
});
