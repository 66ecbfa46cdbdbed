/** Work that cannot be done whatever endpoints there are, such as a mirror whose destination nobody may make. */
import type { Command } from './commands.ts';
import { type Draft, moveItem } from './draft.ts';
import { opensNow } from './policy.ts';
import { earliestStartByMs, enterClosed } from './transitions.ts';

/** It becomes dead at once, with the reason; a later request for it, or a redrive, asks again. An opening that nobody else needs yet is called off. */
export function refuseWork(
  draft: Draft,
  { taskKey, requestId, message }: Extract<Command, { type: 'workRefused' }>,
): boolean {
  const { lease } = draft;
  const item = draft.items.get(taskKey);
  if (item?.state !== 'pending' || item.request.requestId !== requestId) return false;
  moveItem(draft, taskKey, { ...item, state: 'dead', lastError: message });
  draft.facts.push({
    type: 'taskFailed',
    taskKey,
    token: null,
    request: item.request,
    message,
    attempts: item.attempts,
    next: 'dead',
    fence: lease.fence,
    tries: item.tries ?? [],
  });
  // Nobody has asked for a stack yet, so there is none.
  if (lease.phase === 'opening' && lease.askedAtMs === null) callOff(draft);
  return true;
}

function callOff(draft: Draft): void {
  const { lease, nowMs, settings } = draft;
  lease.startByMs = earliestStartByMs(draft);
  if (!opensNow(lease, nowMs, settings)) enterClosed(draft, nowMs);
}
