/** Attempts: claimed before RunTask, alone or in a batch, which shares one Fargate task; finished once, retried inside the lease. */
import { awaitCapacity } from './capacity.ts';
import type { Command, TaskOutcome } from './commands.ts';
import { type Draft, moveItem, runningItem } from './draft.ts';
import { learn } from './estimate.ts';
import { freeTasks } from './parallel.ts';
import { belongsToThisHour, givesUp, isHeld } from './policy.ts';
import { pendingItem, type TaskItem, type Try } from './task.ts';
import type { Waiting } from './unseen.ts';

export function claimTask(draft: Draft, command: Extract<Command, { type: 'taskClaimed' }>): boolean {
  const { lease, nowMs, settings } = draft;
  const { token, batchId } = command;
  const item = draft.items.get(command.taskKey);
  if (lease.phase !== 'open' || !item || !isClaimable(draft, item)) return false;
  const joins = batchId !== undefined && batchId !== token;
  if (joins ? !beginsNow(draft, batchId) : freeTasks(draft, settings) === 0) return false;
  const batch = batchId === undefined ? {} : { batchId };
  const claim = {
    token,
    ...batch,
    fence: lease.fence,
    claimedAtMs: nowMs,
    // A shared task begins nothing once the limit is past, and what it has begun by then has the whole limit.
    stopByMs: nowMs + settings.taskTimeLimitMs * (batchId === undefined ? 1 : 2) + settings.stopGraceMs,
    seenAtMs: nowMs,
    taskArn: null,
    parameters: command.parameters,
  };
  moveItem(draft, item.taskKey, { ...item, state: 'running', again: null, claim });
  draft.facts.push({
    type: 'taskClaimed',
    taskKey: item.taskKey,
    token,
    ...batch,
    request: item.request,
    work: command.work,
    fence: lease.fence,
  });
  return true;
}

/** What a task is given is frozen with the write that begins it, so it is joined in that write or never. */
function beginsNow(draft: Draft, batchId: string): boolean {
  return draft.facts.some((fact) => fact.type === 'taskClaimed' && fact.batchId === batchId);
}

/** Whether this pending item may be claimed now, as far as its pause and the paid hour go. */
export function isClaimable(draft: Pick<Draft, 'lease' | 'nowMs' | 'settings'>, item: Waiting): boolean {
  const { lease, nowMs, settings } = draft;
  return (
    !isHeld(lease) &&
    item.state === 'pending' &&
    item.notBeforeMs <= nowMs &&
    belongsToThisHour(lease, item, nowMs, settings)
  );
}

export function confirmStart(draft: Draft, taskKey: string, token: string, taskArn: string): boolean {
  const item = runningItem(draft, taskKey, token);
  if (!item?.claim || item.claim.taskArn !== null) return false;
  moveItem(draft, taskKey, { ...item, claim: { ...item.claim, taskArn, startedAtMs: draft.nowMs } });
  const { request, claim } = item;
  draft.facts.push({ type: 'taskStarted', taskKey, token, request, taskArn, fence: claim.fence });
  return true;
}

export function seeTask(draft: Draft, { taskKey, token, stopAsked }: Extract<Command, { type: 'taskSeen' }>): boolean {
  const item = runningItem(draft, taskKey, token);
  if (!item?.claim) return false;
  const { stopsAsked = 0 } = item.claim;
  const stops = stopAsked ? { stopsAsked: stopsAsked + 1 } : {};
  moveItem(draft, taskKey, { ...item, claim: { ...item.claim, seenAtMs: draft.nowMs, ...stops } });
  return true;
}

