/**
 * The teardown owes an idle lease its closing at the paid hour's end, and a closing one the deletion of its stack, by stack id, until
 * nothing that the stack made is left. It alone closes a lease.
 */
import { type Advanced, advance, type Command, type Lease, type StackObservation } from '@hourglass/lease';
import { announce, type DescribeStack, type ServiceEffects } from '@hourglass/shared';

export interface TearDownEffects extends ServiceEffects {
  describeStack: DescribeStack;
  deleteStack(stackId: string): Promise<void>;
  /** Deletes the endpoints that are still tagged with the lease and this fence or an older one. @returns how many there were. */
  sweepEndpoints(fence: number): Promise<number>;
  warn(message: string, error?: Error): void;
}

/** What the teardown is told; each makes it look at what is owed. */
export type Told =
  | { type: 'released' }
  | { type: 'stackChanged'; stackId: string }
  | { type: 'alarm'; alarmId: string };

export async function tearDown(told: Told, effects: TearDownEffects): Promise<void> {
  const { lease: before } = await effects.store.load(effects.leaseId, { all: true });
  const stack = await lookAtStack(told, before, effects);
  const { state, facts } = await advanceAll(effects, commandsFor(told, before, stack));
  const { lease } = state;
  const owesDeletion = lease.phase === 'closing' && lease.running === 0 && lease.stackId !== null && !isGone(stack);
  const justReleased = facts.some((fact) => fact.type === 'leaseClosing');
  // An event that tells how the deletion goes is no reason to ask for it again; only the alarm repeats a call.
  if (owesDeletion && (told.type !== 'stackChanged' || justReleased))
    await effects.deleteStack(lease.stackId as string);
}

/** Looks at the stack of a closing lease, and no other: a late word of an older stack must not touch what a later fence has made. */
async function lookAtStack(told: Told, lease: Lease, effects: TearDownEffects): Promise<StackObservation | undefined> {
  if (lease.phase !== 'closing' || lease.stackId === null || lease.running > 0) return undefined;
  if (told.type === 'stackChanged' && told.stackId !== lease.stackId) return undefined;
  if (told.type === 'alarm' && told.alarmId !== lease.alarm?.id) return undefined;
  try {
    return await observe(lease.stackId, lease.fence, effects);
  } catch (error) {
    effects.warn('The stack could not be looked at; the next alarm looks again', error as Error);
    return undefined;
  }
}

/** The stack, as gone only if nothing that is tagged with the lease up to this fence has outlived it. */
async function observe(
  stackId: string,
  fence: number,
  effects: TearDownEffects,
): Promise<StackObservation | undefined> {
  const seen = await effects.describeStack(stackId);
  if (seen === 'foreign') return undefined;
  const { observation, deleteFailed, reason } = seen;
  if (deleteFailed) effects.warn(`The endpoints' stack could not be deleted: ${reason}`);
  if (!isGone(observation) && !deleteFailed) return observation;
  const left = await effects.sweepEndpoints(fence);
  if (left === 0) return observation;
  effects.warn(`Swept ${left} endpoints that the stack's deletion had left behind.`);
  return undefined;
}

function isGone(stack: StackObservation | undefined): boolean {
  return stack?.status === 'deleted' || stack?.status === 'absent';
}

function commandsFor(told: Told, before: Lease, stack: StackObservation | undefined): Command[] {
  if (told.type === 'alarm') return [{ type: 'alarmRang', alarmId: told.alarmId, ...(stack && { stack }) }];
  if (stack?.status === 'deleted') return [{ ...stack, type: 'stackDeleted', deletedAtMs: stack.deletedAtMs ?? 0 }];
  // Somebody deleted the stack of an open lease by hand.
  const { stackId, fence, openedAtMs } = before;
  if (told.type !== 'stackChanged' || before.phase !== 'open' || stackId !== told.stackId) return [];
  return [{ type: 'stackDeleted', fence, stackId, createdAtMs: openedAtMs ?? 0, deletedAtMs: 0 }];
}

async function advanceAll(effects: TearDownEffects, commands: Command[]): Promise<Advanced> {
  const step = await advance(effects, effects.leaseId, { all: true }, () => commands);
  // Of its own closing it needs not be told: it goes on to delete the stack itself.
  const news = step.facts.filter((fact) => fact.type !== 'leaseClosing');
  await effects.publish(announce(effects.leaseId, news));
  return step;
}
