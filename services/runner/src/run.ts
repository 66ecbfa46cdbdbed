/**
 * The runner owes an open lease its tasks: claim first, then RunTask; whoever recorded the claim makes the call, and after that only
 * the timer repeats it, with the same token and the same parameters.
 */
import {
  type Advanced,
  advance,
  type Command,
  type Fact,
  type LeaseState,
  MAX_ITEMS_PER_WRITE,
  MINUTE_MS,
} from '@hourglass/lease';
import { announce, prepareDestinations, sendDeadLetters } from '@hourglass/shared';
import { byTask, type TaskBatch } from './batch.ts';
import { claimCommands, nextBatches } from './claim.ts';
import type { RunEffects } from './effects.ts';
import { finishTask, reconcile } from './reconcile.ts';
import { notStarted, type SeenTask, type Tasks } from './tasks.ts';

/** What the runner is woken by; each makes it look at what is owed. */
export type Trigger =
  | { type: 'workOrEndpoints' }
  /** `token`: what it was started by. */
  | { type: 'taskStopped'; token: string; task: SeenTask }
  | { type: 'timer'; timerId: string };

export async function run(trigger: Trigger, effects: RunEffects): Promise<void> {
  let state = trigger.type === 'timer' ? await fire(trigger.timerId, effects) : await look(trigger, effects);
  for (let changed = true; changed; ) {
    const step = await claim(state, effects);
    const claimed = step ? claimedIn(step) : [];
    changed = step?.changed ?? false;
    if (step) state = claimed.length > 0 ? await startTasks(claimed, effects) : step.state;
  }
  const dead = [...state.items.values()].filter((item) => item.state === 'dead');
  if (dead.length > 0 && state.lease.phase === 'open') await sendDeadLetters(effects, dead);
}

async function look(trigger: Exclude<Trigger, { type: 'timer' }>, effects: RunEffects): Promise<LeaseState> {
  const commands = trigger.type === 'taskStopped' ? await finishTask(trigger.task, trigger.token, [], effects) : [];
  const step = await advanceAll(effects, () => commands);
  return step.state;
}

/** The current timer makes the runner look at its tasks itself; what it sees is written with the timer, some two dozen tasks a write. */
async function fire(timerId: string, effects: RunEffects): Promise<LeaseState> {
  const timer = { type: 'timerFired' as const, timerId };
  const { lease, ...rest } = await effects.store.load(effects.leaseId, { all: true });
  if (lease.timer?.id !== timerId) return (await advanceAll(effects, () => [timer])).state;
  const { commands, toRepeat } = await reconcile({ lease, ...rest }, effects.nowMs(), effects).catch((error: Error) => {
    // The timer is written all the same, so that there is a next one; unreconciled, tasks count as running.
    effects.warn('The tasks could not be looked at; the next timer looks again', error);
    return { commands: [], toRepeat: [] };
  });
  while (commands.length > MAX_ITEMS_PER_WRITE) {
    const batch = commands.splice(0, MAX_ITEMS_PER_WRITE);
    await advanceAll(effects, () => batch);
  }
  let answers = false;
  const { state } = await advanceAll(effects, (loaded) => {
    answers = loaded.lease.timer?.id === timerId;
    return [...commands, timer];
  });
  // Another runner that answered the same timer has made the calls, and what was refused to it may be claimed anew by now.
  const standing = answers && state.lease.phase === 'open' ? toRepeat.filter((task) => stands(task, state)) : [];
  return standing.length > 0 ? startTasks(standing, effects) : state;
}

/** Whether the claims are the lease's still, and nobody has found their task. */
function stands({ members }: TaskBatch, { items }: LeaseState): boolean {
  return members.every(({ taskKey, token }) => {
    const claim = items.get(taskKey)?.claim;
    return claim?.token === token && claim.taskArn === null;
  });
}

/** Claims what may run now, one write's worth, once its destinations are there. */
async function claim(state: LeaseState, effects: RunEffects): Promise<Advanced | undefined> {
  const next = nextBatches(state, effects.nowMs(), effects).flat();
  if (next.length === 0) return undefined;
  const prepared = await prepareDestinations(next, effects);
  return advanceAll(effects, (loaded, nowMs) => claimCommands(loaded, prepared, nowMs, effects));
}

/** What this very write claimed, by task. */
function claimedIn({ facts, state }: Advanced): TaskBatch[] {
  const claimed = facts.flatMap((fact) => (fact.type === 'taskClaimed' ? [fact.taskKey] : []));
  return byTask(claimed.flatMap((taskKey) => state.items.get(taskKey) ?? []));
}

/** Makes the creating calls of these claims, one for each task, and records their answers. */
async function startTasks(claimed: TaskBatch[], effects: RunEffects): Promise<LeaseState> {
  const answers = await Promise.all(claimed.map((task) => startTask(task, effects)));
  const step = await advanceAll(effects, () => answers.flat());
  return step.state;
}

async function startTask({ taskToken, claim, members }: TaskBatch, effects: RunEffects): Promise<Command[]> {
  try {
    const started = await effects.tasks.run(claim.parameters as ReturnType<Tasks['parametersFor']>);
    if ('taskArn' in started) {
      return members.map((member) => ({ type: 'taskStarted', ...member, taskArn: started.taskArn }));
    }
    const outcome = notStarted(started.refused);
    return members.map((member) => ({ type: 'taskFinished', ...member, outcome }));
  } catch (error) {
    // Whether a task was started is not known: the timer asks again with the same token, and gets the same task.
    effects.warn(`RunTask for ${taskToken} gave no answer`, error as Error);
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
  tellOfCapacity(step.facts, effects);
  return step;
}

function warnOfFailure(fact: Fact, effects: RunEffects): void {
  if (fact.type === 'taskFailed') effects.warn(`${fact.taskKey} failed (next: ${fact.next}): ${fact.message}`);
}

/** Nobody is given up for want of capacity, so a person is told of it that lasts. */
function tellOfCapacity(facts: Fact[], effects: RunEffects): void {
  const waiting = facts.flatMap((fact) =>
    fact.type === 'taskFailed' && fact.noCapacitySinceMs !== undefined
      ? [{ ...fact, sinceMs: fact.noCapacitySinceMs }]
      : [],
  );
  const [first] = waiting.sort((a, b) => a.sinceMs - b.sinceMs);
  if (!first) return;
  const minutes = Math.floor((effects.nowMs() - first.sinceMs) / MINUTE_MS);
  const who = waiting.map(({ taskKey }) => taskKey).join(', ');
  effects.tellOverdue(`Fargate has no capacity for ${who}: ${first.message} It is tried again, hours apart`, minutes);
}
