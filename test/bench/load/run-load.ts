/**
 * One burst: requests for many repositories within some virtual minutes, through the synthesized deployment and its bundles in the simulated AWS,
 * until every request is mirrored and the lease is closed.
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type Cloud, createCloud, partitionLimits } from '@hourglass/cloud';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { TABLE } from '../../simulation/names.ts';
import { createRandom } from '../../simulation/random.ts';
import { Sources } from '../../simulation/sources.ts';
import { createTaskRunner } from '../../simulation/virtual-tasks.ts';
import { HandlerWatch } from './handlers.ts';
import { createLatencies } from './latencies.ts';
import type { Load } from './load.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { readRest } from './rest.ts';
import { TableMeter } from './table-meter.ts';

const START_MS = Date.UTC(2026, 0, 5, 9);
const SEED = 1;
/** PutEvents takes ten entries a call. */
const ENTRIES = 10;
const LONGEST_MS = 48 * HOUR_MS;

export async function runLoad(load: Load): Promise<Outcome> {
  const beganAtMs = performance.now();
  const sources = new Sources();
  const random = createRandom(SEED, 'durations');
  /** Of each attempt, in milliseconds. */
  const attempts: number[] = [];
  const behave = () => {
    attempts.push(Math.max(1_000, random.aroundMedian(load.mirrorSeconds * 1_000, 0.7)));
    return { durationMs: attempts.at(-1) ?? 0, ends: 'succeeds' as const };
  };
  const taskRunner = createTaskRunner({ cloud: () => cloud, table: TABLE, sources, behave, onCopied: () => {} });
  const cloud = createCloud({
    dynamo: load.dynamo,
    startMs: START_MS,
    seed: SEED,
    tasks: { taskRunner },
    ...(load.writeUnitsPerKey && { partitionLimits: { ...partitionLimits, writeUnits: load.writeUnitsPerKey } }),
  });
  try {
    const { outputs } = await cloud.deploy(load.assembly, TABLE);
    const engine = await cloud.parts.dynamodb.engine();
    const sentAtMs = new Map<string, number>();
    const meter = new TableMeter(cloud, createLatencies(SEED), sentAtMs);
    const handlers = new HandlerWatch(cloud);
    const send = createSender(cloud, sources, sentAtMs, outputs.ClientPolicyArn ?? '');
    if (load.endpoints === 'open') {
      await send([{ repository: 'first', requestId: 'first' }]);
      await cloud.driver.advanceBy(10 * MINUTE_MS);
    }
    const fromMs = cloud.clock.nowMs();
    for (let sent = 0; sent < load.requests; sent += ENTRIES) {
      await cloud.driver.advanceTo(fromMs + Math.floor((sent / load.requests) * load.minutes * MINUTE_MS));
      const numbers = Array.from({ length: Math.min(ENTRIES, load.requests - sent) }, (_, index) => sent + index);
      await send(numbers.map((n) => ({ repository: `app-${n % load.repositories}`, requestId: `push-${n}` })));
    }
    await cloud.driver.advanceTo(fromMs + load.minutes * MINUTE_MS);
    let rest = await readRest(cloud);
    for (const untilMs = fromMs + LONGEST_MS; !rest.isClosed && cloud.clock.nowMs() < untilMs; ) {
      await cloud.driver.advanceBy(10 * MINUTE_MS);
      rest = await readRest(cloud);
    }
    const wallSeconds = (performance.now() - beganAtMs) / 1000;
    return outcomeOf({ load, cloud, engine, meter, handlers, sources, attempts, rest, fromMs, wallSeconds });
  } finally {
    await cloud.close();
  }
}

type Push = { repository: string; requestId: string };

/** PutEvents as a client does: what was refused is sent again. */
function createSender(
  cloud: Cloud,
  sources: Sources,
  sentAtMs: Map<string, number>,
  policyArn: string,
): (pushes: Push[]) => Promise<void> {
  const client = new EventBridgeClient({
    region: cloud.region,
    requestHandler: cloud.requestHandler(),
    credentials: cloud.createUser('on-premises', [policyArn]),
  });
  return async (pushes) => {
    for (const { repository, requestId } of pushes) {
      sources.push(`mirror:${repository}`, requestId);
      sentAtMs.set(`mirror:${repository}#${requestId}`, cloud.clock.nowMs());
    }
    for (let waiting = pushes; waiting.length > 0; ) {
      const Entries = waiting.map(({ repository, requestId }) => ({
        EventBusName: TABLE,
        Source: 'hourglass.client',
        DetailType: 'MirrorRequested',
        Detail: JSON.stringify({ version: 1, requestId, repository, sourceUrl: `https://git.test/${repository}` }),
      }));
      const answer = await client.send(new PutEventsCommand({ Entries }));
      waiting = waiting.filter((_, index) => answer.Entries?.[index]?.ErrorCode !== undefined);
    }
  };
}
