/** What the endpoints have cost since the month began, by both readings of the bill, against what they would have cost had they always stood. */
import { endpointPrices } from '@hourglass/cost/prices';
import { type BillingClock, HOUR_MS, type Lease, paidHours } from '@hourglass/lease';
import { type EndedLease, readEndedLeases } from '@hourglass/lease-dynamodb';
import type { Deployment } from '../deployment/open-deployment.ts';
import type { MonthCost } from '../model/index.ts';
import { isoTime } from '../times.ts';

/** More openings than a month has hours. */
const MAX_OPENINGS = 1_000;

interface Span {
  openedAtMs: number;
  closedAtMs: number;
}

/** @param lease as it is read meanwhile */
export async function readMonthCost(deployment: Deployment, lease: Promise<Lease>): Promise<MonthCost> {
  const now = new Date(deployment.nowMs());
  return await readCostSince(deployment, lease, Date.UTC(now.getUTCFullYear(), now.getUTCMonth()));
}

/** The same since any other moment of which the openings are known. */
export async function readCostSince(
  deployment: Deployment,
  lease: Promise<Lease>,
  sinceMs: number,
): Promise<MonthCost> {
  const { clients, description, name } = deployment;
  const query = { sinceMs, limit: MAX_OPENINGS };
  const [ended, now] = await Promise.all([
    readEndedLeases(await clients.dynamoDb(), description.table, name, query),
    lease,
  ]);
  const nowMs = deployment.nowMs();
  return costOf(deployment, spansOf(ended, now, sinceMs, nowMs), sinceMs, nowMs);
}

/** Openings of which something was made, that one included which is open now; what lies before the month is left out. */
function spansOf(ended: readonly EndedLease[], lease: Lease, sinceMs: number, nowMs: number): Span[] {
  const spans = ended.flatMap(({ openedAtMs, closedAtMs }) =>
    openedAtMs === null || closedAtMs <= sinceMs ? [] : [{ openedAtMs: Math.max(openedAtMs, sinceMs), closedAtMs }],
  );
  const { openedAtMs } = lease;
  return openedAtMs === null ? spans : [...spans, { openedAtMs: Math.max(openedAtMs, sinceMs), closedAtMs: nowMs }];
}

function costOf(
  { description: { endpointServices, endpointZones }, region }: Deployment,
  spans: readonly Span[],
  sinceMs: number,
  nowMs: number,
): MonthCost {
  const endpoints = endpointServices.length * endpointZones;
  const hours = (clock: BillingClock) =>
    endpoints * spans.reduce((sum, span) => sum + paidHours(clock, span.openedAtMs, span.closedAtMs), 0);
  const endpointHours = { anchored: hours('anchored'), clock: hours('clock') };
  const { usdPerHour = null, confirmedOn = null } = endpointPrices[region] ?? {};
  return {
    since: isoTime(sinceMs),
    openings: spans.length,
    endpointHours,
    usd:
      usdPerHour === null
        ? null
        : { anchored: cents(endpointHours.anchored * usdPerHour), clock: cents(endpointHours.clock * usdPerHour) },
    alwaysOnUsd: usdPerHour === null ? null : cents(endpoints * Math.ceil((nowMs - sinceMs) / HOUR_MS) * usdPerHour),
    priceConfirmedOn: confirmedOn,
  };
}

/** To a hundredth of a cent. */
function cents(usd: number): number {
  return Math.round(usd * 10_000) / 10_000;
}