export function finishTask(draft: Draft, taskKey: string, token: string, outcome: TaskOutcome): boolean {
  const item = runningItem(draft, taskKey, token);
  if (!item?.claim) return false;
  const { request, again } = item;
  const { fence, claimedAtMs, batchId } = item.claim;
  if (outcome.status === 'succeeded') {
    moveItem(draft, taskKey, again ? pendingItem(again) : null);
    const durationMs = outcome.durationMs ?? draft.nowMs - claimedAtMs;
    // What is to be known is how long a task takes that has one repository.
    if (batchId === undefined) draft.lease.taskRun = learn(draft.lease.taskRun, durationMs);
    const { tips, carried, report } = outcome;
    const tries = triesOf(draft, item, null);
    const more = { ...(tips && { tips }), tries, ...(carried && { carried }), ...(report && { report }) };
    draft.facts.push({ type: 'taskSucceeded', taskKey, token, request, durationMs, fence, ...more });
    return true;
  }
  const next = again ? pendingItem(again) : afterFailure(draft, item, outcome);
  // A request whose turn never came is as urgent as it was.
  if (outcome.status === 'notBegun') next.startByMs = Math.min(next.startByMs, item.startByMs);
  const tries = triesOf(draft, item, outcome.message);
  if (!again && outcome.status !== 'notBegun') next.tries = tries;
  moveItem(draft, taskKey, next);
  draft.facts.push({
    type: 'taskFailed',
    taskKey,
    token,
    request,
    message: outcome.message,
    attempts: next.attempts,
    next: again ? 'superseded' : next.handsOver ? 'handedOver' : next.state === 'dead' ? 'dead' : 'retry',
    fence,
    tries,
    ...('carried' in outcome && outcome.carried && { carried: outcome.carried }),
    ...('report' in outcome && outcome.report && { report: outcome.report }),
    ...(next.noCapacity?.reportedAtMs === draft.nowMs && { noCapacitySinceMs: next.noCapacity.sinceMs }),
  });
  return true;
}

function afterFailure(draft: Draft, item: TaskItem, outcome: Exclude<TaskOutcome, { status: 'succeeded' }>): TaskItem {
  const { nowMs, settings } = draft;
  const waiting: TaskItem = { ...item, state: 'pending', claim: null, lastError: outcome.message };
  if (outcome.status === 'notBegun') return waiting;
  if (outcome.status === 'noCapacity') return awaitCapacity(draft, waiting);
  // Fargate has taken it.
  delete waiting.noCapacity;
  if (outcome.handsOver && !settings.hasEndpoints) return { ...waiting, state: 'dead', handsOver: true };
  if (!outcome.started && item.startFailures < settings.maxStartFailures) {
    const startFailures = item.startFailures + 1;
    return { ...waiting, startFailures, notBeforeMs: outcome.atOnce ? nowMs : nowMs + settings.retryPauseMs };
  }
  const attempts = item.attempts + 1;
  if (outcome.permanent || attempts >= settings.maxAttempts) return { ...waiting, state: 'dead', attempts };
  return {
    ...waiting,
    attempts,
    startFailures: 0,
    notBeforeMs: nowMs + settings.retryPauseMs * 2 ** item.attempts,
    // A retry is patient: it uses an open lease and does not buy an hour of its own before this.
    startByMs: Math.max(item.startByMs, nowMs + settings.retryWithinMs),
  };
}

/** Claims that the history keeps of one request, at most: the last of them. */
const MAX_TRIES = 10;

function triesOf(draft: Draft, { claim, tries = [] }: TaskItem, message: string | null): Try[] {
  if (!claim) return [...tries];
  const { token, fence, claimedAtMs, startedAtMs = null, taskArn } = claim;
  const last = { token, fence, claimedAtMs, startedAtMs, finishedAtMs: draft.nowMs, taskArn, message };
  return [...tries, last].slice(-MAX_TRIES);
}

export function giveUp(draft: Draft, taskKeys: string[], message: string): boolean {
  const { lease, settings } = draft;
  if (lease.phase !== 'closed' || !givesUp(lease, settings)) return false;
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
      tries: item.tries ?? [],
    });
  }
  if (lease.pending === 0) {
    lease.failures = 0;
    lease.passing = 0;
    lease.startByMs = null;
  }
  return true;
}

export function forgetDead(draft: Draft, taskKeys: string[]): boolean {
  let changed = false;
  for (const taskKey of taskKeys) {
    const item = draft.items.get(taskKey);
    if (item?.state !== 'dead') continue;
    // What came while it was handed over has its run here first, like all.
    moveItem(draft, taskKey, item.again ? pendingItem(item.again) : null);
    changed = true;
  }
  return changed;
}
