/** Everything that can happen next in a world: a message comes, a handler goes on, AWS moves, time passes, something rare goes wrong. */
import { HOUR_MS, type LeaseSettings, MINUTE_MS } from '@hourglass/lease';
import { seenTask } from './effects.ts';
import type { Message, Turn } from './message.ts';
import { HANDLER_TIMEOUT_MS, runHandler } from './run.ts';
import { copyOf, isIdle, nextAsk, stopTask, type World } from './world.ts';

export interface Step {
  label: string;
  world: World;
}

/** The unit of time, and the pause after which a timer fires again that no write has replaced. */
export const STEP_MS = 10 * MINUTE_MS;
/** A timer that is no longer, or never was, the lease's. */
const STALE = 'older';
/** Longer than the paid hour: a schedule that comes too late for everything. */
const LATE_MS = HOUR_MS + STEP_MS;

/** @throws Violation, with the step's label in front. */
export async function stepsFrom(world: World, settings: LeaseSettings): Promise<Step[]> {
  const steps = [...awsSteps(world), ...timeSteps(world)];
  for (const message of messagesIn(world)) steps.push(...(await runs(world, { message }, settings)));
  if (world.paused) steps.push(...(await runs(world, world.paused, settings)));
  return steps;
}

/** The run itself, and once more for every place where it may be stopped, lost or refused. */
async function runs(world: World, start: Parameters<typeof runHandler>[1], settings: LeaseSettings): Promise<Step[]> {
  const label = 'answers' in start ? `on goes ${named(start.message)}` : named(start.message);
  const whole = await labelled(label, () => runHandler(world, start, settings));
  const steps: Step[] = [{ label, world: whole.world }];
  for (const { at, call, kinds } of whole.crossings) {
    for (const kind of kinds) {
      if (!isAllowed(world, start, kind)) continue;
      const turn: Turn = { at, kind };
      const turned = `${label}, ${kind === 'pause' ? `stopped before ${call}` : `${call} is ${kind}`}`;
      const ran = await labelled(turned, () => runHandler(world, start, settings, turn));
      steps.push({ label: turned, world: ran.world });
    }
  }
  return steps;
}

function isAllowed(world: World, start: Parameters<typeof runHandler>[1], kind: Turn['kind']): boolean {
  // One handler at a time stands between two calls; while it does, the others run through.
  if (kind === 'pause') return world.pausesLeft > 0 && (world.paused === null || world.paused === start);
  return world.faultsLeft > 0;
}

async function labelled<T>(label: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error) Object.assign(error, { label });
    throw error;
  }
}

/** Whatever may ever have been sent, that is not yet known to be without effect. */
function messagesIn(world: World): Message[] {
  const messages: Message[] = world.requests.map((_, request) => ({ to: 'intake', request }));
  const next = nextAsk(world) ?? world.asks.length - 1;
  for (let ask = 0; ask <= next; ask += 1) messages.push({ to: 'intake', ask });
  messages.push({ to: 'runner', trigger: { type: 'workOrEndpoints' } });
  if (world.hasEndpoints) {
    messages.push({ to: 'provisioner', trigger: { type: 'needed' } });
    messages.push({ to: 'teardown', trigger: { type: 'released' } });
  }
  for (const { id, status } of world.stacks) {
    messages.push({ to: 'provisioner', trigger: { type: 'stackChanged', stackId: id } });
    if (status === 'deleted' || status === 'deleteFailed' || status === 'deleting') {
      messages.push({ to: 'teardown', trigger: { type: 'stackChanged', stackId: id } });
    }
  }
  for (const task of world.tasks) {
    if (task.status !== 'stopped') continue;
    messages.push({ to: 'runner', trigger: { type: 'taskStopped', token: task.token, task: seenTask(task) } });
  }
  for (const { id, owner, atMs } of world.schedules) {
    if (atMs <= world.nowMs) messages.push({ to: owner, trigger: { type: 'timer', timerId: id } });
  }
  for (const to of world.hasEndpoints ? (['provisioner', 'runner', 'teardown'] as const) : (['runner'] as const)) {
    messages.push({ to, trigger: { type: 'timer', timerId: STALE } });
  }
  return messages;
}

function named(message: Message): string {
  if (message.to === 'intake') {
    return 'ask' in message ? `intake takes ask ${message.ask + 1}` : `intake takes request ${message.request + 1}`;
  }
  const { trigger } = message;
  if ('timerId' in trigger) return `${message.to}: ${trigger.timerId === STALE ? 'an older timer' : 'timer'}`;
  const of = 'stackId' in trigger ? ` ${trigger.stackId}` : '';
  return `${message.to}: ${trigger.type}${of}`;
}

