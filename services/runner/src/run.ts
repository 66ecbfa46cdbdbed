/**
 * The runner owes an open lease its tasks: claim first, then RunTask; whoever recorded the claim makes the call, and after that only
 * the timer repeats it, with the same token and the same parameters.
 */
import {
  type Advanced,
  type Command,
  claimWindow,
  type Fact,
  type Lease,
  type LeaseState,
  MINUTE_MS,
  mendPlaces,
  type Scope,
  type ScopeOf,
  type TaskItem,
  tasksLeft,
} from '@hourglass/lease';
import { advanceAndAnnounce, eventOf, prepareDestinations, sendDeadLetters, WorkWaiting } from '@hourglass/shared';
import { byTask, type TaskBatch } from './batch.ts';
import { claimCommands, nextBatches, readMemories } from './claim.ts';
import type { RunEffects } from './effects.ts';
import { finishTask, nothingSeen, type PageSeen, reconcile, stopTasks } from './reconcile.ts';
import { notStarted, type SeenTask } from './tasks.ts';
import { writesOf } from './writes.ts';

/** What the runner is woken by; each makes it look at what is owed. */
export type Trigger =
  | { type: 'workOrEndpoints' }
  /** `token`: what it was started by. */
  | { type: 'taskStopped'; token: string; task: SeenTask }
  | { type: 'timer'; timerId: string };

/** After so long a handler begins nothing more, and another goes on. Well below the function's timeout. */
const BEGINS_FOR_MS = 10_000;

export async function run(trigger: Trigger, effects: RunEffects): Promise<void> {
  const untilMs = effects.nowMs() + BEGINS_FOR_MS;
  const looked =
    trigger.type === 'timer'
      ? { state: await fire(trigger.timerId, untilMs, effects), claimsOthers: true }
      : await look(trigger, effects);
  let { state } = looked;
  let mayClaim = claimWindow(state.lease, effects.settings) > 0;
  while (effects.nowMs() <= untilMs && mayClaim) {
    const waiting = state.unseen ? state : await effects.store.load(effects.leaseId, windowOf(effects));
    const { claimed, lease } = await claim(waiting, untilMs, effects);
    // Nobody waits who could be claimed now.
    if (lease.version === waiting.lease.version) mayClaim = false;
    else {
      state = claimed.length > 0 ? await startTasks(claimed, effects) : await effects.store.load(effects.leaseId, {});
      mayClaim = looked.claimsOthers && claimWindow(state.lease, effects.settings) > 0;
    }
  }
  // What could still be claimed when the time is over need not wait for the timer.
  if (mayClaim)
    await effects.publish([eventOf(WorkWaiting, { leaseId: effects.leaseId, requests: state.lease.pending })]);
  if (state.lease.dead > 0 && state.lease.phase === 'open') await sendDeadLetters(effects);
  if (trigger.type === 'timer') await mend(effects);
}

async function mend({ store, leaseId, nowMs, warn }: RunEffects): Promise<void> {
  const { given, taken } = await mendPlaces(store, leaseId, nowMs());
  if (given > 0) warn(`${given} items had no place in the orders that items are read by, and were given theirs again`);
  if (taken > 0) warn(`${taken} places in the orders that items are read by belonged to none; they were deleted`);
}

/** The lease alone where nothing can be claimed, whatever waits. */
function windowOf({ settings }: RunEffects): (lease: Lease) => Scope {
  return (lease) => {
    const pending = claimWindow(lease, settings);
    return pending > 0 ? { pending } : {};
  };
}

interface Looked {
  state: LeaseState;
  /** Whether who waits is to be claimed too, or only the items of `state`. */
  claimsOthers: boolean;
}

async function look(trigger: Exclude<Trigger, { type: 'timer' }>, effects: RunEffects): Promise<Looked> {
  if (trigger.type === 'taskStopped') return end(trigger, effects);
  return { state: (await advanceAll(effects, windowOf(effects), () => [])).state, claimsOthers: true };
}

/**
 * The end of a task concerns those who wait if as many ran as may. Else others were woken for them, and are at it: only what this end has made pending
 * again is claimed here. A word that comes again looks at all.
 */
