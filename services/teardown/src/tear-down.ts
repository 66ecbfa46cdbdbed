/**
 * The teardown owes an idle lease its closing at the paid hour's end, and a closing one the deletion of its stack, by stack id, until
 * nothing that the stack made is left. It alone closes a lease.
 */
import {
  type Command,
  type Fact,
  FIRST_ITEMS,
  type Lease,
  MINUTE_MS,
  paidHours,
  type StackObservation,
} from '@hourglass/lease';
import { advanceAndAnnounce, type DescribeStack, type ServiceEffects } from '@hourglass/shared';

export interface TearDownEffects extends ServiceEffects {
  describeStack: DescribeStack;
  /** @returns `refused` with the reason if CloudFormation will for certain not delete it; nothing is known if it throws. */
  deleteStack(stackId: string): Promise<{ refused?: string }>;
  /** Deletes the endpoints that are still tagged with the lease and this fence or an older one. @returns how many there were. */
  sweepEndpoints(fence: number): Promise<number>;
  note(message: string, numbers?: { paidHours: number }): void;
  warn(message: string, error?: Error): void;
  /** Somebody pays for endpoints that nobody wanted any more. A timer goes off at it. */
  reportOverdue(message: string, overdueMinutes: number): void;
}

/** What the teardown is woken by; each makes it look at what is owed. */
export type Trigger =
  | { type: 'released' }
  | { type: 'stackChanged'; stackId: string }
  | { type: 'timer'; timerId: string };

export async function tearDown(trigger: Trigger, effects: TearDownEffects): Promise<void> {
  const { lease: before } = await effects.store.load(effects.leaseId, {});
  const looked = await lookAtStack(trigger, before, effects);
  // The timer's id alone does not say that nobody has written since: one that stands in for others keeps it.
  const seenOf = ({ phase, stackId }: Lease) =>
    phase === 'closing' && stackId === before.stackId ? looked : undefined;
  // Of its own closing nobody needs the event: it goes on to delete the stack itself.
  const { state, facts } = await advanceAndAnnounce(
    effects,
    { pending: FIRST_ITEMS },
    ({ lease }) => commandsFor(trigger, lease, seenOf(lease)),
    { own: 'leaseClosing' },
  );
  const { lease } = state;
  reportWaste(before, lease, facts, effects);
  logPaidHours(facts, effects);
  const owesDeletion =
    lease.phase === 'closing' && lease.running === 0 && lease.stackId !== null && !isGone(seenOf(lease));
  const justReleased = facts.some((fact) => fact.type === 'leaseClosing');
  // An event that says how the deletion goes is no reason to ask for it again; only the timer repeats a call.
  if (owesDeletion && (trigger.type !== 'stackChanged' || justReleased)) {
    await askForDeletion(lease.stackId as string, lease, effects);
  }
}

/**
 * A deletion that is refused (termination protection, a role that CloudFormation cannot assume, a policy of the organisation) has failed like
 * any other: what costs is deleted by its tag at once, a person gets one mail, and the stack is asked to go again after pauses that grow.
 */
async function askForDeletion(stackId: string, lease: Lease, effects: TearDownEffects): Promise<void> {
  const { refused } = await effects.deleteStack(stackId);
  if (refused === undefined) return;
  const log = lease.deleteFailures === 0 ? effects.warn : effects.note;
  log(
    `CloudFormation refuses to delete the endpoints' stack: ${refused} Its endpoints are deleted one by one, so they cost no more; but no endpoints can be made until ${stackId} can be deleted. That is tried again, at last every hour.`,
  );
  await isSwept(lease.fence, effects, effects.note);
}

/** Looks at the stack of a closing lease, and no other: a late word of an older stack must not touch what a later fence has made. */
async function lookAtStack(
  trigger: Trigger,
  lease: Lease,
  effects: TearDownEffects,
): Promise<StackObservation | undefined> {
  if (lease.phase !== 'closing' || lease.stackId === null || lease.running > 0) return undefined;
  if (trigger.type === 'stackChanged' && trigger.stackId !== lease.stackId) return undefined;
  if (trigger.type === 'timer' && trigger.timerId !== lease.timer?.id) return undefined;
  try {
    return await observe(lease.stackId, lease, effects);
  } catch (error) {
    effects.warn('The stack could not be looked at; the next timer looks again', error as Error);
    return undefined;
  }
}

