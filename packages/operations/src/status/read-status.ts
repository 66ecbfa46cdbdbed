/** How a deployment is now: the lease, the most urgent of what waits and runs, the queues, the month's cost, the alarms. */
import { type LeaseState, MINUTE_MS, type TaskItem } from '@hourglass/lease';
import { createDynamoDbStore } from '@hourglass/lease-dynamodb';
import type { Deployment } from '../deployment/open-deployment.ts';
import type { RunningTask, Status, WaitingTask } from '../model/index.ts';
import { settingsOf } from '../settings.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';
import { readAlarms } from './alarms.ts';
import { readMonthCost } from './month-cost.ts';
import { nextStepOf } from './next-step.ts';
import { countResting } from './queue-counts.ts';

/** Items that are listed of each kind, at most; the counts are exact all the same. */
const LISTED = 50;

export async function readStatus(deployment: Deployment): Promise<Status> {
  const [state, resting, alarms] = await Promise.all([
    readLeaseState(deployment),
    countResting(deployment),
    readAlarms(deployment),
  ]);
  const { lease } = state;
  const nowMs = deployment.nowMs();
  const isPaid = lease.phase === 'open' || lease.phase === 'closing';
  const paidUntilMs = isPaid ? lease.paidUntilMs : null;
  const items = [...state.items.values()];
  return {
    deployment: deployment.name,
    region: deployment.region,
    now: isoTime(nowMs),
    phase: lease.phase,
    fence: lease.fence,
    paidUntil: isoTimeOrNull(paidUntilMs),
    minutesLeft: paidUntilMs === null ? null : Math.max(0, Math.floor((paidUntilMs - nowMs) / MINUTE_MS)),
    paused: { since: isoTimeOrNull(lease.heldSinceMs), tasks: [...(lease.heldTasks ?? [])] },
    closeAsked: Boolean(lease.closeAskedAtMs),
    pending: lease.pending,
    running: lease.running,
    held: lease.held ?? 0,
    waiting: items
      .filter(({ state: at }) => at === 'pending' || at === 'held')
      .sort((a, b) => a.startByMs - b.startByMs)
      .map(waitingOf),
    runs: items.filter(({ state: at }) => at === 'running').map(runningOf),
    deadLetters: resting.failedMirrors,
    refused: resting.intakeDead,
    undelivered: resting.undelivered,
    unhandled: resting.unhandled,
    next: nextStepOf(state, nowMs, settingsOf(deployment)),
    creationFailures: lease.failures,
    creationError: lease.creationError ?? null,
    cost: await readMonthCost(deployment, lease, nowMs),
    alarms,
  };
}

/** The lease and the first of its items. */
export async function readLeaseState({ clients, description, name }: Deployment): Promise<LeaseState> {
  const store = createDynamoDbStore(await clients.dynamoDb(), description.table);
  return store.load(name, { pending: LISTED, held: LISTED, running: { after: null, limit: LISTED } });
}

function waitingOf({ taskKey, request, startByMs, notBeforeMs, attempts, lastError, state }: TaskItem): WaitingTask {
  return {
    task: taskKey,
    requestId: request.requestId,
    acceptedAt: isoTime(request.acceptedAtMs),
    startBy: isoTime(startByMs),
    notBefore: notBeforeMs > request.acceptedAtMs ? isoTime(notBeforeMs) : null,
    attempts,
    lastError,
    held: state === 'held',
  };
}

function runningOf({ taskKey, request, claim, attempts, again }: TaskItem): RunningTask {
  return {
    task: taskKey,
    requestId: request.requestId,
    acceptedAt: isoTime(request.acceptedAtMs),
    claimedAt: isoTime(claim?.claimedAtMs ?? request.acceptedAtMs),
    stopBy: isoTime(claim?.stopByMs ?? request.acceptedAtMs),
    taskArn: claim?.taskArn ?? null,
    attempts,
    again: again !== null,
  };
}
