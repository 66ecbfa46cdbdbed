/** What the demo comes to: mirrors compared, leases and their paid hours, cost against endpoints that are always on. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { count, endpointPrices } from '@hourglass/cost';
import { HOUR_MS, paidHours } from '@hourglass/lease';
import { createDynamoDbStore, listEndedLeases } from '@hourglass/lease-dynamodb';
import type { Carrier } from '../world/carrier.ts';
import { compareMirror, type World } from '../world/world.ts';
import type { Watched } from './watch.ts';

export interface Summary {
  carrier: Carrier;
  requests: number;
  tasks: number;
  leases: { fence: number; openedAt: string; closedAt: string; paidHours: number }[];
  paidEndpointHours: number;
  alwaysOnEndpointHours: number;
  mirrors: { repository: string; refsEqual: boolean; sourceRefs: number; destinationRefs: number }[];
  leaseClosed: boolean;
  /** Of each mirror, from its acceptance on, in virtual milliseconds. */
  acceptedToMirroredMs: number[];
  longestHandlerMs: number;
}

/** `ecr.api`, `ecr.dkr`, `logs` and `git-codecommit`. */
const ENDPOINTS = 4;

/** Whose prices the demo counts with. */
const DEMO_REGION = 'ap-northeast-1';

export async function summarize(world: World, watched: Watched, startMs: number, carrier: Carrier): Promise<Summary> {
  const { cloud, deployment } = world;
  const document = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      region: cloud.region,
      credentials: cloud.credentialsFor('root'),
      requestHandler: cloud.requestHandler(),
    }),
  );
  const tableName = `hourglass-${deployment}`;
  const store = createDynamoDbStore(document, tableName);
  const states = await Promise.all([deployment, `${deployment}-direct`].map((id) => store.load(id, { all: true })));
  const ended = await listEndedLeases(document, tableName, deployment);
  const leases = ended.map(({ fence, openedAtMs, closedAtMs }) => ({
    fence,
    openedAt: new Date(openedAtMs ?? closedAtMs).toISOString(),
    closedAt: new Date(closedAtMs).toISOString(),
    paidHours: paidHours('anchored', openedAtMs ?? closedAtMs, closedAtMs),
  }));
  // Without a lease that had any: those of any deployment, for the comparison.
  const endpointsPerLease = carrier === 'direct' ? ENDPOINTS : watched.endpointsCreated / Math.max(1, leases.length);
  return {
    carrier,
    requests: watched.requests,
    tasks: watched.tasks,
    leases,
    paidEndpointHours: leases.reduce((sum, { paidHours }) => sum + paidHours, 0) * endpointsPerLease,
    alwaysOnEndpointHours: Math.ceil((cloud.clock.nowMs() - startMs) / HOUR_MS) * endpointsPerLease,
    mirrors: await Promise.all(world.repositories.map(compareMirror)),
    leaseClosed: states.every(
      ({ lease }) => lease.phase === 'closed' && lease.pending + lease.running + lease.dead === 0,
    ),
    acceptedToMirroredMs: watched.waitsMs,
    longestHandlerMs: Math.ceil(watched.longestHandlerMs),
  };
}

export function isGood({ mirrors, leaseClosed }: Summary): boolean {
  return leaseClosed && mirrors.length > 0 && mirrors.every(({ refsEqual }) => refsEqual);
}

/** The summary as a person reads it. */
export function formatSummary(summary: Summary, engine: string): string {
  const price = endpointPrices[DEMO_REGION]?.usdPerHour ?? 0;
  const usd = (hours: number) => `${(hours * price).toFixed(3)} USD`;
  const saved = 100 * (1 - summary.paidEndpointHours / summary.alwaysOnEndpointHours);
  return [
    '',
    'Mirrors',
    ...summary.mirrors.map(
      ({ repository, refsEqual, sourceRefs, destinationRefs }) =>
        `  ${repository}: ${refsEqual ? 'equal' : 'DIFFERENT'} (${count(sourceRefs, 'ref')} on premises, ${destinationRefs} mirrored)`,
    ),
    'Leases',
    ...(summary.leases.length === 0 ? ['  none had an endpoint'] : []),
    ...summary.leases.map(
      ({ fence, openedAt, closedAt, paidHours }) =>
        `  ${fence}: ${openedAt.slice(11, 19)} to ${closedAt.slice(11, 19)} UTC, ${count(paidHours, 'paid hour')}`,
    ),
    'Cost of the endpoints',
    `  ${count(summary.paidEndpointHours, 'endpoint-hour')}, ${usd(summary.paidEndpointHours)}; always on: ${summary.alwaysOnEndpointHours}, ${usd(summary.alwaysOnEndpointHours)} (${saved.toFixed(0)} % saved in these hours)`,
    'Run',
    `  from accepted to mirrored: ${summary.acceptedToMirroredMs.map((ms) => `${(ms / 1_000).toFixed(1)} s`).join(', ')}`,
    `  ${count(summary.requests, 'request')}, ${count(summary.tasks, 'task')}; the longest handler ran ${summary.longestHandlerMs} ms; ${engine}`,
    `  lease ${summary.leaseClosed ? 'closed' : 'NOT CLOSED'}`,
    '',
  ].join('\n');
}
