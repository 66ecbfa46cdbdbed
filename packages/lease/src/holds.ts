/**
 * What the operator may ask of the lease itself: a pause, of everything or of one task, and an early end of the hour. A pause keeps every request and
 * starts nothing; it needs no timer, since only the operator ends it. Endpoints that are open close as ever.
 */
import type { Command } from './commands.ts';
import { type Draft, moveItem } from './draft.ts';
import { givesUp, opensNow } from './policy.ts';
import { enterClosed, enterOpening } from './transitions.ts';

/** By which an ask is known among the identities of requests (`identityOf`): a message that comes twice is one ask. */
export function identityOfAsk(askId: string): string {
  return `operator#${askId}`;
}

type Ask = Extract<Command, { type: 'holdAsked' | 'releaseAsked' | 'closeAsked' }>;

/** Does what was asked, once; what changes nothing is remembered too, lest it come again when it would. */
export function doAsked(draft: Draft, ask: Ask): boolean {
  const identity = identityOfAsk(ask.askId);
  if (draft.seen.has(identity)) return false;
  draft.seen.add(identity);
  draft.facts.push({ type: 'askRemembered', askId: ask.askId });
  if (ask.type === 'holdAsked') hold(draft, ask.taskKey);
  else if (ask.type === 'releaseAsked') release(draft, ask.taskKey);
  else close(draft);
  return true;
}

/** Tasks that may be paused one by one: the lease's record is to stay small. */
export const MAX_HELD_TASKS = 100;

function hold(draft: Draft, taskKey: string | undefined): void {
  const { lease, nowMs } = draft;
  if (taskKey === undefined) {
    if (lease.heldSinceMs !== null) return;
    lease.heldSinceMs = nowMs;
    // Nobody has asked for a stack yet, so there is none.
    if (lease.phase === 'opening' && lease.askedAtMs === null) enterClosed(draft, nowMs);
  } else {
    if (lease.heldTasks.includes(taskKey) || lease.heldTasks.length >= MAX_HELD_TASKS) return;
    lease.heldTasks = [...lease.heldTasks, taskKey];
    const item = draft.items.get(taskKey);
    if (item?.state === 'pending') moveItem(draft, taskKey, item);
  }
  draft.facts.push({ type: 'paused', taskKey: taskKey ?? null });
}

function release(draft: Draft, taskKey: string | undefined): void {
  const { lease, nowMs, settings } = draft;
  if (taskKey === undefined) {
    if (lease.heldSinceMs === null) return;
    lease.heldSinceMs = null;
  } else {
    if (!lease.heldTasks.includes(taskKey)) return;
    lease.heldTasks = lease.heldTasks.filter((held) => held !== taskKey);
    const item = draft.items.get(taskKey);
    if (item?.state === 'held') moveItem(draft, taskKey, { ...item, state: 'pending' });
  }
  draft.facts.push({ type: 'resumed', taskKey: taskKey ?? null });
  // A lease without endpoints opens by itself.
  if (!settings.hasEndpoints) return;
  if (lease.phase === 'closed' && !givesUp(lease, settings) && opensNow(lease, nowMs, settings)) {
    enterOpening(draft);
  }
}

/** Without endpoints there is nothing to close. */
function close({ lease, nowMs, settings }: Draft): void {
  if (!settings.hasEndpoints) return;
  if (lease.phase === 'open' || lease.phase === 'opening') lease.closeAskedAtMs ??= nowMs;
}
