/** What makes two worlds the same: times count from now, names made for one write count by what they are to the lease. */
import { hash } from 'node:crypto';
import { HOUR_MS, type LeaseState, MINUTE_MS, type Request } from '@hourglass/lease';
import type { Run } from './message.ts';
import { nextAsk, type World } from './world.ts';

/** A time that lies further back than this decides nothing any more. */
const PAST_MS = HOUR_MS;

/**
 * The same key means the same future, up to what lies more than an hour back. Requests that ask for the same are known apart by what has become of them
 * and by nothing else: which of them was the first decides nothing.
 */
export function keyOf(world: World): string {
  const { requests } = world;
  const [first, second] = requests;
  if (!first || !second || first.repository !== second.repository || first.maxDelaySeconds !== second.maxDelaySeconds) {
    return digest(keyIn(world, requests));
  }
  const swapped = [second, first];
  if (first.fate !== second.fate) return digest(keyIn(world, first.fate < second.fate ? requests : swapped));
  const [least = ''] = [keyIn(world, requests), keyIn(world, swapped)].sort();
  return digest(least);
}

/** Millions of them are kept. */
const digest = (key: string) => hash('sha1', key, 'base64');

/** With the requests named by their places in `order`. */
function keyIn(world: World, order: World['requests']): string {
  const { nowMs, lease, schedules, stacks, tasks, asked, paused, faultsLeft, pausesLeft } = world;
  const rel = relativeTo(nowMs);
  const placeOf = (requestId: string) => order.findIndex(({ id }) => id === requestId);
  return JSON.stringify([
    leaseKey(world, world, placeOf),
    schedules.map(({ id, owner, atMs }) => [id === lease.timer?.id, owner, rel(atMs)]).sort(),
    stacks.map(({ fence, status, leftBehind, byHand }) => [fence, status, leftBehind, byHand]),
    taskKeys(world, tasks, placeOf),
    order.map(({ fate }) => fate),
    nextAsk(world),
    asked,
    faultsLeft,
    pausesLeft,
    paused && pausedKey(world, paused, placeOf),
  ]);
}

function relativeTo(nowMs: number) {
  return (timeMs: number | null | undefined) =>
    timeMs === null || timeMs === undefined
      ? null
      : Math.max(-PAST_MS, Math.round((timeMs - nowMs) / MINUTE_MS) * MINUTE_MS);
}

type PlaceOf = (requestId: string) => number;

function leaseKey(world: World, { lease, items }: Pick<LeaseState, 'lease' | 'items'>, placeOf: PlaceOf) {
  const rel = relativeTo(world.nowMs);
  const ahead = (timeMs: number | null) =>
    timeMs !== null && Math.max(0, Math.round((timeMs - world.nowMs) / MINUTE_MS));
  const asked = (request: Request | null) => request && [placeOf(request.requestId), ahead(request.startByMs)];
  return [
    lease.phase,
    lease.fence,
    [lease.pending, lease.running, lease.dead, lease.held],
    [lease.heldSinceMs !== null, lease.heldTasks, lease.closeAskedAtMs !== null],
    ahead(lease.startByMs),
    rel(lease.askedAtMs),
    lease.stackId,
    // To the second: the last call and the moment after it differ.
    lease.paidUntilMs && Math.max(-PAST_MS, lease.paidUntilMs - world.nowMs),
    lease.timer && [lease.timer.owner, rel(lease.timer.atMs)],
    lease.failures,
    ahead(lease.notBeforeMs),
    rel(lease.lookByMs),
    lease.round && [lease.round.upTo.split('#').at(-1), rel(lease.round.lookByMs)],
    lease.deleteFailures,
    [...items.values()].map((item) => [
      item.state,
      asked(item.request),
      ahead(item.startByMs),
      ahead(item.notBeforeMs),
      [item.attempts, item.startFailures],
      item.noCapacity && [item.noCapacity.openings, item.noCapacity.fence === lease.fence],
      asked(item.again),
      item.claim && [
        item.claim.fence,
        item.claim.taskArn !== null,
        Math.min(item.claim.stopsAsked ?? 0, 3),
        [item.claim.claimedAtMs, item.claim.seenAtMs, item.claim.stopByMs].map(rel),
        world.tasks.find(({ members }) => members.some(({ token }) => token === item.claim?.token))?.status ??
          'nothing',
      ],
    ]),
  ];
}

/** Of a task that is nobody's any more, only that its word may still come. */
function taskKeys(world: World, tasks: World['tasks'], placeOf: PlaceOf) {
  const ridden = ({ taskKey, covers }: World['tasks'][number]['members'][number]) => [
    taskKey,
    covers.map(placeOf).sort(),
  ];
  const current = new Set([...world.items.values()].map(({ claim }) => claim?.token));
  const keys = tasks.map(({ members, fence, status, end, stoppedAtMs }) =>
    members.some(({ token }) => current.has(token)) || status === 'running'
      ? [members.map(ridden), fence, status, end, status === 'stopped' && relativeTo(world.nowMs)(stoppedAtMs)]
      : [members.map(({ taskKey }) => taskKey), status === 'claimed' ? 'claimed' : 'over'],
  );
  return [...new Set(keys.map((key) => JSON.stringify(key)))].sort();
}

/** A handler's future follows from what it was called with and what it was answered; of the states it has loaded, the last one counts. */
function pausedKey(world: World, { message, answers, before, version, startedAtMs }: Run, placeOf: PlaceOf) {
  const loaded = answers.flatMap((answer) => ('value' in answer && isState(answer.value) ? [answer.value] : [])).at(-1);
  const others = answers.map((answer) => {
    if ('error' in answer) return answer.error.name;
    return isState(answer.value) || answer.value === undefined ? 0 : summary(answer.value);
  });
  return [
    message.to === 'intake' ? takenBy(world, message, placeOf) : triggerOf(message),
    before,
    others,
    version === world.lease.version,
    startedAtMs - world.nowMs,
    loaded && leaseKey(world, loaded, placeOf),
  ];
}

function takenBy({ requests }: World, message: Extract<Run['message'], { to: 'intake' }>, placeOf: PlaceOf) {
  return 'ask' in message ? `ask ${message.ask}` : placeOf(requests[message.request]?.id ?? '');
}

function triggerOf({ to, trigger }: Exclude<Run['message'], { to: 'intake' }>) {
  return [to, trigger.type, 'stackId' in trigger ? trigger.stackId : null];
}

function isState(value: unknown): value is LeaseState {
  return typeof value === 'object' && value !== null && 'lease' in value;
}

/** An answer without the names and times in it. */
function summary(value: unknown): unknown {
  if (typeof value === 'string' || value instanceof Map) return typeof value;
  if (typeof value === 'object' && value !== null && 'observation' in value) {
    return (value as { observation: { status: string } }).observation.status;
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : Object.keys(value as object);
}
