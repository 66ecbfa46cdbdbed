/** The figures as a person reads them. */
import { alignColumns } from '../../../packages/cli/src/align-columns.ts';
import type { Condition, Growth } from './conditions.ts';
import type { Outcome } from './outcome.ts';

type Row = [what: string, read: (outcome: Outcome) => string | number];

const ROWS: Row[] = [
  ['requests', ({ requests }) => requests],
  ['repositories', ({ repositories }) => repositories],
  ['endpoints when they come', ({ endpoints }) => endpoints],
  ['accepted', ({ accepted }) => accepted],
  ['lost', ({ lost }) => lost],
  ['attempts', ({ attempts }) => attempts],
  ['Fargate tasks', ({ tasks }) => tasks],
  ['  at one time (allowed)', ({ tasksAtOnce, maxParallelTasks }) => `${tasksAtOnce} (${maxParallelTasks})`],
  ['  of one repository at one time', ({ tasksPerRepositoryAtOnce }) => tasksPerRepositoryAtOnce],
  ['from sending to the lease, half of them', ({ acceptedAfterMs }) => `${(acceptedAfterMs.p50 / 1000).toFixed(1)} s`],
  ['  99 of 100', ({ acceptedAfterMs }) => `${(acceptedAfterMs.p99 / 1000).toFixed(1)} s`],
  ['  in the busiest five seconds', ({ acceptedPerSecond }) => `${acceptedPerSecond.toFixed(0)} a second`],
  ['from sending to claim, half of them', ({ claimedAfterMs }) => `${(claimedAfterMs.p50 / 1000).toFixed(1)} s`],
  ['  99 of 100', ({ claimedAfterMs }) => `${(claimedAfterMs.p99 / 1000).toFixed(1)} s`],
  ['all mirrored after', ({ mirroredAfterSeconds }) => `${(mirroredAfterSeconds / 60).toFixed(1)} min`],
  ['lease writes', ({ writes }) => writes.leaseWrites],
  ['  a request', ({ writes, requests }) => (writes.leaseWrites / requests).toFixed(3)],
  ['  by service', ({ writes }) => describe(writes.transactions)],
  ['  lost to another, tried again', ({ writes }) => describe(writes.conflicts)],
  ['write units', ({ writes }) => writes.writeUnits],
  ['  a request', ({ writes, requests }) => (writes.writeUnits / requests).toFixed(2)],
  ['read units', ({ readUnits }) => readUnits],
  ['  a request', ({ readUnitsPerRequest }) => readUnitsPerRequest.toFixed(2)],
  ['  by service', ({ reads }) => describe(reads)],
  ['refused by DynamoDB: too much for a key', ({ throttled }) => throttled],
  ['lease writes in the busiest second', ({ leaseWritesPerSecond }) => leaseWritesPerSecond],
  ['largest item', ({ largestItemBytes }) => `${largestItemBytes} bytes`],
  ['most actions of a write (100 allowed)', ({ mostActionsOfAWrite }) => mostActionsOfAWrite],
  ['handlers run', ({ handlers }) => describe(handlers.runs)],
  ['  failed', ({ handlers }) => handlers.failed],
  ['  longest (virtual)', ({ handlers: { longest, longestSeconds } }) => `${longest} ${longestSeconds.toFixed(1)} s`],
  ['messages that came again', ({ handlers }) => handlers.messagesAgain],
  ['Fargate bill', ({ fargate }) => `${fargate.usd.toFixed(4)} USD`],
  ['  a task for each attempt', ({ fargate }) => `${fargate.aloneUsd.toFixed(4)} USD`],
  ['  saved by sharing tasks', ({ fargate: { usd, aloneUsd } }) => `${((1 - usd / aloneUsd) * 100).toFixed(0)} %`],
  ['memory of this process, at most', ({ memoryMb }) => `${memoryMb} MB`],
  ['wall time', ({ wallSeconds }) => `${wallSeconds.toFixed(0)} s`],
];

export function describeOutcomes(outcomes: readonly Outcome[]): string {
  const rows = ROWS.map(([what, of]) => [what, ...outcomes.map((outcome) => String(of(outcome)))]);
  const [one] = outcomes;
  if (!one) return '';
  const { dynamoDb, fargate, mirrorSeconds, minutes } = one;
  const engine = dynamoDb.kind === 'local' ? 'DynamoDB Local' : 'DynamoDB in memory';
  return [
    ...alignColumns(rows),
    '',
    `${engine}. Sent within ${minutes} virtual minutes. A repository takes ${mirrorSeconds} s in its task, at the median.`,
    `A task has ${fargate.vcpus} vCPU and ${fargate.memoryGb} GB, Fargate on ARM in ap-northeast-1 as AWS's price list of ${fargate.priceAsOf} has it.`,
  ].join('\n');
}

export function describeGrowth({ requests, leaseWrites, writeUnits, readUnits }: Growth): string {
  const times = (growth: number) => `${growth.toFixed(2)}×`;
  return `requests grew ${times(requests)}, lease writes ${times(leaseWrites)}, write units ${times(writeUnits)}, read units ${times(readUnits)}`;
}

export function describeConditions(conditions: readonly Condition[]): string {
  return alignColumns(
    conditions.map(({ condition, wanted, measured, holds }) => [
      condition,
      wanted,
      measured,
      holds ? 'holds' : 'FAILS',
    ]),
  ).join('\n');
}

function describe(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