async function end({ task, token }: Extract<Trigger, { type: 'taskStopped' }>, effects: RunEffects): Promise<Looked> {
  const commands = await finishTask(task, token, [], effects);
  let step: Advanced | undefined;
  let claimsOthers = commands.length === 0;
  for (const some of writesOf(commands)) {
    let wasFull = false;
    step = await advanceAll(effects, concerned(some), ({ lease }) => {
      wasFull = tasksLeft(lease, effects.settings) === 0;
      return some;
    });
    claimsOthers ||= wasFull || !step.changed;
  }
  if (!step) return { state: await effects.store.load(effects.leaseId, {}), claimsOthers };
  return { state: claimsOthers ? withoutWindow(step) : step.state, claimsOthers };
}

/** Writes what is true of running items, as many of them at a time as a write holds. */
async function write(commands: Command[], effects: RunEffects): Promise<LeaseState> {
  let state: LeaseState | undefined;
  for (const some of writesOf(commands)) {
    state = withoutWindow(await advanceAll(effects, concerned(some), () => some));
  }
  return state ?? effects.store.load(effects.leaseId, {});
}

/** These items, and where those begin that wait, from which follows what is owed. */
function concerned(commands: Command[], others: string[] = []): Scope {
  const taskKeys = commands.flatMap((command) => ('taskKey' in command ? [command.taskKey] : []));
  return { taskKeys: [...taskKeys, ...others], pending: 0 };
}

/** What was read beside a write is too little to claim from. */
function withoutWindow({ state: { unseen: _, ...state } }: Advanced): LeaseState {
  return state;
}

/** The current timer makes the runner look at its tasks itself, page by page; what it sees of the last page is written with the timer. */
async function fire(timerId: string, untilMs: number, effects: RunEffects): Promise<LeaseState> {
  const timer = { type: 'timerFired' as const, timerId };
  const { lease } = await effects.store.load(effects.leaseId, {});
  if (lease.timer?.id !== timerId) return (await advanceAll(effects, windowOf(effects), () => [timer])).state;
  const toRepeat: TaskBatch[] = [];
  let last: PageSeen | undefined;
  try {
    while (!last || (last.upTo !== null && effects.nowMs() <= untilMs)) {
      if (last) await writePage(last, [], effects);
      const page: PageSeen = await reconcile(effects);
      // Another runner has begun the round anew, or ended it.
      const goesOn = page.isDue && (last === undefined || page.after === last.upTo);
      last = page;
      toRepeat.push(...page.toRepeat);
      if (!goesOn) break;
    }
  } catch (error) {
    // The timer is written all the same, so that there is a next one; unreconciled, tasks count as running.
    effects.warn('The tasks could not be looked at; the next timer looks again', error as Error);
    last = undefined;
  }
  const repeated = toRepeat.flatMap(({ members }) => members.map(({ taskKey }) => taskKey));
  let answers = false;
  const step = await writePage(last ?? nothingSeen, repeated, effects, ({ lease }) => {
    answers = lease.timer?.id === timerId;
    return timer;
  });
  const state = withoutWindow(step);
  // Another runner that answered the same timer has made the calls, and what was refused to it may be claimed anew by now.
  const standing = answers && state.lease.phase === 'open' ? toRepeat.filter((task) => stands(task, state)) : [];
  return standing.length > 0 ? startTasks(standing, effects) : state;
}

/** Writes what was seen of a page, some dozen items a write, and with the last of them that the page is done; then tasks past their stop-by are asked to stop. */
async function writePage(
  page: PageSeen,
  others: string[],
  effects: RunEffects,
  timer?: (loaded: LeaseState) => Command,
): Promise<Advanced> {
  const writes = writesOf(page.commands);
  const rest = writes.pop() ?? [];
  let version = page.version;
  for (const some of writes) {
    const step = await advanceAll(effects, concerned(some), () => some);
    if (step.changed) version += 1;
  }
  const scope = concerned(rest, [...page.taskKeys, ...others]);
  const written = await advanceAll(effects, scope, (loaded) => {
    const { after, upTo, loadedAtMs } = page;
    const looked = {
      type: 'pageLooked' as const,
      after,
      upTo,
      loadedAtMs,
      isUndisturbed: loaded.lease.version === version,
    };
    return [...rest, ...(page.isDue ? [looked] : []), ...(timer ? [timer(loaded)] : [])];
  });
  await stopTasks(page.toStop, effects);
  return written;
}

