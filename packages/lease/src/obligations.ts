/**
 * `obligations`: what the world owes a state. Level-triggered: they follow from the state alone, not from the transition that led to
 * it, so whoever looks next sees them, whatever was lost before.
 */
import { isClaimable } from './attempts.ts';
import type { Lease, LeaseState, TimerOwner } from './lease.ts';
import { doubled, holdsRunning, lookDueMs } from './looks.ts';
import { freeTasks } from './parallel.ts';
import { givesUp, isHeld, leaseOpensAtMs, nextLookMs } from './policy.ts';
import type { LeaseSettings } from './settings.ts';
import type { TaskItem } from './task.ts';
import { firstUnseen, type Waiting } from './unseen.ts';

export type Obligation = {
  owner: TimerOwner;
  /** When somebody must look again if no event has come before. */
  dueAtMs: number;
} & (
  | { kind: 'open' }
  | { kind: 'giveUp' }
  | { kind: 'askCreation'; fence: number }
  | { kind: 'observeCreation'; fence: number }
  | { kind: 'claim' }
  | { kind: 'runTask'; taskKey: string }
  | { kind: 'checkTask'; taskKey: string }
  /** Of running items that are not at hand, the first that must be looked at. */
  | { kind: 'checkOthers' }
  | { kind: 'endHour' }
  | { kind: 'deleteStack'; stackId: string }
  | { kind: 'sendDeadLetters' }
);

/** Everything owed by `state` at `nowMs`; the earliest of them sets the timer. */
export function obligations(state: LeaseState, nowMs: number, settings: LeaseSettings): Obligation[] {
  const { lease } = state;
  const owed = [...phaseObligations(state, nowMs, settings), ...taskObligations(state, settings)];
  if (lease.dead > 0) {
    const owner = lease.phase === 'open' ? 'runner' : 'provisioner';
    owed.push({ kind: 'sendDeadLetters', owner, dueAtMs: nowMs + settings.patienceMs });
  }
  return owed;
}

function phaseObligations(state: LeaseState, nowMs: number, settings: LeaseSettings): Obligation[] {
  const { lease } = state;
  const unconfirmedMs = nowMs + settings.patienceMs;
  switch (lease.phase) {
    case 'closed':
      return closedObligations(lease, unconfirmedMs, settings);
    case 'opening': {
      const { fence } = lease;
      if (lease.askedAtMs === null) {
        return [{ kind: 'askCreation', fence, owner: 'provisioner', dueAtMs: unconfirmedMs }];
      }
      const dueAtMs = lease.askedAtMs + settings.createMs + settings.patienceMs;
      return [{ kind: 'observeCreation', fence, owner: 'provisioner', dueAtMs }];
    }
    case 'open': {
      const owner = lease.pending + lease.running > 0 ? 'runner' : 'teardown';
      const closesNow = (lease.closeAskedAtMs ?? null) !== null && lease.running === 0;
      const dueAtMs = closesNow ? unconfirmedMs : nextLookMs(lease, nowMs, settings);
      const owed: Obligation[] = settings.hasEndpoints ? [{ kind: 'endHour', owner, dueAtMs }] : [];
      const claimAtMs = nextClaimMs(state, nowMs, settings);
      if (claimAtMs !== null) owed.push({ kind: 'claim', owner: 'runner', dueAtMs: claimAtMs });
      return owed;
    }
    case 'closing':
      // Endpoints are never deleted while a task runs, not even again: the runner reconciles the tasks first.
      if (lease.running > 0 || lease.stackId === null) return [];
      return [
        {
          kind: 'deleteStack',
          stackId: lease.stackId,
          owner: 'teardown',
          dueAtMs: nowMs + deletePauseMs(lease, settings),
        },
      ];
  }
}

/** A deletion that goes on is looked at again after `patience`; after one that failed the pause doubles, up to an hour. */
function deletePauseMs({ deleteFailures = 0 }: Lease, { patienceMs }: LeaseSettings): number {
  return doubled(patienceMs, deleteFailures);
}

function closedObligations(lease: Lease, unconfirmedMs: number, settings: LeaseSettings): Obligation[] {
  const dueAtMs = leaseOpensAtMs(lease, settings);
  if (dueAtMs === null) return [];
  if (givesUp(lease, settings)) {
    return [{ kind: 'giveUp', owner: 'provisioner', dueAtMs: unconfirmedMs }];
  }
  return [{ kind: 'open', owner: 'provisioner', dueAtMs }];
}

function taskObligations(state: LeaseState, settings: LeaseSettings): Obligation[] {
  const owed: Obligation[] = [];
  for (const { taskKey, claim } of state.items.values()) {
    if (!claim) continue;
    const kind = claim.taskArn === null ? 'runTask' : 'checkTask';
    owed.push({ kind, taskKey, owner: 'runner', dueAtMs: lookDueMs(claim, settings) });
  }
  if (!holdsRunning(state)) owed.push({ kind: 'checkOthers', owner: 'runner', dueAtMs: state.lease.lookByMs ?? 0 });
  return owed;
}

/** When the runner next has something to claim; `null` if nothing can be before the hour's end or a task's. */
function nextClaimMs(state: LeaseState, nowMs: number, settings: LeaseSettings): number | null {
  const { lease } = state;
  if (lease.pending === 0 || isHeld(lease)) return null;
  const unconfirmedMs = nowMs + settings.patienceMs;
  // How many Fargate tasks the running items share cannot be known from a few of them.
  if (!state.complete) return unconfirmedMs;
  if (freeTasks(state, settings) === 0) return null;
  let earliestMs: number | null = null;
  const waiting: Iterable<Waiting> = [...state.items.values(), ...(firstUnseen(state) ?? [])];
  for (const item of waiting) {
    const atMs = Math.max(nowMs, item.notBeforeMs);
    if (!isClaimable({ lease, nowMs: atMs, settings }, item)) continue;
    earliestMs = Math.min(earliestMs ?? Number.POSITIVE_INFINITY, Math.max(atMs, unconfirmedMs));
  }
  return earliestMs;
}

/** The pending items that may be claimed now, the most urgent first; none while no Fargate task may be begun. */
export function claimableItems(state: LeaseState, nowMs: number, settings: LeaseSettings): TaskItem[] {
  const { lease } = state;
  if (lease.phase !== 'open' || freeTasks(state, settings) === 0) return [];
  return [...state.items.values()]
    .filter((item) => isClaimable({ lease, nowMs, settings }, item))
    .sort((a, b) => a.startByMs - b.startByMs || a.request.acceptedAtMs - b.request.acceptedAtMs);
}
