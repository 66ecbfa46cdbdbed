/**
 * One run of a real use case in the world. It can be stopped before any of its calls and be gone on with later, in another state of the
 * world: what the calls before it answered is kept, and the use case is run again over these answers up to the call it stood at.
 */
import { type LeaseSettings, type LeaseState, MINUTE_MS } from '@hourglass/lease';
import { acceptRequests } from '../../services/intake/src/accept.ts';
import { provision } from '../../services/provisioner/src/provision.ts';
import { run as runTasks } from '../../services/runner/src/run.ts';
import { tearDown } from '../../services/teardown/src/tear-down.ts';
import { createEffects } from './effects.ts';
import type { Answer, Message, Run, Turn } from './message.ts';
import { copyOf, Violation, type World } from './world.ts';

/** A place where a run may take a turn. */
export interface Crossing {
  at: number;
  call: string;
  kinds: Turn['kind'][];
}

export interface Ran {
  world: World;
  crossings: Crossing[];
}

/** A Lambda that stands longer than this has timed out; less than the lease's patience. */
export const HANDLER_TIMEOUT_MS = MINUTE_MS;

/** @throws Violation if a call breaks an invariant. */
export async function runHandler(
  from: World,
  start: { message: Message } | Run,
  settings: LeaseSettings,
  turn?: Turn,
): Promise<Ran> {
  const world = copyOf(from);
  const { message } = start;
  const [startedAtMs, answers] = 'answers' in start ? [start.startedAtMs, [...start.answers]] : [world.nowMs, []];
  const crossings: Crossing[] = [];
  const resumedAt = 'answers' in start ? answers.length : -1;
  const never = new Promise<never>(() => {});
  let [cursor, version, stopped] = [0, 0, false];
  let violation: Violation | undefined;
  let stop = () => {};
  const whenStopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  if ('answers' in start) world.paused = null;

  /** Answers from the record, or makes the call in the world. */
  function call(name: string, kinds: Turn['kind'][], perform: (turn?: Turn['kind']) => unknown): Promise<never> {
    if (stopped) return never;
    const at = cursor++;
    const recorded = answers[at];
    if (!recorded) {
      if (at !== resumedAt || !kinds.includes('pause')) crossings.push({ at, call: name, kinds });
      else crossings.push({ at, call: name, kinds: kinds.filter((kind) => kind !== 'pause') });
      if (turn?.at === at && turn.kind === 'pause') {
        stopped = true;
        world.pausesLeft -= 1;
        world.paused = { message, startedAtMs, answers: [...answers], before: name, version };
        stop();
        return never;
      }
      answers.push(answerOf(perform, turn?.at === at ? turn.kind : undefined, name));
    }
    const answer = answers[at] as Answer;
    if ('error' in answer) return Promise.reject(answer.error);
    if (name === 'load') version = (answer.value as LeaseState).lease.version;
    return Promise.resolve(answer.value as never);
  }

  function answerOf(perform: (turn?: Turn['kind']) => unknown, kind: Turn['kind'] | undefined, name: string): Answer {
    try {
      if (kind) world.faultsLeft -= 1;
      const value = perform(kind);
      return kind === 'lost' ? { error: new Error(`${name} gave no answer`) } : { value };
    } catch (error) {
      if (!(error instanceof Violation)) return { error: error as Error };
      violation = error;
      stopped = true;
      stop();
      return { error };
    }
  }

  // After a call that has failed a handler may fail, and its message comes again; one that fails by itself is a bug, in it or here.
  const handled = handle(
    message,
    createEffects(world, settings, call, () => startedAtMs),
  ).catch((error: Error) => {
    if (stopped || answers.some((answer) => 'error' in answer)) return;
    violation = new Violation(`a handler fails by itself: ${error.name}: ${error.message}`);
  });
  await Promise.race([handled, whenStopped]);
  if (violation) throw violation;
  return { world, crossings };
}

async function handle(message: Message, effects: ReturnType<typeof createEffects>): Promise<void> {
  switch (message.to) {
    case 'intake':
      if ((await acceptRequests([effects.intakeMessage(message)], effects.intakeRules, effects)).length === 0) return;
      throw new Error('the intake has not taken the request');
    case 'provisioner':
      return provision(message.trigger, effects);
    case 'runner':
      return runTasks(message.trigger, effects);
    case 'teardown':
      return tearDown(message.trigger, effects);
  }
}
