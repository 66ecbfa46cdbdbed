/** At a timer the runner looks at its running tasks itself, page by page, whatever events were lost. */
import {
  type Command,
  HOUR_MS,
  type Lease,
  type LeaseSettings,
  type LeaseState,
  lookDueMs,
  MINUTE_MS,
  obligations,
  placeOf,
  type TaskItem,
  type TaskOutcome,
  taskTokenOf,
} from '@hourglass/lease';
import { byTask, type TaskBatch } from './batch.ts';
import type { Attempt, RunEffects } from './effects.ts';
import { hasEnded, outcomesOf, type SeenTask } from './tasks.ts';

/** A page of the running items, and what is true of them. */
export interface PageSeen {
  commands: Command[];
  /** Claims of an open lease whose RunTask left no task, `patience` after it: the call is made again. */
  toRepeat: TaskBatch[];
  /** Tasks past their stop-by. They are asked to stop when that is written, so that what cannot be written is not asked at each try. */
  toStop: Overdue[];
  /** Of the page: who is in it, after which place it begins, where it ends, and the lease that it was loaded with. */
  taskKeys: string[];
  after: string | null;
  upTo: string | null;
  version: number;
  loadedAtMs: number;
  /** Whether anybody of the lease was due a look; else nothing was looked at. */
  isDue: boolean;
}

export interface Overdue {
  taskArn: string;
  /** How often it was asked before. */
  stopsAsked: number;
  sinceMs: number;
}

export const nothingSeen: PageSeen = {
  commands: [],
  toRepeat: [],
  toStop: [],
  taskKeys: [],
  after: null,
  upTo: null,
  version: 0,
  loadedAtMs: 0,
  isDue: false,
};

const NEVER_STARTED: TaskOutcome = { status: 'failed', started: false, message: 'The task was never started.' };
/** ECS, or the fetcher, throttles or fails, and no task came of any call. The lease must not stay open for that. */
const NO_ANSWER: TaskOutcome = {
  status: 'noCapacity',
  message: 'No call to begin it was answered (RunTask, or of the direct carrier the fetcher), and no task came of any.',
};
/** Tasks that ECS is asked for one by one, in one page. */
const TASKS_FOUND = 24;
/** Past its stop-by no work goes on in a task: its entrypoint has ended it, and StopTask kills what is left within minutes. */
const GIVEN_UP_AFTER_MS = 72 * HOUR_MS;
/** In patiences: so many calls are made for one claim, about. */
const CALLS = 5;

/** @returns what is true of the next page of running items, as far as they are due a look. */
export async function reconcile(effects: RunEffects): Promise<PageSeen> {
  const { settings } = effects;
  const loadedAtMs = effects.nowMs();
  const state = await effects.store.load(effects.leaseId, (lease) =>
    isRoundDue(lease, loadedAtMs, settings)
      ? { running: { after: placeOfRound(lease), limit: settings.lookPage } }
      : {},
  );
  const { lease } = state;
  if (!isRoundDue(lease, loadedAtMs, settings)) return nothingSeen;
  const { items, upTo } = wholeTasks(state);
  const nowMs = effects.nowMs();
  const isDue = ({ claim }: TaskItem) => claim !== null && lookDueMs(claim, settings) <= nowMs;
  // At the paid hour's end it matters what really runs, so every confirmed task is looked at then.
  const confirmed = items.filter(({ claim }) => claim?.taskArn);
  const checked = looksAtAll(lease, nowMs, settings) ? confirmed : confirmed.filter(isDue);
  const unconfirmed = items.filter((item) => item.claim?.taskArn === null && isDue(item));
  const { commands, toStop } = await check(checked, nowMs, effects);
  const { found, toRepeat } = await findStarted(byTask(unconfirmed).slice(0, TASKS_FOUND), lease, nowMs, effects);
  return {
    commands: [...commands, ...found],
    toRepeat,
    toStop,
    taskKeys: items.map(({ taskKey }) => taskKey),
    after: placeOfRound(lease),
    upTo,
    version: lease.version,
    loadedAtMs,
    isDue: true,
  };
}

function placeOfRound({ round }: Lease): string | null {
  return round?.upTo ?? null;
}

function isRoundDue(lease: Lease, nowMs: number, settings: LeaseSettings): boolean {
  if (lease.running === 0) return false;
  return (lease.lookByMs ?? 0) <= nowMs || looksAtAll(lease, nowMs, settings);
}

function looksAtAll(lease: Lease, nowMs: number, settings: LeaseSettings): boolean {
  if (lease.phase === 'closing') return true;
  const alone = { lease, items: new Map<string, TaskItem>(), seen: new Set<string>(), complete: false };
  return obligations(alone, nowMs, settings).some(({ kind, dueAtMs }) => kind === 'endHour' && dueAtMs <= nowMs);
}

