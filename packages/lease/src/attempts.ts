/** Attempts: claimed before RunTask, finished once, retried inside the lease. */
import type { Command, TaskOutcome } from './commands.ts';
import { type Draft, moveItem, runningItem } from './draft.ts';
import { learn } from './estimate.ts';
import { belongsToThisHour } from './policy.ts';
import { pendingItem, type TaskItem } from './task.ts';

export function claimTask(draft: Draft, command: Extract<Command, { type: 'taskClaimed' }>): boolean {
  const { lease, nowMs, settings } = draft;
  const item = draft.items.get(command.taskKey);
  if (lease.phase !== 'open' || !item || !isClaimable(draft, item)) return false;
  const claim = {
    token: command.token,
    fence: lease.fence,
    claimedAtMs: nowMs,
    stopByMs: nowMs + settings.taskTimeLimitMs + settings.stopGraceMs,
    seenAtMs: nowMs,
    taskArn: null,
    parameters: command.parameters,
  };
  moveItem(draft, item.taskKey, { ...item, state: 'running', again: null, claim });
  draft.facts.push({
    type: 'taskClaimed',
    taskKey: item.taskKey,
    token: command.token,
    request: item.request,
    work: command.work,
    fence: lease.fence,
  });
  return true;
}

/** Whether this pending item may be claimed now, as far as the parallel limit, its pause and the paid hour go. */
export function isClaimable(draft: Pick<Draft, 'lease' | 'nowMs' | 'settings'>, item: TaskItem): boolean {
  const { lease, nowMs, settings } = draft;
  return (
    item.state === 'pending' &&
    item.notBeforeMs <= nowMs &&
    lease.running < settings.maxParallelTasks &&
    belongsToThisHour(lease, item, nowMs, settings)
  );
}

export function confirmStart(draft: Draft, taskKey: string, token: string, taskArn: string): boolean {
  const item = runningItem(draft, taskKey, token);
  if (!item?.claim || item.claim.taskArn !== null) return false;
  moveItem(draft, taskKey, { ...item, claim: { ...item.claim, taskArn } });
  const { request, claim } = item;
  draft.facts.push({ type: 'taskStarted', taskKey, token, request, taskArn, fence: claim.fence });
  return true;
}

export function seeTask(draft: Draft, taskKey: string, token: string): boolean {
  const item = runningItem(draft, taskKey, token);
  if (!item?.claim) return false;
  moveItem(draft, taskKey, { ...item, claim: { ...item.claim, seenAtMs: draft.nowMs } });
  return true;
}

export function finishTask(draft: Draft, taskKey: string, token: string, outcome: TaskOutcome): boolean {
  const item = runningItem(draft, taskKey, token);
  if (!item?.claim) return false;
  const { request, again } = item;
  const { fence, claimedAtMs } = item.claim;
  if (outcome.status === 'succeeded') {
    moveItem(draft, taskKey, again ? pendingItem(again) : null);
    const durationMs = draft.nowMs - claimedAtMs;
    draft.lease.taskRun = learn(draft.lease.taskRun, durationMs);
    draft.facts.push({ type: 'taskSucceeded', taskKey, token, request, durationMs, fence });
    return true;
  }
  const next = again ? pendingItem(again) : afterFailure(draft, item, outcome);
  moveItem(draft, taskKey, next);
  draft.facts.push({
    type: 'taskFailed',
    taskKey,
    token,
    request,
    message: outcome.message,
    attempts: next.attempts,
    next: again ? 'superseded' : next.state === 'dead' ? 'dead' : 'retry',
    fence,
  });
  return true;
}

function afterFailure(draft: Draft, item: TaskItem, outcome: Extract<TaskOutcome, { status: 'failed' }>): TaskItem {
  const { nowMs, settings } = draft;
  const waiting: TaskItem = { ...item, state: 'pending', claim: null, lastError: outcome.message };
  if (!outcome.started && item.startFailures < settings.maxStartFailures) {
    const startFailures = item.startFailures + 1;
    return { ...waiting, startFailures, notBeforeMs: nowMs + settings.retryPauseMs };
  }
  const attempts = item.attempts + 1;
  if (attempts >= settings.maxAttempts) return { ...waiting, state: 'dead', attempts };
  return {
    ...waiting,
    attempts,
    startFailures: 0,
    notBeforeMs: nowMs + settings.retryPauseMs * 2 ** item.attempts,
    // A retry is patient: it rides an open lease and does not buy an hour of its own before this.
    startByMs: Math.max(item.startByMs, nowMs + settings.retryWithinMs),
  };
}

export function giveUp(draft: Draft, taskKeys: string[], message: string): boolean {
  const { lease, settings } = draft;
  if (lease.phase !== 'closed' || lease.failures < settings.maxCreateFailures) return false;
  for (const taskKey of taskKeys) {
    const item = draft.items.get(taskKey);
    if (item?.state !== 'pending') continue;
    moveItem(draft, taskKey, { ...item, state: 'dead', lastError: message });
    const { request, attempts } = item;
    draft.facts.push({
      type: 'taskFailed',
      taskKey,
      token: null,
      request,
      message,
      attempts,
      next: 'dead',
      fence: lease.fence,
    });
  }
  if (lease.pending === 0) {
    lease.failures = 0;
    lease.startByMs = null;
  }
  return true;
}

export function forgetDead(draft: Draft, taskKeys: string[]): boolean {
  let changed = false;
  for (const taskKey of taskKeys) {
    if (draft.items.get(taskKey)?.state !== 'dead') continue;
    moveItem(draft, taskKey, null);
    changed = true;
  }
  return changed;
}
