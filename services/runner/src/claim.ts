/** Who is claimed now, and with what: one RunTask for each batch, its parameters frozen with the claims. */
import {
  type Command,
  type LeaseState,
  MAX_ITEMS_PER_WRITE,
  planBatches,
  type TaskItem,
  type Work,
} from '@hourglass/lease';
import type { RunEffects } from './effects.ts';

/** The claims of the next write: as many batches as fit into it, some two dozen items. */
export async function claimCommands(state: LeaseState, nowMs: number, effects: RunEffects): Promise<Command[]> {
  const claims: Promise<Command>[] = [];
  for (const batch of planBatches(state, nowMs, effects.settings)) {
    if (claims.length + batch.length > MAX_ITEMS_PER_WRITE) break;
    const tokens = batch.map((_, index) => newToken(state.lease, claims.length + index, nowMs));
    const batchId = tokens[0] ?? '';
    const parameters = effects.tasks.parametersFor(batchId, state.lease.fence);
    for (const [index, item] of batch.entries()) {
      const claim = {
        taskKey: item.taskKey,
        token: tokens[index] ?? '',
        ...(batch.length > 1 && { batchId }),
        parameters,
      };
      claims.push(workOf(item, effects).then((work) => ({ type: 'taskClaimed', ...claim, work })));
    }
  }
  return Promise.all(claims);
}

/**
 * New for each claim: the version that the claim is written at belongs to one writer only, and the time keeps a table that was made
 * anew from repeating the tokens of the old one. At most 64 characters, as ECS demands of a `clientToken`.
 */
function newToken(lease: { leaseId: string; version: number }, index: number, nowMs: number): string {
  return `${lease.leaseId}-${(lease.version + 1).toString(36)}-${index.toString(36)}-${nowMs.toString(36)}`;
}

async function workOf({ taskKey, request: { task } }: TaskItem, effects: RunEffects): Promise<Work> {
  const { commands, settings } = effects;
  const timeLimitSeconds = settings.taskTimeLimitMs / 1_000;
  if (task.kind === 'mirror') return { ...task, rememberedTips: await effects.readTips(taskKey), timeLimitSeconds };
  // A command that a redeployment has taken away ends the task with an error that says so.
  return { ...task, argv: commands[task.name] ?? [], timeLimitSeconds };
}
