/** The endpoints' stack: created once per fence, announced by events or seen at a timer. */
import type { Command, StackObservation } from './commands.ts';
import type { Draft } from './draft.ts';
import { countFailure, enterClosed, enterClosing, enterOpen } from './transitions.ts';

export function recordAsk(draft: Draft, fence: number): boolean {
  const { lease, nowMs } = draft;
  if (lease.phase !== 'opening' || lease.fence !== fence || lease.askedAtMs !== null) return false;
  lease.askedAtMs = nowMs;
  return true;
}

export function stackCreated(draft: Draft, fence: number, stackId: string, createdAtMs: number): boolean {
  if (draft.lease.phase !== 'opening' || draft.lease.fence !== fence) return false;
  enterOpen(draft, stackId, createdAtMs);
  return true;
}

export function stackFailed(
  draft: Draft,
  { fence, stackId, createdAtMs, reason, passes }: Omit<Extract<Command, { type: 'stackFailed' }>, 'type'>,
): boolean {
  const { lease, nowMs } = draft;
  if (lease.phase !== 'opening' || lease.fence !== fence) return false;
  countFailure(draft, reason, passes);
  lease.openedAtMs = createdAtMs;
  if (stackId === null) enterClosed(draft, nowMs);
  else enterClosing(draft, stackId, 'creationFailed');
  return true;
}

export function stackDeleted(
  draft: Draft,
  stack: { fence: number; stackId: string; createdAtMs: number; deletedAtMs: number | null },
): boolean {
  const { lease, nowMs } = draft;
  if (lease.phase === 'opening' && lease.fence === stack.fence) {
    // Somebody deleted it, and what it may have left behind is looked for before the lease is closed.
    countFailure(draft, 'The stack was deleted while it was being created.');
    lease.openedAtMs = stack.createdAtMs;
    enterClosing(draft, stack.stackId, 'creationFailed');
    return true;
  }
  if (lease.stackId !== stack.stackId) return false;
  if (lease.phase === 'open') {
    enterClosing(draft, stack.stackId, 'stackGone');
    return true;
  }
  if (lease.phase === 'closing' && lease.running === 0) {
    enterClosed(draft, stack.deletedAtMs ?? nowMs);
    return true;
  }
  return false;
}

/** What a timer of an opening lease saw: the only evidence that a stack is not there. */
export function observeOpening(
  draft: Draft,
  stack: StackObservation | undefined,
  reason: string | undefined,
  passes: boolean | undefined,
): void {
  const { lease, nowMs, settings } = draft;
  if (!stack || lease.askedAtMs === null) return;
  if (stack.status === 'absent') {
    // The call may still be under way in a handler that has not timed out.
    if (nowMs < lease.askedAtMs + settings.patienceMs) return;
    countFailure(draft, reason, passes);
    enterClosed(draft, nowMs);
    return;
  }
  if (stack.fence === lease.fence && stack.status === 'creating') return;
  if (stack.fence === lease.fence && stack.status === 'complete') {
    enterOpen(draft, stack.stackId, stack.createdAtMs);
    return;
  }
  // Failed, going, gone, or left over from an older fence: it is deleted, with what it may have left behind.
  countFailure(draft, reason, passes);
  lease.openedAtMs = stack.createdAtMs;
  enterClosing(draft, stack.stackId, 'creationFailed');
}

/** What a timer of a closing lease saw. A stack that is neither gone nor going was asked to go in vain. */
export function observeClosing(draft: Draft, stack: StackObservation | undefined): void {
  const { lease, nowMs } = draft;
  if (!stack || stack.status === 'deleting' || lease.running > 0) return;
  if (stack.status === 'absent') enterClosed(draft, nowMs);
  else if (stack.status === 'deleted') enterClosed(draft, stack.deletedAtMs ?? nowMs);
  else lease.deleteFailures += 1;
}
