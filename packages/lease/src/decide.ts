/**
 * `decide`: the lease protocol as a pure function. What is not listed is ignored, so that a message may come twice, late or out of
 * order. The table is in ARCHITECTURE.md, "The lease".
 */
import { claimTask, confirmStart, finishTask, forgetDead, giveUp, seeTask } from './attempts.ts';
import type { Command, Fact } from './commands.ts';
import { type Draft, draftOf } from './draft.ts';
import { doAsked } from './holds.ts';
import { endHour } from './hour.ts';
import type { LeaseState } from './lease.ts';
import { holdsRunning, lookDueMs } from './looks.ts';
import { settlePhase } from './no-endpoints.ts';
import { givesUp, opensNow } from './policy.ts';
import { refuseWork } from './refusal.ts';
import { acceptRequest } from './requests.ts';
import { passPage } from './rounds.ts';
import type { LeaseSettings } from './settings.ts';
import { observeClosing, observeOpening, recordAsk, stackCreated, stackDeleted, stackFailed } from './stack.ts';
import { enterOpening } from './transitions.ts';

export interface Decision {
  state: LeaseState;
  facts: Fact[];
  /** False: every command was ignored, and `state` is the very object that was given. */
  changed: boolean;
}

/** Decides the commands one after the other; the lease's `version` is left to the write. */
export function decide(state: LeaseState, commands: Command[], nowMs: number, settings: LeaseSettings): Decision {
  const draft = draftOf(state, nowMs, settings);
  let changed = false;
  for (const command of commands) changed = apply(draft, command) || changed;
  if (!changed) return { state, facts: [], changed };
  if (settings.hasEndpoints) endHour(draft);
  else settlePhase(draft);
  const { lease, items, seen, facts } = draft;
  if (lease.pending === 0) lease.startByMs = null;
  settleLooks(draft);
  return { state: { ...state, lease, items, seen }, facts, changed };
}

/** Where all running items are at hand, the bound of their looks is exact, and there is nothing to go on with. */
function settleLooks(draft: Draft): void {
  const { lease, items, settings } = draft;
  if (lease.running === 0) lease.tasks = 0;
  if (!holdsRunning(draft)) return;
  const dueMs = [...items.values()].flatMap(({ claim }) => (claim ? [lookDueMs(claim, settings)] : []));
  lease.lookByMs = dueMs.length > 0 ? Math.min(...dueMs) : null;
  lease.round = null;
}

function apply(draft: Draft, command: Command): boolean {
  switch (command.type) {
    case 'requestAccepted':
      return acceptRequest(draft, command.request);
    case 'creationAsked':
      return recordAsk(draft, command.fence);
    case 'stackCreated':
      return stackCreated(draft, command.fence, command.stackId, command.createdAtMs);
    case 'stackFailed':
      return stackFailed(draft, command);
    case 'stackDeleted':
      return stackDeleted(draft, command);
    case 'taskClaimed':
      return claimTask(draft, command);
    case 'taskStarted':
      return confirmStart(draft, command.taskKey, command.token, command.taskArn);
    case 'taskSeen':
      return seeTask(draft, command);
    case 'taskFinished':
      return finishTask(draft, command.taskKey, command.token, command.outcome);
    case 'pageLooked':
      return passPage(draft, command);
    case 'holdAsked':
    case 'releaseAsked':
    case 'closeAsked':
      return doAsked(draft, command);
    case 'deadLettersSent':
      return forgetDead(draft, command.taskKeys);
    case 'workRefused':
      return refuseWork(draft, command);
    case 'gaveUp':
      return giveUp(draft, command.taskKeys, command.message);
    case 'timerFired':
      return timerFired(draft, command);
  }
}

function timerFired(
  draft: Draft,
  { timerId, stack, reason, passes }: Extract<Command, { type: 'timerFired' }>,
): boolean {
  const { lease, settings, nowMs } = draft;
  if (lease.timer?.id !== timerId) return false;
  // It has fired and is gone; the write that follows arms the next one.
  lease.timer = null;
  if (lease.phase === 'closed') {
    if (!givesUp(lease, settings) && opensNow(lease, nowMs, settings)) enterOpening(draft);
  } else if (lease.phase === 'opening') {
    observeOpening(draft, stack, reason, passes);
  } else if (lease.phase === 'closing') {
    observeClosing(draft, stack);
  }
  return true;
}
