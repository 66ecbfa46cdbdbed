/**
 * The runner owes an open lease its tasks: claim first, then RunTask; whoever recorded the claim makes the call, and after that only
 * the alarm repeats it, with the same token and the same parameters.
 */
import {
  type Advanced,
  advance,
  type Command,
  type Fact,
  type LeaseState,
  MAX_ITEMS_PER_WRITE,
  planRides,
} from '@hourglass/lease';
import type { Attempt as RecordedAttempt } from '@hourglass/lease-dynamodb';
import { announce, type ServiceEffects, type TellDead, tellDead } from '@hourglass/shared';
import { claimCommands } from './claim.ts';
import { finishTask, reconcile } from './reconcile.ts';
import type { Repositories } from './repositories.ts';
import { byTask, type Riders } from './riders.ts';
import type { SeenTask, Tasks } from './tasks.ts';

/** Of this lease. */
export type Attempt = Omit<RecordedAttempt, 'leaseId'>;

export interface RunEffects extends ServiceEffects {
  tasks: Tasks;
  commands: Record<string, string[]>;
  /** The attempts of the task that was begun with this token, in the order in which it does them. */
  readAttempts(taskToken: string): Promise<Attempt[]>;
  /** What the task of this key has mirrored before. */
  readTips(taskKey: string): Promise<readonly string[]>;
  repositories: Repositories;
  tellDead: TellDead;
  warn(message: string, error?: Error): void;
}

/** What the runner is told; each makes it look at what is owed. */
export type Told =
  | { type: 'workOrEndpoints' }
  /** `token`: what it was started by. */
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
  const commands = told.type === 'taskStopped' ? await finishTask(told.task, told.token, [], effects) : [];
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
  let answers = false;
  const { state } = await advanceAll(effects, (loaded) => {
    answers = loaded.lease.alarm?.id === alarmId;
    return [...commands, alarm];
  });
  // Another runner that answered the same alarm has made the calls, and what was refused to it may be claimed anew by now.
  const standing = answers && state.lease.phase === 'open' ? toRepeat.filter((task) => stands(task, state)) : [];
  return standing.length > 0 ? startTasks(standing, effects) : state;
}

/** Whether the claims are the lease's still, and nobody has found their task. */
function stands({ riders }: Riders, { items }: LeaseState): boolean {
  return riders.every(({ taskKey, token }) => {
    const claim = items.get(taskKey)?.claim;
    return claim?.token === token && claim.taskArn === null;
  });
}

/** Claims what may run now, one write's worth. @returns what this very write claimed, by task. */
async function claim(state: LeaseState, effects: RunEffects): Promise<Riders[]> {
  if (planRides(state, effects.nowMs(), effects.settings).length === 0) return [];
  const step = await advanceAll(effects, (loaded, nowMs) => claimCommands(loaded, nowMs, effects));
  const claimed = step.facts.flatMap((fact) => (fact.type === 'taskClaimed' ? [fact.taskKey] : []));
  return byTask(claimed.flatMap((taskKey) => step.state.items.get(taskKey) ?? []));
}

/** Makes the creating calls of these claims, one for each task, and records their answers. */
async function startTasks(claimed: Riders[], effects: RunEffects): Promise<LeaseState> {
  const answers = await Promise.all(claimed.map((task) => startTask(task, effects)));
  const step = await advanceAll(effects, () => answers.flat());
  return step.state;
}

async function startTask({ taskToken, claim, riders, destinations }: Riders, effects: RunEffects): Promise<Command[]> {
  await Promise.all(destinations.map((destination) => prepare(destination, effects)));
  try {
    const started = await effects.tasks.run(claim.parameters as ReturnType<Tasks['parametersFor']>);
    if ('taskArn' in started) {
      return riders.map((rider) => ({ type: 'taskStarted', ...rider, taskArn: started.taskArn }));
    }
    const outcome = { status: 'failed' as const, started: false, message: started.refused };
    return riders.map((rider) => ({ type: 'taskFinished', ...rider, outcome }));
  } catch (error) {
    // Whether a task was started is not known: the alarm asks again with the same token, and gets the same task.
    effects.warn(`RunTask for ${taskToken} gave no answer`, error as Error);
    return [];
  }
}

/** What is not there after it fails the push, which then says so. */
async function prepare(destination: string, { repositories, warn }: RunEffects): Promise<void> {
  try {
    await repositories.ensure(destination);
  } catch (error) {
    warn(`The destination ${destination} could not be prepared`, error as Error);
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
