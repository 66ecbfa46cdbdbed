/** At an alarm the runner looks at its running tasks itself, whatever events were lost. */
import {
  type Command,
  type LeaseState,
  MAX_ITEMS_PER_WRITE,
  obligations,
  type TaskItem,
  type TaskOutcome,
} from '@hourglass/lease';
import type { RunEffects } from './run.ts';
import { outcomeOf } from './tasks.ts';

export interface Reconciled {
  commands: Command[];
  /** Claims of an open lease whose RunTask left no task, `patience` after it: the call is made again. */
  toRepeat: TaskItem[];
}

const NEVER_STARTED: TaskOutcome = { status: 'failed', started: false, message: 'The task was never started.' };

/** @returns what is true of the tasks that are due a look; a task past its stop-by is asked to stop. */
export async function reconcile(state: LeaseState, nowMs: number, effects: RunEffects): Promise<Reconciled> {
  const due = obligations(state, nowMs, effects.settings).filter(({ dueAtMs }) => dueAtMs <= nowMs);
  const itemsOf = (kind: 'runTask' | 'checkTask') =>
    due.flatMap((owed) => (owed.kind === kind ? (state.items.get(owed.taskKey) ?? []) : []));
  // At the paid hour's end it matters what really runs, so every confirmed task is looked at then.
  const all = [...state.items.values()].filter((item) => item.state === 'running' && item.claim?.taskArn);
  const checked =
    due.some(({ kind }) => kind === 'endHour') || state.lease.phase === 'closing' ? all : itemsOf('checkTask');
  const commands = await check(checked, nowMs, effects);
  const toRepeat: TaskItem[] = [];
  for (const item of itemsOf('runTask').slice(0, MAX_ITEMS_PER_WRITE)) {
    const { taskKey } = item;
    const token = item.claim?.token ?? '';
    const taskArn = await effects.tasks.find(token);
    if (taskArn !== undefined) commands.push({ type: 'taskStarted', taskKey, token, taskArn });
    else if (state.lease.phase === 'open') toRepeat.push(item);
    // Without endpoints nothing is started any more.
    else commands.push({ type: 'taskFinished', taskKey, token, outcome: NEVER_STARTED });
  }
  return { commands, toRepeat };
}

async function check(items: TaskItem[], nowMs: number, effects: RunEffects): Promise<Command[]> {
  if (items.length === 0) return [];
  const seen = await effects.tasks.describe(items.flatMap(({ claim }) => claim?.taskArn ?? []));
  const commands = await Promise.all(
    items.map(async ({ taskKey, claim }): Promise<Command[]> => {
      const task = seen.get(claim?.taskArn ?? '');
      if (!claim?.taskArn || !task) return [];
      const { token, taskArn } = claim;
      // ECS is eventually consistent: a task that was started a moment ago may not be listed yet.
      if (task === 'missing' && nowMs < claim.claimedAtMs + effects.settings.patienceMs) return [];
      if (task === 'missing' || task.lastStatus === 'STOPPED') {
        const attempt = await effects.readAttempt(token);
        return [{ type: 'taskFinished', taskKey, token, outcome: outcomeOf(task, attempt?.result) }];
      }
      if (nowMs >= claim.stopByMs) await effects.tasks.stop(taskArn, 'The task is past its deadline.');
      return [{ type: 'taskSeen', taskKey, token }];
    }),
  );
  return commands.flat();
}
