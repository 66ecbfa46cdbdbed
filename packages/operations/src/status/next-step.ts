/** What happens next by itself: by the very functions that the services decide with. */
import { count } from '@hourglass/cost';
import {
  claimableItems,
  givesUp,
  hourEndsMs,
  isHeld,
  type LeaseSettings,
  type LeaseState,
  leaseOpensAtMs,
  usualDeletionMs,
} from '@hourglass/lease';
import type { OwnLease } from '../deployment/leases.ts';
import type { NextStep } from '../model/index.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';

/** Of all leases: the step that comes first; one that nobody can date only where there is no other. */
export function nextOf(states: readonly (LeaseState & { readonly own: OwnLease })[], nowMs: number): NextStep {
  const steps = states.map((state) =>
    state.own.settings.hasEndpoints
      ? nextStepOf(state, nowMs, state.own.settings)
      : nextOfDirect(state, nowMs, state.own.settings),
  );
  const rank = ({ code, at }: NextStep) => (code === 'nothing' ? '~~~' : code === 'paused' ? '~~' : (at ?? '~'));
  const [first = step('nothing', 'nothing', null)] = steps.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
  return first;
}

/** Without endpoints there is nothing to wait for but what runs, and the time of a retry. */
function nextOfDirect(state: LeaseState, nowMs: number, settings: LeaseSettings): NextStep {
  const { lease, items } = state;
  const [first] = claimableItems(state, nowMs, settings);
  if (first && !isHeld(lease)) return step('start-task', `${first.taskKey} starts`, nowMs);
  if (lease.running > 0)
    return step('task-ends', `${tasks(lease.running)} ${lease.running === 1 ? 'ends' : 'end'}`, null);
  if (isHeld(lease)) return step('paused', 'nothing is started until it is resumed', null);
  const waiting = [...items.values()]
    .filter(({ state: at }) => at === 'pending')
    .sort((a, b) => a.notBeforeMs - b.notBeforeMs);
  const [soonest] = waiting;
  if (soonest === undefined) return step('nothing', 'nothing; the next request starts at once', null);
  return step('start-task', `${soonest.taskKey} is tried again`, Math.max(nowMs, soonest.notBeforeMs));
}

/** Of the lease, with the most urgent of its items at hand. */
export function nextStepOf(state: LeaseState, nowMs: number, settings: LeaseSettings): NextStep {
  const { lease } = state;
  switch (lease.phase) {
    case 'closed':
      return nextOfClosed(state, nowMs, settings);
    case 'opening':
      if (lease.askedAtMs === null) return step('create', 'the endpoints are asked for', nowMs);
      return step('stack-answers', 'the endpoints are ready', Math.max(nowMs, lease.askedAtMs + settings.createMs));
    case 'open':
      return nextOfOpen(state, nowMs, settings);
    case 'closing': {
      if (lease.running > 0) return step('task-ends', `${tasks(lease.running)} must end before the endpoints go`, null);
      const goneMs = (lease.closingAtMs ?? nowMs) + usualDeletionMs(lease, settings);
      return step('gone', 'the endpoints are gone', Math.max(nowMs, goneMs));
    }
  }
}

function nextOfClosed({ lease }: LeaseState, nowMs: number, settings: LeaseSettings): NextStep {
  if (isHeld(lease)) return step('paused', 'nothing is started until it is resumed', null);
  const opensMs = leaseOpensAtMs(lease, settings);
  if (opensMs === null) return step('nothing', 'nothing; the next request decides when the endpoints open', null);
  const atMs = Math.max(nowMs, opensMs);
  if (givesUp(lease, settings)) {
    return step(
      'give-up',
      `what waits is given up, after ${count(lease.failures, 'creation')} that failed`,
      lease.timer?.atMs ?? atMs,
    );
  }
  if (lease.failures > 0) return step('retry-creation', 'the endpoints are asked for again', atMs);
  return step('open', `the endpoints open for ${tasks(lease.pending)}`, atMs);
}

function nextOfOpen(state: LeaseState, nowMs: number, settings: LeaseSettings): NextStep {
  const { lease } = state;
  const [first] = claimableItems(state, nowMs, settings);
  if (first) return step('start-task', `${first.taskKey} starts`, nowMs);
  if (lease.running > 0)
    return step('task-ends', `${tasks(lease.running)} ${lease.running === 1 ? 'ends' : 'end'}`, null);
  const closesMs = lease.closeAskedAtMs ? nowMs : Math.max(nowMs, hourEndsMs(lease, settings));
  return step('tear-down', 'if nothing comes, the endpoints close', closesMs);
}

function tasks(many: number): string {
  return many === 1 ? 'one task' : `${many} tasks`;
}

function step(code: NextStep['code'], what: string, atMs: number | null): NextStep {
  return { code, what, at: atMs === null ? isoTimeOrNull(atMs) : isoTime(atMs) };
}