const ENDS_OF_TASKS = ['succeeded', 'partly', 'failed', 'notStarted'] as const;
const ENDS_OF_DIRECT = ['succeeded', 'failed', 'stale', 'limited'] as const;

function awsSteps(world: World): Step[] {
  const steps: Step[] = [];
  const add = (label: string, change: (next: World) => void, isRare = false) => {
    if (isRare && world.faultsLeft === 0) return;
    const next = copyOf(world);
    change(next);
    if (isRare) next.faultsLeft -= 1;
    steps.push({ label, world: next });
  };
  world.stacks.forEach(({ id, status }, index) => {
    const become = (to: typeof status, isRare = false, more: Partial<World['stacks'][number]> = {}) =>
      add(
        `${id} is ${to}${more.leftBehind ? ', an endpoint is left' : ''}${more.byHand ? ' by hand' : ''}`,
        (next) => {
          const deletedAtMs = to === 'deleted' ? next.nowMs : null;
          Object.assign(next.stacks[index] as object, { status: to, deletedAtMs, ...more });
        },
        isRare,
      );
    if (status === 'creating') {
      become('complete');
      become('failed');
    }
    if (status === 'deleting') {
      become('deleted');
      become('deleteFailed', true);
      become('deleted', true, { leftBehind: true });
    }
    if (status === 'complete') become('deleted', true, { byHand: true });
  });
  world.tasks.forEach(({ status, members }, index) => {
    if (status !== 'running') return;
    const names = members.map(({ taskKey }) => taskKey).join(' and ');
    for (const end of world.hasEndpoints ? ENDS_OF_TASKS : ENDS_OF_DIRECT) {
      if (end === 'partly' && members.length === 1) continue;
      add(`${names} has ${end}`, (next) => stopTask(next, next.tasks[index] as World['tasks'][number], end));
      if (end === 'notStarted' || !world.hasEndpoints) continue;
      const remain = (next: World) => {
        const task = next.tasks[index] as World['tasks'][number];
        stopTask(next, task, end);
        task.status = 'remains';
      };
      add(`${names} has ${end}, and never stops`, remain, true);
    }
  });
  return steps;
}

/** Time passes to the next firing. Every due firing is delivered, or it is late. */
function timeSteps(world: World): Step[] {
  const times = world.schedules.map(({ atMs }) => atMs).sort((a, b) => a - b);
  const [first] = times;
  if (first === undefined) return [];
  const steps: Step[] = [];
  // While a handler stands, only moments pass.
  const soon = times.find((atMs) => atMs > world.nowMs);
  if (world.paused && soon !== undefined && soon <= world.paused.startedAtMs + HANDLER_TIMEOUT_MS) {
    steps.push({ label: 'a moment passes to the next firing', world: passTo(world, soon) });
  }
  if (first > world.nowMs) steps.push({ label: 'time passes to the next firing', world: passTo(world, first) });
  if (world.faultsLeft > 0) {
    const late = passTo(world, Math.max(first, world.nowMs) + LATE_MS);
    steps.push({ label: 'time passes, the firing is late', world: { ...late, faultsLeft: world.faultsLeft - 1 } });
  }
  return steps;
}

/** A handler that stands for longer than Lambda lets it is never heard of again. */
function passTo(world: World, nowMs: number): World {
  const { paused } = world;
  const isOver = paused !== null && nowMs > paused.startedAtMs + HANDLER_TIMEOUT_MS;
  return { ...copyOf(world), nowMs, paused: isOver ? null : paused };
}

/** What the scheduler alone does next: the world gets done with what it was about, and the earliest firing comes. */
export async function ringAlone(world: World, settings: LeaseSettings, endTasks: boolean): Promise<World | null> {
  const [first] = [...world.schedules].sort((a, b) => a.atMs - b.atMs);
  if (!first) {
    // Whoever has paused resumes.
    const ask = nextAsk(world);
    if (ask === undefined || isIdle(world)) return null;
    return (await runHandler(world, { message: { to: 'intake', ask } }, settings)).world;
  }
  const again = first.atMs <= world.nowMs ? world.nowMs + STEP_MS : first.atMs;
  const next = { ...copyOf(world), nowMs: again, paused: null };
  for (const stack of next.stacks) {
    if (stack.status === 'creating') stack.status = 'complete';
    if (stack.status === 'deleting') {
      Object.assign(stack, { status: 'deleted', deletedAtMs: next.nowMs });
    }
  }
  for (const task of next.tasks) if (endTasks && task.status === 'running') stopTask(next, task, 'succeeded');
  const message: Message = { to: first.owner, trigger: { type: 'timer', timerId: first.id } };
  return (await runHandler(next, { message }, settings)).world;
}
