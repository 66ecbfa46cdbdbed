/** How a deployment is now: the lease, the most urgent of what waits and runs, the queues, the month's cost, the alarms. */
import { type LeaseState, MINUTE_MS, type TaskItem } from '@hourglass/lease';
import { createDynamoDbStore } from '@hourglass/lease-dynamodb';
import { leasesOf, type OwnLease } from '../deployment/leases.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { taskArnOf } from '../history/entry.ts';
import type { Carrier, RunningTask, Status, WaitingTask } from '../model/index.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';
import { readAlarms } from './alarms.ts';
import { learnedOf } from './learned.ts';
import { readMonthCost } from './month-cost.ts';
import { nextOf } from './next-step.ts';
import { countResting } from './queue-counts.ts';

/** Items that are listed of each kind, at most; the counts are exact all the same. */
const LISTED = 50;

export async function readStatus(deployment: Deployment): Promise<Status> {
  // Nothing waits for another, so that a status takes as long as the slowest of them.
  const reading = readLeaseStates(deployment);
  const [states, resting, alarms, cost] = await Promise.all([
    reading,
    countResting(deployment),
    readAlarms(deployment),
    readMonthCost(
      deployment,
      reading.then(([state]) => state.lease),
    ),
  ]);
  const [{ lease, own }] = states;
  const nowMs = deployment.nowMs();
  const isPaid = lease.phase === 'open' || lease.phase === 'closing';
  const paidUntilMs = isPaid ? lease.paidUntilMs : null;
  const sum = (count: (state: LeaseState) => number) => states.reduce((total, state) => total + count(state), 0);
  const items = states.flatMap(({ own, items }) =>
    [...items.values()].map((item) => ({ ...item, carrier: own.carrier })),
  );
  const { tasks } = holdsOf(states);
  return {
    deployment: deployment.name,
    region: deployment.region,
    now: isoTime(nowMs),
    phase: lease.phase,
    fence: lease.fence,
    paidUntil: isoTimeOrNull(paidUntilMs),
    minutesLeft: paidUntilMs === null ? null : Math.max(0, Math.floor((paidUntilMs - nowMs) / MINUTE_MS)),
    paused: { since: isoTimeOrNull(lease.heldSinceMs), tasks },
    closeAsked: Boolean(lease.closeAskedAtMs),
    pending: sum((state) => state.lease.pending),
    running: sum((state) => state.lease.running),
    held: sum((state) => state.lease.held ?? 0),
    waiting: items
      .filter(({ state: at }) => at === 'pending' || at === 'held')
      .sort((a, b) => a.startByMs - b.startByMs)
      .map(waitingOf),
    runs: items.filter(({ state: at }) => at === 'running').map(runningOf),
    deadLetters: resting.failedMirrors,
    refused: resting.intakeDead,
    undelivered: resting.undelivered,
    unhandled: resting.unhandled,
    next: nextOf(states, nowMs),
    creationFailures: lease.failures,
    creationError: lease.creationError ?? null,
    cost,
    learned: learnedOf(lease, own.settings),
    alarms,
  };
}

/** A lease as it is now, and the first of its items. */
export type OwnState = LeaseState & { readonly own: OwnLease };

/** The lease that has endpoints first. */
export async function readLeaseStates(deployment: Deployment): Promise<[OwnState, ...OwnState[]]> {
  const { clients, description } = deployment;
  const store = createDynamoDbStore(await clients.dynamoDb(), description.table);
  const scope = { pending: LISTED, held: LISTED, running: { after: null, limit: LISTED } };
  const states = leasesOf(deployment).map(async (own) => ({ ...(await store.load(own.id, scope)), own }));
  return (await Promise.all(states)) as [OwnState, ...OwnState[]];
}

/** What is paused. Every lease has to take up a pause; while one has not, it stands. */
export function holdsOf(states: readonly LeaseState[]): { everything: boolean; tasks: string[] } {
  const tasks = new Set(states.flatMap(({ lease }) => [...(lease.heldTasks ?? [])]));
  return { everything: states.some(({ lease }) => (lease.heldSinceMs ?? null) !== null), tasks: [...tasks] };
}

type CarriedItem = TaskItem & { readonly carrier: Carrier };

function waitingOf({
  taskKey,
  request,
  startByMs,
  notBeforeMs,
  attempts,
  lastError,
  state,
  carrier,
}: CarriedItem): WaitingTask {
  return {
    task: taskKey,
    requestId: request.requestId,
    carrier,
    acceptedAt: isoTime(request.acceptedAtMs),
    startBy: isoTime(startByMs),
    notBefore: notBeforeMs > request.acceptedAtMs ? isoTime(notBeforeMs) : null,
    attempts,
    lastError,
    held: state === 'held',
  };
}

function runningOf({ taskKey, request, claim, attempts, again, carrier }: CarriedItem): RunningTask {
  return {
    task: taskKey,
    requestId: request.requestId,
    carrier,
    acceptedAt: isoTime(request.acceptedAtMs),
    claimedAt: isoTime(claim?.claimedAtMs ?? request.acceptedAtMs),
    stopBy: isoTime(claim?.stopByMs ?? request.acceptedAtMs),
    taskArn: taskArnOf(claim?.taskArn),
    attempts,
    again: again !== null,
  };
}
