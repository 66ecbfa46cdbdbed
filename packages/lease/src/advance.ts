/**
 * One step of a service: load, decide, arm, write. The new schedule is made before the write that needs it and the replaced one is
 * deleted after it, so there is no moment in which a lease with work has no alarm.
 */
import { nextAlarm } from './alarm.ts';
import type { Command, Fact } from './commands.ts';
import { decide } from './decide.ts';
import type { Alarm, LeaseState } from './lease.ts';
import type { LeaseSettings } from './settings.ts';
import { LeaseConflict, type LeaseStore, type Scope } from './store.ts';

/** One-off schedules. */
export interface Alarms {
  /** Create-only: an alarm of the same id is the same alarm, so that making it twice is no error. */
  create(leaseId: string, alarm: Alarm): Promise<void>;
  /** No error if it is gone already. */
  delete(alarm: Alarm): Promise<void>;
}

export interface LeaseEffects {
  store: LeaseStore;
  alarms: Alarms;
  settings: LeaseSettings;
  nowMs(): number;
  /** A short pause with jitter between two tries of a write; `attempt` counts from 1. */
  pauseBeforeRetry(attempt: number): Promise<void>;
}

export interface Advanced {
  /** As written, or as loaded if nothing changed. */
  state: LeaseState;
  facts: Fact[];
  /** Whether this very step wrote its commands: only then may it make the calls that they stand for. */
  changed: boolean;
}

const MAX_TRIES = 10;

/**
 * Loads the lease, asks `plan` what to do about it, and writes the decision.
 * @param plan is asked again with the new state after a conflict, so it must have no effects of its own.
 * @throws LeaseConflict if others were faster ten times in a row.
 */
export async function advance(
  effects: LeaseEffects,
  leaseId: string,
  scope: Scope,
  plan: (state: LeaseState, nowMs: number) => Command[] | Promise<Command[]>,
): Promise<Advanced> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await effects.store.load(leaseId, scope);
    const commands = await plan(before, effects.nowMs());
    const nowMs = effects.nowMs();
    const { state: after, facts, changed } = decide(before, commands, nowMs, effects.settings);
    const alarm = nextAlarm(after, nowMs, effects.settings);
    if (!changed && alarm?.id === before.lease.alarm?.id) return { state: before, facts, changed };
    const armed: LeaseState = { ...after, lease: { ...after.lease, alarm } };
    try {
      await writeArmed(effects, before, armed, facts, nowMs);
      return { state: { ...armed, lease: { ...armed.lease, version: before.lease.version + 1 } }, facts, changed };
    } catch (error) {
      if (!(error instanceof LeaseConflict) || attempt === MAX_TRIES) throw error;
      await effects.pauseBeforeRetry(attempt);
    }
  }
}

async function writeArmed(
  effects: LeaseEffects,
  before: LeaseState,
  after: LeaseState,
  facts: Fact[],
  nowMs: number,
): Promise<void> {
  const [old, alarm] = [before.lease.alarm, after.lease.alarm];
  if (alarm && alarm.id !== old?.id) await effects.alarms.create(after.lease.leaseId, alarm);
  // Who loses here deletes nothing: what it made rings once, with an id that is nobody's.
  await effects.store.commit(before, after, facts, nowMs);
  // The step is written; a schedule that could not be deleted rings for nobody.
  if (old && alarm?.id !== old.id) await effects.alarms.delete(old).catch(() => {});
}
