/**
 * Who is claimed now, and with what: one RunTask for each batch, its parameters frozen with the claims. A mirror whose destination AWS
 * refuses to make is not claimed: it is reported as dead, with AWS's own words.
 */
import {
  type Command,
  claimableItems,
  type LeaseSettings,
  type LeaseState,
  MAX_ITEMS_PER_WRITE,
  planBatches,
  type TaskItem,
  type Work,
} from '@hourglass/lease';
import { isPrepared, type Prepared, refusalsOf } from '@hourglass/shared';
import type { RunEffects } from './effects.ts';

/** The claims of the next write: as many batches as fit into it, some two dozen items. */
export function nextBatches(state: LeaseState, nowMs: number, settings: LeaseSettings): TaskItem[][] {
  const batches: TaskItem[][] = [];
  let items = 0;
  for (const batch of planBatches(state, nowMs, settings)) {
    items += batch.length;
    if (items > MAX_ITEMS_PER_WRITE) break;
    batches.push(batch);
  }
  return batches;
}

type Memory = Awaited<ReturnType<RunEffects['readMemory']>>;

/** By task key. Read before the claims are decided, so that these are written as soon as the lease was read: then fewer are lost to others. */
export async function readMemories(planned: TaskItem[][], effects: RunEffects): Promise<Map<string, Memory>> {
  const mirrors = planned.flat().filter(({ request }) => request.task.kind === 'mirror');
  return new Map(
    await Promise.all(
      mirrors.map(async ({ taskKey }): Promise<[string, Memory]> => [taskKey, await effects.readMemory(taskKey)]),
    ),
  );
}

/** Claims of who is prepared, and the end of who is refused; of these batches, as far as they still wait for what was prepared. */
export function claimCommands(
  state: LeaseState,
  planned: TaskItem[][],
  { prepared, memories }: { prepared: Prepared; memories: Map<string, Memory> },
  nowMs: number,
  effects: RunEffects,
): Command[] {
  const keys = new Set(planned.flat().map(({ taskKey }) => taskKey));
  const items = [...state.items.values()].filter(({ taskKey }) => keys.has(taskKey));
  const refusals = refusalsOf(items, prepared);
  const claimable = new Map(claimableItems(state, nowMs, effects.settings).map((item) => [item.taskKey, item]));
  const claims: Command[] = [];
  for (const asPlanned of planned) {
    const batch = asPlanned.flatMap(({ taskKey }) => {
      const item = claimable.get(taskKey);
      return item && isPrepared(prepared, item) ? [item] : [];
    });
    const tokens = batch.map((_, index) => newToken(state.lease, claims.length + index, nowMs));
    const batchId = tokens[0] ?? '';
    const refused = Math.max(0, ...batch.map((item) => capacityRefusals(item, state.lease.fence)));
    const ids = batch.map(({ request }) => request.requestId);
    const parameters = effects.tasks.parametersFor(batchId, state.lease.fence, refused, ids);
    for (const [index, item] of batch.entries()) {
      const claim = {
        taskKey: item.taskKey,
        token: tokens[index] ?? '',
        ...(batch.length > 1 && { batchId }),
        parameters,
      };
      claims.push({ type: 'taskClaimed', ...claim, work: workOf(item, memories.get(item.taskKey), effects) });
    }
  }
  return [...refusals, ...claims];
}

/** In this opening: at its first try it is ECS that chooses the Zone. */
function capacityRefusals({ noCapacity }: TaskItem, fence: number): number {
  return noCapacity?.fence === fence ? noCapacity.refusals : 0;
}

/**
 * New for each claim: the version that the claim is written at belongs to one writer only, and the time keeps a table that was made
 * anew from repeating the tokens of the old one. At most 64 characters, as ECS demands of a `clientToken`.
 */
function newToken(lease: { leaseId: string; version: number }, index: number, nowMs: number): string {
  return `${lease.leaseId}-${(lease.version + 1).toString(36)}-${index.toString(36)}-${nowMs.toString(36)}`;
}

function workOf(
  { request: { requestId, task } }: TaskItem,
  memory: Memory = { rememberedTips: [] },
  effects: RunEffects,
): Work {
  const { commands, settings } = effects;
  const timeLimitSeconds = settings.taskTimeLimitMs / 1_000;
  if (task.kind === 'mirror') return { requestId, ...task, ...memory, timeLimitSeconds };
  // A command that a redeployment has taken away ends the task with an error that says so.
  return { requestId, ...task, argv: commands[task.name] ?? [], timeLimitSeconds };
}
