/** What one burst came to, in figures. */
import type { Cloud, DynamoDbMode, Task } from '@hourglass/cloud';
import { fargatePrices, fargateUsd } from '@hourglass/cost';
import { TABLE } from '../../simulation/names.ts';
import type { Sources } from '../../simulation/sources.ts';
import type { Handlers, HandlerWatch } from './handlers.ts';
import type { Load } from './load.ts';
import type { Rest } from './rest.ts';
import type { TableMeter, Writes } from './table-meter.ts';
import { billedSeconds, mostAtOnce, mostPerRepository, spanOf } from './tasks.ts';

export interface Outcome {
  requests: number;
  repositories: number;
  endpoints: Load['endpoints'];
  mirrorSeconds: number;
  dynamoDb: { kind: Exclude<DynamoDbMode, 'auto'>; reason?: string };
  /** Taken by the lease. */
  accepted: number;
  /** Not in the mirror at the end by a run that began after the push. */
  lost: number;
  /** Messages that rest in a queue at the end. */
  resting: Record<string, number>;
  isClosed: boolean;
  minutes: number;
  /** Claims of a repository, each of which a task carries out. */
  attempts: number;
  tasks: number;
  tasksAtOnce: number;
  /** As the deployment is configured. */
  maxParallelTasks: number;
  tasksPerRepositoryAtOnce: number;
  writes: Writes & { leaseWrites: number };
  readUnits: number;
  /** By service and operation. */
  reads: Record<string, number>;
  writeUnits: number;
  readUnitsPerRequest: number;
  writeUnitsPerRequest: number;
  /** Of virtual time. */
  longestHandlerMs: number;
  /** Milliseconds from the sending of a request until the lease has it: half of them waited no longer, and 99 of 100. */
  acceptedAfterMs: { p50: number; p99: number };
  /** Requests that the lease took, by the second, in its busiest five seconds. */
  acceptedPerSecond: number;
  /** Milliseconds from the sending of a request to the claim that is to mirror it: half of them waited no longer, and 99 of 100. */
  claimedAfterMs: { p50: number; p99: number };
  largestItemBytes: number;
  mostActionsOfAWrite: number;
  /** In the busiest second. */
  leaseWritesPerSecond: number;
  /** Calls that DynamoDB refused, since a partition key had had its share of the second. */
  throttled: number;
  /** The most that this process has had, its simulated AWS and all, in MB. */
  memoryMb: number;
  handlers: Handlers;
  /** From the first request to the last task's end, virtual. */
  mirroredAfterSeconds: number;
  fargate: {
    vcpus: number;
    memoryGb: number;
    /** Billed, of all tasks. */
    seconds: number;
    usd: number;
    /** If each attempt had a task of its own. */
    aloneSeconds: number;
    aloneUsd: number;
    priceAsOf: string;
  };
  wallSeconds: number;
}

export interface Facts {
  load: Load;
  cloud: Cloud;
  engine: Outcome['dynamoDb'];
  meter: TableMeter;
  handlers: HandlerWatch;
  sources: Sources;
  /** How long each attempt took in its task, in milliseconds. */
  attempts: readonly number[];
  rest: Rest;
  fromMs: number;
  wallSeconds: number;
}

export function outcomeOf({ load, cloud, engine, meter, handlers, sources, rest, fromMs, ...facts }: Facts): Outcome {
  const { requests, repositories, endpoints, mirrorSeconds, minutes } = load;
  const tasks = cloud.parts.ecs.tasks();
  const { transactions } = meter.writes;
  const endedAtMs = tasks.reduce(
    (latest, { stoppedAtMs = Number.POSITIVE_INFINITY }) => Math.max(latest, stoppedAtMs),
    0,
  );
  return {
    requests,
    repositories,
    endpoints,
    mirrorSeconds,
    dynamoDb: engine,
    accepted: meter.accepted.size,
    lost: lostOf(sources, meter),
    resting: rest.messages,
    isClosed: rest.isClosed,
    minutes,
    attempts: meter.works.size,
    tasks: tasks.length,
    tasksAtOnce: mostAtOnce(tasks.map(spanOf)),
    maxParallelTasks: Number(cloud.functions.find(`${TABLE}-runner`).settings.variables.MAX_PARALLEL_TASKS),
    tasksPerRepositoryAtOnce: mostPerRepository(tasks, meter.works),
    writes: { ...meter.writes, leaseWrites: Object.values(transactions).reduce((sum, count) => sum + count, 0) },
    readUnits: meter.readUnits,
    reads: meter.reads,
    writeUnits: meter.writes.writeUnits,
    readUnitsPerRequest: meter.readUnits / requests,
    writeUnitsPerRequest: meter.writes.writeUnits / requests,
    longestHandlerMs: handlers.count().longestSeconds * 1_000,
    acceptedAfterMs: { p50: percentile(meter.acceptWaits, 50), p99: percentile(meter.acceptWaits, 99) },
    acceptedPerSecond: meter.acceptedPerSecond,
    claimedAfterMs: { p50: percentile(meter.waits, 50), p99: percentile(meter.waits, 99) },
    largestItemBytes: meter.largestItem,
    mostActionsOfAWrite: meter.mostActions,
    leaseWritesPerSecond: meter.leaseWritesPerSecond,
    throttled: cloud.parts.dynamodb.throttled,
    memoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
    handlers: handlers.count(),
    mirroredAfterSeconds: (endedAtMs - fromMs) / 1000,
    fargate: billOf(tasks, facts.attempts, cloud.region),
    wallSeconds: facts.wallSeconds,
  };
}

/** The least of them that so many of a hundred do not exceed. */
function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? 0;
}

/** Requests that the lease never took, or whose push is not in the mirror. */
function lostOf(sources: Sources, { accepted }: TableMeter): number {
  const lost = sources.requests().filter((request) => {
    const [taskKey = '', requestId = ''] = request.split('#');
    const head = sources.headOf(taskKey, requestId) ?? Number.POSITIVE_INFINITY;
    return !accepted.has(request) || sources.of(taskKey).mirrored < head;
  });
  return lost.length;
}

/** What Fargate bills for these tasks, and what it would if each attempt had a task of its own, as quick to start and to stop as these were. */
function billOf(tasks: readonly Task[], attempts: readonly number[], region: string): Outcome['fargate'] {
  const price = fargatePrices[region];
  const [first] = tasks;
  if (!price || !first) throw new Error(`no price of Fargate in ${region}, or no task`);
  const size = { vcpus: Number(first.definition.cpu) / 1024, memoryGb: Number(first.definition.memory) / 1024 };
  const lengths = tasks.map(spanOf).map(([fromMs, untilMs]) => untilMs - fromMs);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  const aroundMs = (sum(lengths) - sum(attempts)) / tasks.length;
  const seconds = sum(lengths.map(billedSeconds));
  const aloneSeconds = sum(attempts.map((durationMs) => billedSeconds(aroundMs + durationMs)));
  const usd = (billed: number) => fargateUsd(price, size, billed);
  return { ...size, seconds, usd: usd(seconds), aloneSeconds, aloneUsd: usd(aloneSeconds), priceAsOf: price.asOf };
}
