/** Requests: accepted once, merged by task key. */
import type { Acceptance } from './commands.ts';
import { type Draft, moveItem } from './draft.ts';
import { learnShare } from './estimate.ts';
import { settlePhase } from './no-endpoints.ts';
import { followsSoon, givesUp, opensNow } from './policy.ts';
import { identityOf, pendingItem, type Request, type TaskItem, taskKeyOf } from './task.ts';
import { enterOpening } from './transitions.ts';

export function acceptRequest(draft: Draft, request: Request): boolean {
  const identity = identityOf(request);
  if (draft.seen.has(identity)) return false;
  draft.seen.add(identity);
  const taskKey = taskKeyOf(request.task);
  const item = draft.items.get(taskKey);
  const [next, as, joins] = join(item, request);
  moveItem(draft, taskKey, next);
  draft.facts.push({ type: 'requestRemembered', taskKey, request, as, joins });
  learnFollowUp(draft, request.startByMs);
  if (!draft.settings.hasEndpoints) settlePhase(draft);
  else if (draft.lease.phase === 'closed' && !givesUp(draft.lease, draft.settings)) {
    if (opensNow(draft.lease, draft.nowMs, draft.settings)) enterOpening(draft);
  }
  return true;
}

function learnFollowUp({ lease, nowMs }: Draft, startByMs: number): void {
  if (lease.idleEndMs === null) return;
  lease.followUps = learnShare(lease.followUps, followsSoon(lease.idleEndMs, nowMs, startByMs));
  lease.idleEndMs = null;
}

function join(item: TaskItem | undefined, request: Request): [TaskItem, Acceptance, string] {
  if (!item || (item.state === 'dead' && !item.handsOver)) return [pendingItem(request), 'pending', request.requestId];
  if (item.state === 'pending' || item.state === 'held') {
    const merged = { ...item.request, task: request.task };
    const startByMs = Math.min(item.startByMs, request.startByMs);
    const as = startByMs < item.startByMs ? 'hastened' : 'merged';
    return [{ ...item, request: merged, startByMs, attempts: 0, startFailures: 0 }, as, merged.requestId];
  }
  // A push during a run may have missed it: a later run mirrors it. So it is while a run is handed over.
  const again = item.again
    ? { ...item.again, task: request.task, startByMs: Math.min(item.again.startByMs, request.startByMs) }
    : request;
  return [{ ...item, again }, 'again', again.requestId];
}