/** The stack, as gone only if nothing that is tagged with the lease up to this fence has outlived it. */
async function observe(
  stackId: string,
  { fence, deleteFailures }: Lease,
  effects: TearDownEffects,
): Promise<StackObservation | undefined> {
  const seen = await effects.describeStack(stackId);
  if (seen === 'foreign') return undefined;
  const { observation, reason } = seen;
  if (observation.status === 'deleteFailed') {
    // One failure is tried again by itself; a person gets a mail when that did not help.
    const log = deleteFailures > 0 ? effects.warn : effects.note;
    log(`The endpoints' stack could not be deleted: ${reason}`);
  } else if (!isGone(observation)) {
    return observation;
  }
  return (await isSwept(fence, effects)) ? observation : { ...unknownTimes, status: 'deleteFailed', stackId, fence };
}

/** Whether nothing was left to be swept. What was swept is looked for again before it is believed to be gone. */
async function isSwept(
  fence: number,
  effects: TearDownEffects,
  log: (message: string) => void = effects.warn,
): Promise<boolean> {
  try {
    const left = await effects.sweepEndpoints(fence);
    if (left > 0) log(`Swept ${left} endpoints that the stack's deletion had left behind.`);
    return left === 0;
  } catch (error) {
    effects.warn('What the stack may have left behind could not be swept', error as Error);
    return false;
  }
}

const unknownTimes = { createdAtMs: 0, deletedAtMs: null };

/** What each endpoint of a closed lease is on the bill with; a metric of the construct counts lines with this key. */
function logPaidHours(facts: Fact[], { settings, note }: TearDownEffects): void {
  for (const fact of facts) {
    if (fact.type !== 'leaseClosed' || fact.openedAtMs === null) continue;
    // Unknown: by the clock, which is never less.
    const clock = settings.billingClock === 'unknown' ? 'clock' : settings.billingClock;
    const hours = paidHours(clock, fact.openedAtMs, fact.closedAtMs);
    note(`The endpoints are gone; each was paid for ${hours} hours`, { paidHours: hours });
  }
}

/** Endpoints that outlive their paid hour, and an hour that was bought for nobody, because the teardown came too late. */
function reportWaste(before: Lease, after: Lease, facts: Fact[], effects: TearDownEffects): void {
  const { paidUntilMs } = before;
  if (paidUntilMs === null) return;
  const overdueMinutes = Math.floor((effects.nowMs() - paidUntilMs) / MINUTE_MS);
  if (after.phase === 'closing' && overdueMinutes >= 0) {
    effects.reportOverdue(
      'The endpoints have outlived their paid hour: their deletion is slow, or fails',
      overdueMinutes,
    );
  }
  const isIdle = after.pending + after.running === 0;
  if (isIdle && facts.some((fact) => fact.type === 'leaseExtended')) {
    effects.reportOverdue(
      'The teardown came too late to delete the endpoints in their paid hour; the next one is paid',
      0,
    );
  }
}

function isGone(stack: StackObservation | undefined): boolean {
  return stack?.status === 'deleted' || stack?.status === 'absent';
}

function commandsFor(trigger: Trigger, lease: Lease, stack: StackObservation | undefined): Command[] {
  if (trigger.type === 'timer') return [{ type: 'timerFired', timerId: trigger.timerId, ...(stack && { stack }) }];
  if (stack?.status === 'deleted') return [{ ...stack, type: 'stackDeleted' }];
  // Somebody deleted the stack of an open lease by hand.
  const { stackId, fence, openedAtMs } = lease;
  if (trigger.type !== 'stackChanged' || lease.phase !== 'open' || stackId !== trigger.stackId) return [];
  return [{ type: 'stackDeleted', fence, stackId, createdAtMs: openedAtMs ?? 0, deletedAtMs: null }];
}
