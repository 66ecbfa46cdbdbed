/** At a timer the runner looks at its running tasks itself, whatever events were lost. */
import {
  type Command,
  type LeaseState,
  MAX_ITEMS_PER_WRITE,
  MINUTE_MS,
  obligations,
  type TaskItem,
  type TaskOutcome,
} from '@hourglass/lease';
import { byTask, type TaskBatch } from './batch.ts';
import type { Attempt, RunEffects } from './effects.ts';
import { hasEnded, outcomesOf, type SeenTask } from './tasks.ts';

export interface Reconciled {
  commands: Command[];
  /** Claims of an open lease whose RunTask left no task, `patience` after it: the call is made again. */
  toRepeat: TaskBatch[];
}

const NEVER_STARTED: TaskOutcome = { status: 'failed', started: false, message: 'The task was never started.' };
/** ECS throttles or fails, and no task came of any call. The lease must not stay open for that. */
const NO_ANSWER: TaskOutcome = { status: 'noCapacity', message: 'ECS gave no answer to RunTask, and started no task.' };
/** In patiences: so many calls are made for one claim, about. */
const CALLS = 5;

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
  const toRepeat: TaskBatch[] = [];
  for (const task of byTask(itemsOf('runTask').slice(0, MAX_ITEMS_PER_WRITE))) {
    const { taskToken, members } = task;
    const taskArn = await effects.tasks.find(taskToken);
    if (taskArn !== undefined) {
      commands.push(...members.map((member): Command => ({ type: 'taskStarted', ...member, taskArn })));
      continue;
    }
    const isTried = nowMs >= task.claim.claimedAtMs + CALLS * effects.settings.patienceMs;
    if (state.lease.phase === 'open' && !isTried) toRepeat.push(task);
    else {
      // Without endpoints nothing is started any more.
      const outcome = state.lease.phase === 'open' ? NO_ANSWER : NEVER_STARTED;
      commands.push(...members.map((member): Command => ({ type: 'taskFinished', ...member, outcome })));
    }
  }
  return { commands, toRepeat };
}

async function check(items: TaskItem[], nowMs: number, effects: RunEffects): Promise<Command[]> {
  if (items.length === 0) return [];
  const tasks = byTask(items);
  const seen = await effects.tasks.describe(tasks.flatMap(({ claim }) => claim.taskArn ?? []));
  const commands = await Promise.all(
    tasks.map(async ({ taskToken, claim, members }): Promise<Command[]> => {
      const { taskArn, claimedAtMs, stopByMs, stopsAsked = 0 } = claim;
      const task = seen.get(taskArn ?? '');
      if (!taskArn || !task) return [];
      // ECS is eventually consistent: a task that was started a moment ago may not be listed yet.
      if (task === 'missing' && nowMs < claimedAtMs + effects.settings.patienceMs) return [];
      if (task === 'missing' || hasEnded(task)) {
        if (task !== 'missing') tellOfRemains(task, nowMs, effects);
        return await finishTask(task, taskToken, members, effects);
      }
      if (nowMs < stopByMs) return members.map((member) => ({ type: 'taskSeen', ...member }));
      if (stopsAsked === 1) {
        const minutes = Math.floor((nowMs - stopByMs) / MINUTE_MS);
        effects.tellOverdue(
          `The task ${taskArn} was asked to stop and still runs; its endpoints stay until it ends`,
          minutes,
        );
      }
      await effects.tasks.stop(taskArn, 'The task is past its deadline.');
      return members.map((member) => ({ type: 'taskSeen', ...member, stopAsked: true }));
    }),
  );
  return commands.flat();
}

/** Its work is over, and it needs no endpoints; but ECS has not got rid of it, which a person may ask AWS about. */
function tellOfRemains(
  { taskArn, lastStatus, executionStoppedAt }: SeenTask,
  nowMs: number,
  effects: RunEffects,
): void {
  if (lastStatus === 'STOPPED' || !executionStoppedAt) return;
  const sinceMs = nowMs - executionStoppedAt.getTime();
  if (sinceMs < effects.settings.patienceMs) return;
  const minutes = Math.floor(sinceMs / MINUTE_MS);
  effects.tellOverdue(`The containers of the task ${taskArn} have ended, and ECS leaves it ${lastStatus}`, minutes);
}

/** Each attempt of a task that has ended, finished by what the task said of it. `members`: those known, should their work be gone. */
export async function finishTask(
  task: SeenTask | 'missing',
  taskToken: string,
  members: TaskBatch['members'],
  effects: Pick<RunEffects, 'readAttempts' | 'repositories' | 'warn'>,
): Promise<Command[]> {
  const read = await effects.readAttempts(taskToken);
  const attempts =
    read.length > 0 ? read : members.map((member) => ({ ...member, destination: undefined, result: undefined }));
  await nameDefaultBranches(attempts, effects);
  const outcomes = outcomesOf(
    task,
    attempts.map(({ result }) => result),
  );
  return attempts.flatMap(({ taskKey, token }, index): Command[] => {
    const outcome = outcomes[index];
    return outcome ? [{ type: 'taskFinished', taskKey, token, outcome }] : [];
  });
}

/** Of failed mirrors too: the branch that was the default before can be deleted only then, by the next attempt. */
async function nameDefaultBranches(
  attempts: Attempt[],
  { repositories, warn }: Pick<RunEffects, 'repositories' | 'warn'>,
): Promise<void> {
  await Promise.all(
    attempts.map(async ({ taskKey, destination, result }) => {
      if (destination === undefined || result?.defaultBranch === undefined) return;
      try {
        await repositories.setDefaultBranch(destination, result.defaultBranch);
      } catch (error) {
        // The mirror itself is done, and the next one sets the branch again.
        warn(`The default branch of ${taskKey} could not be set`, error as Error);
      }
    }),
  );
}
