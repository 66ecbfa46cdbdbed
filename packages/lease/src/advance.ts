/**
 * One step of a service: load, decide, arm, write. The new schedule is made before the write that needs it and the replaced one is
 * deleted after it, so there is no moment in which a lease with work has no timer.
 */

import type { Command, Fact } from './commands.ts';
import { decide } from './decide.ts';
import type { LeaseState, Timer, TimerOwner } from './lease.ts';
import type { LeaseSettings } from './settings.ts';
import { LeaseConflict, type LeaseStore, type ScopeOf } from './store.ts';
import { isAlive, nextTimer } from './timer.ts';

/** Schedules that fire at their time, and again until they are deleted: a service that is away for a while is woken when it is back. */
export interface Timers {
  /**
   * Create-only: a timer of the same id is the same timer, so that making it twice is no error.
   * @throws TimerRefused AWS has made none, or has not said that it has: for want of a permission, of room in a quota, or because it throttles or fails
   */
  create(leaseId: string, timer: Timer): Promise<void>;
  /** No error if it is gone already. */
  delete(timer: Pick<Timer, 'id'>): Promise<void>;
}

/** The message is AWS's own words. */
export class TimerRefused extends Error {
  override readonly name = 'TimerRefused';
}

export interface LeaseEffects {
  store: LeaseStore;
  timers: Timers;
  settings: LeaseSettings;
  nowMs(): number;
  /**
   * Announces what earlier writes have left in the outbox, since their handlers died. It never throws: what cannot be announced now is at the next look.
   * @returns whether nothing is left in it
   */
  announceLeft(leaseId: string): Promise<boolean>;
  /** A short pause with jitter between two tries of a write; `attempt` counts from 1. */
  pauseBeforeRetry(attempt: number): Promise<void>;
}

export interface Advanced {
  /** As written, or as loaded if nothing changed. */
  state: LeaseState;
  facts: Fact[];
  /** Whether this very step wrote its commands: only then may it make the calls that they stand for. */
  changed: boolean;
  /** The timer that was wanted was refused, in these words, and the one that was there stands in for it; `owner` owes the next step. */
  refused?: { message: string; owner: TimerOwner };
}

/** Of 100,000 requests in ten minutes a handler lost ten in a row, and none lost so many (`bench:load`). */
const MAX_TRIES = 16;

/**
 * Loads the lease, asks `plan` what to do about it, and writes the decision.
 * @param plan is asked again with the new state after a conflict, so it must have no effects of its own.
 * @param announce publishes what was written. The replaced timer goes after it, so that it wakes somebody who looks if this handler dies on the way.
 * @throws LeaseConflict if others were faster `MAX_TRIES` times in a row.
 */
export async function advance(
  effects: LeaseEffects,
  leaseId: string,
  scope: ScopeOf,
  plan: (state: LeaseState, nowMs: number) => Command[] | Promise<Command[]>,
  announce: (step: Advanced) => Promise<void> = async () => {},
): Promise<Advanced> {
  let isAllAnnounced = false;
  for (let attempt = 1; ; attempt += 1) {
    const before = await effects.store.load(leaseId, scope);
    const commands = await plan(before, effects.nowMs());
    const nowMs = effects.nowMs();
    const { state: after, facts, changed } = decide(before, commands, nowMs, effects.settings);
    // Whoever had this very word before may have died of it.
    if (attempt === 1 && (!changed || commands.some(isTimer))) isAllAnnounced = await effects.announceLeft(leaseId);
    if (isAllAnnounced) await silenceStrays(effects, before, commands);
    // Who has seen too little to say what is owed, and has changed nothing, leaves the timer that is set to those who have.
    if (!changed && !before.complete && isAlive(before.lease.timer, nowMs, effects.settings)) {
      return { state: before, facts, changed };
    }
    const timer = nextTimer(after, nowMs, effects.settings);
    if (!changed && timer?.id === before.lease.timer?.id) return { state: before, facts, changed };
    try {
      return await writeStep(effects, before, { state: after, facts, changed }, timer, nowMs, announce);
    } catch (error) {
      if (!(error instanceof LeaseConflict) || attempt === MAX_TRIES) throw error;
      await effects.pauseBeforeRetry(attempt);
    }
  }
}

/**
 * Who may make no timer does without: the one that is there fires on until it is deleted, and wakes somebody soon enough if it begins no later than the
 * refused one. Else nothing that is open could be let go of until schedules may be made again. What no timer stands behind is not written.
 */
async function writeStep(
  effects: LeaseEffects,
  before: LeaseState,
  { state: after, facts, changed }: Advanced,
  timer: Timer | null,
  nowMs: number,
  announce: (step: Advanced) => Promise<void>,
): Promise<Advanced> {
  const write = async (by: Timer | null, refused?: Advanced['refused']): Promise<Advanced> => {
    const armed: LeaseState = { ...after, lease: { ...after.lease, timer: by } };
    const lease = { ...armed.lease, version: before.lease.version + 1 };
    const step = { state: { ...armed, lease }, facts, changed, ...(refused && { refused }) };
    await writeArmed(effects, before, armed, facts, nowMs, () => announce(step));
    return step;
  };
  try {
    return await write(timer);
  } catch (error) {
    const old = before.lease.timer;
    if (!(error instanceof TimerRefused) || !timer || !old) throw error;
    if (old.atMs > timer.atMs + effects.settings.patienceMs) throw error;
    if (!changed) return { state: before, facts, changed };
    return await write(old, { message: error.message, owner: timer.owner });
  }
}

async function writeArmed(
  effects: LeaseEffects,
  before: LeaseState,
  after: LeaseState,
  facts: Fact[],
  nowMs: number,
  announce: () => Promise<void>,
): Promise<void> {
  const [old, timer] = [before.lease.timer, after.lease.timer];
  if (timer && timer.id !== old?.id) await effects.timers.create(after.lease.leaseId, timer);
  // Who loses here deletes nothing: what it made fires with an id that is nobody's, and is silenced then.
  await effects.store.commit(before, after, facts, nowMs);
  await announce();
  // Where no timer follows, the old one is the last to wake somebody for what another has written and not announced.
  if (old && timer === null && !(await effects.announceLeft(after.lease.leaseId))) return;
  // The step is written; a schedule that could not be deleted fires once more, for nobody.
  if (old && timer?.id !== old.id) await effects.timers.delete(old).catch(() => {});
}

function isTimer({ type }: Command): boolean {
  return type === 'timerFired';
}

/**
 * A timer that fires and is not the lease's was made for a write that lost, or could not be deleted. None is younger than the write that it
 * was made for: it fires `patience` after it was made at the earliest, and by then its write is done or never will be.
 */
async function silenceStrays(effects: LeaseEffects, { lease }: LeaseState, commands: Command[]): Promise<void> {
  for (const command of commands) {
    if (command.type !== 'timerFired' || command.timerId === lease.timer?.id) continue;
    await effects.timers.delete({ id: command.timerId }).catch(() => {});
  }
}
