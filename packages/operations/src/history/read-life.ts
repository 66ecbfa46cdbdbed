/** One request's life, wherever it is now: put together of how it was accepted, its active item, its end, and what its opening has cost. */
import { endpointPrices } from '@hourglass/cost/prices';
import { paidHours, type TaskItem } from '@hourglass/lease';
import {
  type Acceptation,
  createDynamoDbStore,
  type Ending,
  readEndedLease,
  readEnding,
  readRequests,
  readTimeline,
} from '@hourglass/lease-dynamodb';
import { nextReplayId } from '@hourglass/shared/dead-letters';
import { readDiscard } from '../dead-letters/discards.ts';
import { findRequests, leasesOf, type OwnLease } from '../deployment/leases.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import type { Carrier, LifeStep, RequestLife } from '../model/index.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';
import { attemptOf, carriedOf, logStreamOf, taskArnOf } from './entry.ts';

/** One for each task that the id asked for; none if nothing is known of it. */
export async function readLife(deployment: Deployment, requestId: string): Promise<RequestLife[]> {
  const { clients, description } = deployment;
  const document = await clients.dynamoDb();
  const ofLeases = leasesOf(deployment).map(async (lease) => {
    const requests = await readRequests(document, description.table, lease.id, requestId);
    return await Promise.all(requests.map((accepted) => lifeOf(deployment, lease, accepted)));
  });
  return joinHandedOver((await Promise.all(ofLeases)).flat());
}

/** What the direct carrier could not do has a life with each carrier, and is one request all the same: it goes on where it was handed to. */
function joinHandedOver(lives: readonly RequestLife[]): RequestLife[] {
  return lives.flatMap((life) => {
    const other = lives.find((one) => one.task === life.task && one.carrier !== life.carrier);
    if (other === undefined) return life;
    if (life.carrier === 'direct') return [];
    const steps = [...other.steps, ...life.steps.filter(({ code }) => !ACCEPTED.has(code))];
    const { acceptedAt, door, delivery } = other;
    return {
      ...life,
      acceptedAt,
      door,
      delivery,
      steps: steps.sort(byTime),
      attempts: [...other.attempts, ...life.attempts],
    };
  });
}

const ACCEPTED: ReadonlySet<LifeStep['code']> = new Set(['accepted', 'again', 'joins']);

const byTime = (one: LifeStep, other: LifeStep) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0);

async function lifeOf(deployment: Deployment, lease: OwnLease, accepted: Acceptation): Promise<RequestLife> {
  const { clients, description } = deployment;
  const { id: name, carrier } = lease;
  const document = await clients.dynamoDb();
  const { requestId, taskKey, joins } = accepted;
  const [state, ending, discarded, replays, leading] = await Promise.all([
    createDynamoDbStore(document, description.table).load(name, { taskKeys: [taskKey] }),
    readEnding(document, description.table, name, accepted),
    readDiscard(deployment, requestId),
    findRequests(deployment, nextReplayId(requestId)),
    joins === requestId ? [] : readLife(deployment, joins),
  ]);
  const item = state.items.get(taskKey);
  const active = item?.request.requestId === requestId || item?.again?.requestId === requestId ? item : undefined;
  const joined = joins === requestId ? undefined : leading.find(({ task }) => task === taskKey);
  return {
    requestId,
    task: taskKey,
    ...whereIs(accepted, active, ending, discarded !== undefined),
    acceptedAt: isoTime(accepted.acceptedAtMs),
    finishedAt: isoTimeOrNull(ending?.finishedAtMs),
    reason: discarded
      ? `discarded: ${discarded.reason}`
      : ending
        ? ending.message || null
        : (active?.lastError ?? null),
    carrier,
    door: accepted.origin?.door ?? null,
    delivery: accepted.origin?.delivery ?? null,
    ...addressesOf(ending, active),
    joins: joins === requestId ? null : joins,
    joinedState: joined?.state ?? null,
    replayedAs: replays.find((replay) => replay.taskKey === taskKey)?.requestId ?? null,
    startBy: isoTimeOrNull(active?.startByMs ?? accepted.startByMs),
    steps: stepsOf(carrier, accepted, active, ending, discarded),
    attempts: (ending?.tries ?? active?.tries ?? []).map(attemptOf),
    ...placeOfTask(deployment, lease, active, ending),
    carried: carriedOf(ending?.report),
    shareUsd: ending && carrier === 'fargate' ? await shareOf(deployment, ending) : null,
  };
}

function whereIs(
  { requestId, joins }: Acceptation,
  active: TaskItem | undefined,
  ending: Ending | undefined,
  isDiscarded: boolean,
): Pick<RequestLife, 'state'> {
  if (isDiscarded) return { state: 'discarded' };
  if (ending)
    return {
      state: ending.status === 'dead' ? 'failed' : ending.status,
    };
  if (joins !== requestId) return { state: 'joined' };
  if (active?.state === 'held') return { state: 'held' };
  // Who asked again during a run waits for its end.
  if (active?.state === 'running' && active.request.requestId === requestId) return { state: 'running' };
  return { state: active?.state === 'dead' ? 'failed' : 'waiting' };
}

function addressesOf(ending: Ending | undefined, active: TaskItem | undefined) {
  const task = ending?.request.task ?? active?.request.task;
  if (task?.kind !== 'mirror') return { source: null, destination: null };
  return { source: withoutCredentials(task.sourceUrl), destination: task.destination };
}