/** The items of a page by their places, without those of a task that the next page has more of. */
function wholeTasks({ items, runningUpTo = null }: LeaseState): { items: TaskItem[]; upTo: string | null } {
  const page = [...items.values()].filter(({ state }) => state === 'running');
  if (runningUpTo === null) return { items: page, upTo: null };
  const placed = page.map((item) => ({ item, key: placeOf(item).key })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const tokenOf = ({ item }: { item: TaskItem }) => item.claim && taskTokenOf(item.claim);
  const last = placed.at(-1);
  const whole = placed.filter((place) => last && tokenOf(place) !== tokenOf(last));
  // A page that holds a part of one task only is taken as it is.
  const taken = whole.length > 0 ? whole : placed;
  return { items: taken.map(({ item }) => item), upTo: taken.at(-1)?.key ?? runningUpTo };
}

/** Whether a task came of the calls that nobody has confirmed. */
async function findStarted(
  tasks: TaskBatch[],
  { phase }: Lease,
  nowMs: number,
  effects: RunEffects,
): Promise<{ found: Command[]; toRepeat: TaskBatch[] }> {
  const arns = await Promise.all(tasks.map(({ taskToken }) => effects.tasks.find(taskToken)));
  const found: Command[] = [];
  const toRepeat: TaskBatch[] = [];
  for (const [index, task] of tasks.entries()) {
    const { claim, members } = task;
    const taskArn = arns[index];
    if (taskArn !== undefined) {
      found.push(...members.map((member): Command => ({ type: 'taskStarted', ...member, taskArn })));
      continue;
    }
    const isTried = nowMs >= claim.claimedAtMs + CALLS * effects.settings.patienceMs;
    if (phase === 'open' && !isTried) toRepeat.push(task);
    else {
      const known = await effects.tasks.letGo(task.taskToken);
      if (known !== undefined) {
        found.push(...members.map((member): Command => ({ type: 'taskStarted', ...member, taskArn: known })));
        continue;
      }
      // Without endpoints nothing is started any more.
      const outcome = phase === 'open' ? NO_ANSWER : NEVER_STARTED;
      found.push(...members.map((member): Command => ({ type: 'taskFinished', ...member, outcome })));
    }
  }
  return { found, toRepeat };
}

async function check(
  items: TaskItem[],
  nowMs: number,
  effects: RunEffects,
): Promise<{ commands: Command[]; toStop: Overdue[] }> {
  if (items.length === 0) return { commands: [], toStop: [] };
  const toStop: Overdue[] = [];
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
        if (task !== 'missing') reportRemains(task, nowMs, effects);
        return await finishTask(task, taskToken, members, effects);
      }
      if (nowMs < stopByMs) return members.map((member) => ({ type: 'taskSeen', ...member }));
      if (nowMs >= stopByMs + GIVEN_UP_AFTER_MS && stopsAsked > 0) {
        const stoppedReason = `ECS has reported it as ${task.lastStatus} for three days after it was asked to stop it.`;
        effects.reportOverdue(`The task ${taskArn} is given up: ${stoppedReason}`, GIVEN_UP_AFTER_MS / MINUTE_MS);
        return await finishTask({ taskArn, stoppedReason, containers: [] }, taskToken, members, effects);
      }
      toStop.push({ taskArn, stopsAsked, sinceMs: nowMs - stopByMs });
      return members.map((member) => ({ type: 'taskSeen', ...member, stopAsked: true }));
    }),
  );
  return { commands: commands.flat(), toStop };
}

/** A call that fails is made again at the next look, like one that the task does not heed. */
export async function stopTasks(overdue: Overdue[], { tasks, reportOverdue, warn }: RunEffects): Promise<void> {
  await Promise.all(
    overdue.map(async ({ taskArn, stopsAsked, sinceMs }) => {
      if (stopsAsked === 1) {
        const minutes = Math.floor(sinceMs / MINUTE_MS);
        reportOverdue(
          `The task ${taskArn} was asked to stop and still runs; its endpoints stay until it ends`,
          minutes,
        );
      }
      await tasks.stop(taskArn, 'The task is past its deadline.').catch((error: Error) => {
        warn(`The task ${taskArn} could not be asked to stop; the next look asks again`, error);
      });
    }),
  );
}

/** Its work is over, and it needs no endpoints; but ECS has not got rid of it, which a person may ask AWS about. */
function reportRemains(
  { taskArn, lastStatus, executionStoppedAt }: SeenTask,
  nowMs: number,
  effects: RunEffects,
): void {
  if (lastStatus === 'STOPPED' || !executionStoppedAt) return;
  const sinceMs = nowMs - executionStoppedAt.getTime();
  if (sinceMs < effects.settings.patienceMs) return;
  const minutes = Math.floor(sinceMs / MINUTE_MS);
  effects.reportOverdue(`The containers of the task ${taskArn} have ended, and ECS leaves it ${lastStatus}`, minutes);
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
