/**
 * The teardown owes an idle lease its closing at the paid hour's end, and a closing one the deletion of its stack, by stack id, until
 * nothing that is tagged with the lease is left.
 */
import { type Advanced, advance, type Command, type LeaseState, type StackObservation } from '@hourglass/lease';
import { announce, type DescribeStack, type ServiceEffects } from '@hourglass/shared';

export interface TearDownEffects extends ServiceEffects {
  describeStack: DescribeStack;
  deleteStack(stackId: string): Promise<void>;
  /** Deletes the endpoints still tagged with the lease. @returns how many there were. */
  sweepEndpoints(): Promise<number>;
  warn(message: string): void;
}

/** What the teardown is told; each makes it look at what is owed. */
export type Told =
  | { type: 'released' }
  | { type: 'stackChanged'; stackId: string }
  | { type: 'alarm'; alarmId: string };

export async function tearDown(told: Told, effects: TearDownEffects): Promise<void> {
  const { state, facts } = await advanceAll(effects, (loaded) => commandsFor(told, loaded, effects));
  const { lease } = state;
  const owesDeletion = lease.phase === 'closing' && lease.running === 0 && lease.stackId !== null;
  const justReleased = facts.some((fact) => fact.type === 'leaseClosing');
  // An event that tells how the deletion goes is no reason to ask for it again; only the alarm repeats a call.
  if (owesDeletion && (told.type !== 'stackChanged' || justReleased)) {
    await effects.deleteStack(lease.stackId as string);
  }
}

async function commandsFor(told: Told, { lease }: LeaseState, effects: TearDownEffects): Promise<Command[]> {
  if (told.type === 'released') return [];
  if (told.type === 'stackChanged') {
    const stack = await observe(told.stackId, effects);
    if (stack?.status !== 'deleted') return [];
    return [{ ...stack, type: 'stackDeleted', deletedAtMs: stack.deletedAtMs ?? effects.nowMs() }];
  }
  const alarm = { type: 'alarmRang' as const, alarmId: told.alarmId };
  if (lease.alarm?.id !== told.alarmId || lease.phase !== 'closing' || lease.stackId === null) return [alarm];
  const stack = await observe(lease.stackId, effects);
  return [stack ? { ...alarm, stack } : alarm];
}

/** The stack, as gone only if nothing tagged with the lease has outlived it. */
async function observe(stackId: string, effects: TearDownEffects): Promise<StackObservation | undefined> {
  const seen = await effects.describeStack(stackId);
  if (seen === 'foreign') return undefined;
  const { observation, deleteFailed, reason } = seen;
  if (deleteFailed) effects.warn(`The endpoints' stack could not be deleted: ${reason}`);
  const gone = observation.status === 'deleted' || observation.status === 'absent';
  if (!gone && !deleteFailed) return observation;
  const left = await effects.sweepEndpoints();
  if (left === 0) return observation;
  effects.warn(`Swept ${left} endpoints that the stack's deletion had left behind.`);
  return undefined;
}

async function advanceAll(
  effects: TearDownEffects,
  plan: (state: LeaseState) => Promise<Command[]>,
): Promise<Advanced> {
  const step = await advance(effects, effects.leaseId, { all: true }, plan);
  // Of its own closing it needs not be told: it goes on to delete the stack itself.
  const news = step.facts.filter((fact) => fact.type !== 'leaseClosing');
  await effects.publish(announce(effects.leaseId, news));
  return step;
}