function withoutCredentials(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1***@');
}

function stepsOf(
  carrier: Carrier,
  { acceptedAtMs, origin, as, joins, requestId }: Acceptation,
  active: TaskItem | undefined,
  ending: Ending | undefined,
  discarded: { at: string; reason: string } | undefined,
): LifeStep[] {
  const steps: LifeStep[] = [];
  const add = (
    atMs: number | null | undefined,
    code: LifeStep['code'],
    what: string,
    values: LifeStep['values'] = {},
  ) => {
    if (atMs !== null && atMs !== undefined) steps.push({ at: isoTime(atMs), what, code, values });
  };
  const from = origin
    ? `${DOORS[origin.door]}${origin.delivery ? ` (delivery ${origin.delivery})` : ''}`
    : 'an older release did not say';
  const door = { door: origin?.door ?? null, ...(origin?.delivery && { delivery: origin.delivery }) };
  if (joins !== requestId) add(acceptedAtMs, 'joins', `accepted from ${from}, joins ${joins}`, { ...door, joins });
  else if (as === 'again') add(acceptedAtMs, 'again', `accepted from ${from}, to run after the one that runs`, door);
  else add(acceptedAtMs, 'accepted', `accepted from ${from}`, door);
  const isDirect = carrier === 'direct';
  const what = isDirect ? 'the mirror' : 'the task';
  const claimed = (atMs: number, attempt: number, fence: number) =>
    isDirect
      ? add(atMs, 'claimedDirect', `claimed, try ${attempt}`, { attempt })
      : add(atMs, 'claimed', `claimed, try ${attempt}, opening ${fence}`, { attempt, fence });
  const taken = (atMs: number | null | undefined) =>
    isDirect ? add(atMs, 'begun', 'the fetcher has begun') : add(atMs, 'taken', 'ECS has taken the task');
  const tries = ending?.tries ?? active?.tries ?? [];
  for (const [index, one] of tries.entries()) {
    claimed(one.claimedAtMs, index + 1, one.fence);
    taken(one.startedAtMs);
    if (one.message === null)
      add(one.finishedAtMs, isDirect ? 'mirrorSucceeded' : 'taskSucceeded', `${what} succeeded`);
    else
      add(one.finishedAtMs, isDirect ? 'mirrorFailed' : 'taskFailed', `${what} failed: ${one.message}`, {
        message: one.message,
      });
  }
  if (active?.claim) {
    claimed(active.claim.claimedAtMs, tries.length + 1, active.claim.fence);
    taken(active.claim.startedAtMs);
  }
  if (ending && (tries.length === 0 || ending.status !== 'succeeded'))
    add(ending.finishedAtMs, ending.status, ENDS[ending.status]);
  if (discarded) {
    const { at, reason } = discarded;
    const what = `its dead letter was discarded: ${reason}`;
    steps.push({ at, what, code: 'discarded', values: { message: reason } });
  }
  return steps;
}

const DOORS = {
  bus: 'the event bus',
  webhook: 'the webhook',
  hook: "a git server's hook",
  schedule: 'a schedule',
  operator: 'an operator',
  replay: 'a replay',
};

const ENDS = {
  succeeded: 'succeeded',
  superseded: 'a later request was run in its place',
  handedOver: 'handed over to a task',
  dead: 'failed for good: its dead letter waits for a replay',
};

function placeOfTask(
  deployment: Deployment,
  { carrier }: OwnLease,
  active: TaskItem | undefined,
  ending: Ending | undefined,
) {
  const last = (ending?.tries ?? active?.tries ?? []).at(-1);
  const taskArn = taskArnOf(active?.claim?.taskArn ?? last?.taskArn);
  return {
    // The direct carrier opens nothing.
    fence: carrier === 'direct' ? null : (ending?.fence ?? active?.claim?.fence ?? null),
    taskArn,
    logGroup: taskArn === null ? null : deployment.description.taskLogs,
    logStream: logStreamOf(deployment, taskArn),
  };
}

/** Ends that are counted of one opening, at most. */
const COUNTED = 1_000;

/** What the opening has cost, by the dearer reading of the bill, in equal parts for all that ended in it; null while it is open. */
async function shareOf({ clients, description, name, region }: Deployment, { fence }: Ending): Promise<number | null> {
  const document = await clients.dynamoDb();
  const opening = await readEndedLease(document, description.table, name, fence);
  const usdPerHour = endpointPrices[region]?.usdPerHour ?? null;
  if (!opening || opening.openedAtMs === null || usdPerHour === null) return null;
  const { openedAtMs, closedAtMs } = opening;
  const within = { sinceMs: openedAtMs, beforeMs: closedAtMs + 1, limit: COUNTED };
  const ends = await Promise.all(
    (['failed', 'ended'] as const).map((which) => readTimeline(document, description.table, name, which, within)),
  );
  const sharers = ends.flat().filter((item) => item.kind === 'ending' && item.ending.fence === fence).length;
  const hours = Math.max(paidHours('anchored', openedAtMs, closedAtMs), paidHours('clock', openedAtMs, closedAtMs));
  const endpoints = description.endpointServices.length * description.endpointZones;
  return Math.round(((hours * endpoints * usdPerHour) / Math.max(1, sharers)) * 1e6) / 1e6;
}
