/**
 * The runner owes an open lease its tasks: claim first, then RunTask; whoever recorded the claim makes the call, and after that only
 * the alarm repeats it, with the same token and the same parameters.
 */
import {
  type Advanced,
  advance,
  type Command,
  claimableItems,
  type Fact,
  type LeaseState,
  MAX_ITEMS_PER_WRITE,
  type TaskItem,
  type Work,
} from '@hourglass/lease';
import { announce, type ServiceEffects, type TellDead, tellDead } from '@hourglass/shared';
import { reconcile } from './reconcile.ts';
import { outcomeOf, type SeenTask, type Tasks } from './tasks.ts';

export interface Attempt {
  taskKey: string;
  result: { status: 'succeeded' | 'failed'; message: string } | undefined;
}

export interface RunEffects extends ServiceEffects {
  tasks: Tasks;
  commands: Record<string, string[]>;
  readAttempt(token: string): Promise<Attempt | undefined>;
  tellDead: TellDead;
  warn(message: string, error?: Error): void;
}

/** What the runner is told; each makes it look at what is owed. */
export type Told =
  | { type: 'workOrEndpoints' }
  | { type: 'taskStopped'; token: string; task: SeenTask }
  | { type: 'alarm'; alarmId: string };

export async function run(told: Told, effects: RunEffects): Promise<void> {
  let state = told.type === 'alarm' ? await ring(told.alarmId, effects) : await look(told, effects);
  for (let changed = true; changed; ) {
    const claimed = await claim(state, effects);
    changed = claimed.length > 0;
    if (changed) state = await startTasks(claimed, effects);
  }
  const dead = [...state.items.values()].filter((item) => item.state === 'dead');
  if (dead.length > 0 && state.lease.phase === 'open') await tellDead(effects, dead);
}

async function look(told: Exclude<Told, { type: 'alarm' }>, effects: RunEffects): Promise<LeaseState> {
  const commands = told.type === 'taskStopped' ? await finishCommands(told.token, told.task, effects) : [];
  const step = await advanceAll(effects, () => commands);
  return step.state;
}

/** The current alarm makes the runner look at its tasks itself; what it sees is written with the alarm, some two dozen tasks a write. */
async function ring(alarmId: string, effects: RunEffects): Promise<LeaseState> {
  const alarm = { type: 'alarmRang' as const, alarmId };
  const { lease, ...rest } = await effects.store.load(effects.leaseId, { all: true });
  if (lease.alarm?.id !== alarmId) return (await advanceAll(effects, () => [alarm])).state;
  const { commands, toRepeat } = await reconcile({ lease, ...rest }, effects.nowMs(), effects).catch((error: Error) => {
    // The alarm is written all the same, so that there is a next one; unreconciled, tasks count as running.
    effects.warn('The tasks could not be looked at; the next alarm looks again', error);
    return { commands: [], toRepeat: [] };
  });
  while (commands.length > MAX_ITEMS_PER_WRITE) {
    const batch = commands.splice(0, MAX_ITEMS_PER_WRITE);
    await advanceAll(effects, () => batch);
  }
  const { state } = await advanceAll(effects, () => [...commands, alarm]);
  return toRepeat.length > 0 ? startTasks(toRepeat, effects) : state;
}

async function finishCommands(token: string, task: SeenTask, effects: RunEffects): Promise<Command[]> {
  const attempt = await effects.readAttempt(token);
  if (!attempt) return [];
  return [{ type: 'taskFinished', taskKey: attempt.taskKey, token, outcome: outcomeOf(task, attempt.result) }];
}

/** Claims what may run now, some two dozen tasks a write. @returns the items that this very write claimed. */
async function claim(state: LeaseState, effects: RunEffects): Promise<TaskItem[]> {
  if (claimableItems(state, effects.nowMs(), effects.settings).length === 0) return [];
  const step = await advanceAll(effects, (loaded, nowMs) =>
    claimableItems(loaded, nowMs, effects.settings)
      .slice(0, MAX_ITEMS_PER_WRITE)
      .map((item, index): Command => {
        const token = newToken(loaded.lease, index, nowMs);
        const parameters = effects.tasks.parametersFor(token, loaded.lease.fence);
        return { type: 'taskClaimed', taskKey: item.taskKey, token, parameters, work: workOf(item, effects) };
      }),
  );
  return step.facts.flatMap((fact) => (fact.type === 'taskClaimed' ? (step.state.items.get(fact.taskKey) ?? []) : []));
}

/**
 * New for each claim: the version that the claim is written at belongs to one writer only, and the time keeps a table that was made
 * anew from repeating the tokens of the old one. At most 64 characters, as ECS demands of a `clientToken`.
 */
function newToken(lease: { leaseId: string; version: number }, index: number, nowMs: number): string {
  return `${lease.leaseId}-${(lease.version + 1).toString(36)}-${index.toString(36)}-${nowMs.toString(36)}`;
}

function workOf({ request: { task } }: TaskItem, { commands, settings }: RunEffects): Work {
  const timeLimitSeconds = settings.taskTimeLimitMs / 1_000;
  if (task.kind === 'mirror') return { ...task, timeLimitSeconds };
  // A command that a redeployment has taken away ends the task with an error that says so.
  return { ...task, argv: commands[task.name] ?? [], timeLimitSeconds };
}

/** Makes the creating calls of these claims and records their answers. */
async function startTasks(claimed: TaskItem[], effects: RunEffects): Promise<LeaseState> {
  const answers = await Promise.all(claimed.map((item) => startTask(item, effects)));
  const step = await advanceAll(effects, () => answers.flat());
  return step.state;
}

async function startTask({ taskKey, claim }: TaskItem, effects: RunEffects): Promise<Command[]> {
  if (!claim) return [];
  const { token, parameters } = claim;
  try {
    const started = await effects.tasks.run(parameters as ReturnType<Tasks['parametersFor']>);
    if ('taskArn' in started) return [{ type: 'taskStarted', taskKey, token, taskArn: started.taskArn }];
    const outcome = { status: 'failed' as const, started: false, message: started.refused };
    return [{ type: 'taskFinished', taskKey, token, outcome }];
  } catch (error) {
    // Whether a task was started is not known: the alarm asks again with the same token, and gets the same task.
    effects.warn(`RunTask for ${taskKey} gave no answer`, error as Error);
    return [];
  }
}

async function advanceAll(
  effects: RunEffects,
  plan: (state: LeaseState, nowMs: number) => Command[] | Promise<Command[]>,
): Promise<Advanced> {
  const step = await advance(effects, effects.leaseId, { all: true }, plan);
  await effects.publish(announce(effects.leaseId, step.facts));
  for (const fact of step.facts) warnOfFailure(fact, effects);
  return step;
}

function warnOfFailure(fact: Fact, effects: RunEffects): void {
  if (fact.type === 'taskFailed') effects.warn(`${fact.taskKey} failed (next: ${fact.next}): ${fact.message}`);
}