/** Whether the claims are the lease's still, and nobody has found their task. */
function stands({ members }: TaskBatch, { items }: LeaseState): boolean {
  return members.every(({ taskKey, token }) => {
    const claim = items.get(taskKey)?.claim;
    return claim?.token === token && claim.taskArn === null;
  });
}

/**
 * Claims of those who wait, write by write, once their destinations are there; until all at hand are claimed, or nobody more may be. Who is
 * claimed is begun, whatever comes in the way of the next: others may be faster time after time.
 */
async function claim(
  waiting: LeaseState,
  untilMs: number,
  effects: RunEffects,
): Promise<{ claimed: TaskBatch[]; lease: Lease }> {
  const claimed: TaskBatch[] = [];
  let state = waiting;
  while (effects.nowMs() <= untilMs) {
    const next = nextBatches(state, effects.nowMs(), effects.settings);
    if (next.length === 0) break;
    const step = await claimNext(next, effects).catch((error: Error) => {
      if (claimed.length === 0) throw error;
      effects.warn('No more could be claimed', error);
      return undefined;
    });
    if (!step) break;
    claimed.push(...claimedIn(step));
    // Whatever has become of these; who has come in between has their turn later.
    const items = new Map(state.items);
    for (const { taskKey } of next.flat()) items.delete(taskKey);
    state = { ...state, lease: step.state.lease, items };
  }
  return { claimed, lease: state.lease };
}

async function claimNext(next: TaskItem[][], effects: RunEffects): Promise<Advanced> {
  const [prepared, memories] = await Promise.all([
    prepareDestinations(next.flat(), effects),
    readMemories(next, effects),
  ]);
  const taskKeys = next.flat().map(({ taskKey }) => taskKey);
  return advanceAll(effects, { taskKeys, pending: 0 }, (loaded, nowMs) =>
    claimCommands(loaded, next, { prepared, memories }, nowMs, effects),
  );
}

/** What this very write claimed, by task. */
function claimedIn({ facts, state }: Advanced): TaskBatch[] {
  const claimed = facts.flatMap((fact) => (fact.type === 'taskClaimed' ? [fact.taskKey] : []));
  return byTask(claimed.flatMap((taskKey) => state.items.get(taskKey) ?? []));
}

/** Makes the creating calls of these claims, one for each task, and records their answers. */
async function startTasks(claimed: TaskBatch[], effects: RunEffects): Promise<LeaseState> {
  const answers = await Promise.all(claimed.map((task) => startTask(task, effects)));
  return write(answers.flat(), effects);
}

async function startTask({ taskToken, claim, members }: TaskBatch, effects: RunEffects): Promise<Command[]> {
  try {
    const started = await effects.tasks.run(claim.parameters);
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
  scope: ScopeOf,
  plan: (state: LeaseState, nowMs: number) => Command[] | Promise<Command[]>,
): Promise<Advanced> {
  const step = await advanceAndAnnounce(effects, scope, plan);
  for (const fact of step.facts) warnOfFailure(fact, effects);
  reportCapacity(step.facts, effects);
  return step;
}

function warnOfFailure(fact: Fact, effects: RunEffects): void {
  if (fact.type === 'taskFailed') effects.warn(`${fact.taskKey} failed (next: ${fact.next}): ${fact.message}`);
}

/** Nobody is given up for want of capacity, so a person is warned when it lasts. */
function reportCapacity(facts: Fact[], effects: RunEffects): void {
  const waiting = facts.flatMap((fact) =>
    fact.type === 'taskFailed' && fact.noCapacitySinceMs !== undefined
      ? [{ ...fact, sinceMs: fact.noCapacitySinceMs }]
      : [],
  );
  const [first] = waiting.sort((a, b) => a.sinceMs - b.sinceMs);
  if (!first) return;
  const minutes = Math.floor((effects.nowMs() - first.sinceMs) / MINUTE_MS);
  const who = waiting.map(({ taskKey }) => taskKey).join(', ');
  effects.reportOverdue(`Fargate has no capacity for ${who}: ${first.message} It is tried again, hours apart`, minutes);
}
