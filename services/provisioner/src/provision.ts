/**
 * The provisioner owes a closed lease its opening and an opening one its stack: one CreateStack per fence, ever. Whether the stack came
 * to be comes by CloudFormation's event, or seen at the timer.
 */
import {
  type Advanced,
  type Command,
  givesUp,
  type Lease,
  type LeaseState,
  MAX_ITEMS_PER_WRITE,
  MINUTE_MS,
  mendPlaces,
} from '@hourglass/lease';
import {
  advanceAndAnnounce,
  type DescribeStack,
  type DestinationEffects,
  prepareDestinations,
  quoteAws,
  refusalsOf,
  type SeenStack,
  type SendDeadLetters,
  type ServiceEffects,
  sendDeadLetters,
} from '@hourglass/shared';

export interface ProvisionEffects extends ServiceEffects, DestinationEffects {
  stackName: string;
  describeStack: DescribeStack;
  /** Why the creation of this stack failed, in AWS's own words. */
  explainFailure(stackId: string): Promise<string>;
  /** @returns `refused` with the reason if there is for certain no stack; nothing is known if it throws. */
  createStack(fence: number): Promise<{ refused?: string }>;
  sendDeadLetters: SendDeadLetters;
  /** What lasts although nobody is given up for it: an alarm is on this. */
  reportOverdue(message: string, overdueMinutes: number): void;
}

/** What the provisioner is woken by; each makes it look at what is owed. */
export type Trigger =
  | { type: 'needed' }
  | { type: 'stackChanged'; stackId: string }
  | { type: 'timer'; timerId: string };

export async function provision(trigger: Trigger, effects: ProvisionEffects): Promise<void> {
  if (trigger.type === 'timer') await mendPlaces(effects.store, effects.leaseId, effects.nowMs());
  const own = { ...effects, look: createLook(effects.describeStack) };
  const looked = await advanceAll(effects, (state) => commandsFor(trigger, state, own));
  reportThrottling(looked, effects);
  const state = await refuse(looked.state, effects);
  const { lease } = state;
  if (lease.phase === 'opening' && lease.askedAtMs === null) await ask(lease.fence, effects);
  if (lease.phase === 'closed' && givesUp(lease, effects.settings) && lease.pending > 0) {
    await giveUp(lease.creationError, effects);
  } else if (lease.phase !== 'open' && lease.dead > 0) {
    await sendDeadLetters(effects);
  }
}

type Look = (stack: string, lease: Lease) => ReturnType<DescribeStack>;

/**
 * A look at the stack takes longer than intake takes between two writes while many requests come: who looked again after each write that is lost to
 * others would lose them all. What was seen holds as long as the lease waits for the same creation.
 */
function createLook(describeStack: DescribeStack): Look {
  let last: { of: string; seen: ReturnType<DescribeStack> } | undefined;
  return (stack, { fence, askedAtMs }) => {
    const of = JSON.stringify([stack, fence, askedAtMs]);
    if (last?.of !== of) last = { of, seen: describeStack(stack) };
    return last.seen;
  };
}

type LookingEffects = ProvisionEffects & { readonly look: Look };

async function commandsFor(trigger: Trigger, state: LeaseState, effects: LookingEffects): Promise<Command[]> {
  if (trigger.type === 'needed') return [];
  if (trigger.type === 'stackChanged') return stackCommands(trigger.stackId, state.lease, effects);
  const { lease } = state;
  const timer = { type: 'timerFired' as const, timerId: trigger.timerId };
  if (lease.timer?.id !== trigger.timerId || lease.phase !== 'opening' || lease.askedAtMs === null) return [timer];
  const seen = await effects.look(effects.stackName, lease).catch((error: Error) => {
    effects.warn('The stack could not be looked at; the next timer looks again', error);
    return undefined;
  });
  if (seen === undefined) return [timer];
  if (seen === 'foreign') {
    const reason = `A stack named ${effects.stackName} exists that is not this lease's. Delete or rename it.`;
    effects.warn(reason);
    return [{ ...timer, stack: { status: 'absent' }, reason }];
  }
  const { observation } = seen;
  if (observation.status === 'absent') {
    // A refusal would have been recorded by whoever heard it.
    return [{ ...timer, stack: observation, reason: noStack(effects.stackName), passes: true }];
  }
  if (['creating', 'complete'].includes(observation.status)) return [{ ...timer, stack: observation }];
  const reason = await explain(seen, effects);
  return [{ ...timer, stack: observation, reason, passes: isThrottled(reason) }];
}

/** Nobody heard of a refusal, so AWS's own words are in the log of the function that made the call, if it made one. */
function noStack(name: string): string {
  return `CloudFormation answered no call to create the stack ${name}, and there is none of that name. The provisioner's log says more.`;
}

async function stackCommands(stackId: string, lease: Lease, effects: LookingEffects): Promise<Command[]> {
  const seen = await effects.look(stackId, lease);
  if (seen === 'foreign' || seen.observation.status === 'absent') return [];
  const { status, ...stack } = seen.observation;
  if (status === 'complete') return [{ type: 'stackCreated', ...stack }];
  if (status === 'creating') return [];
  const reason = await explain(seen, effects);
  // Each stack ends as `deleted`; somebody else's doing is only the deletion of one that the lease still wants.
  const isWanted = stack.fence === lease.fence && (lease.phase === 'opening' || lease.phase === 'open');
  if (isWanted || status !== 'deleted') effects.warn(`The endpoints' stack is ${status}: ${reason}`);
  // Only the teardown closes a lease, after it has looked for what a stack may have left behind.
  return [{ type: 'stackFailed', ...stack, reason, passes: isThrottled(reason) }];
}

/** Whether a resource failed because EC2 had no time for CloudFormation, which tries a while by itself before. */
function isThrottled(reason: string): boolean {
  return /throttl|rate exceeded|request ?limit ?exceeded/i.test(reason);
}

/** What the stack's events say; its own word, which names no more than the resource, where they cannot be read. */
async function explain({ observation, reason }: SeenStack, effects: ProvisionEffects): Promise<string> {
  if (observation.status === 'absent') return reason;
  return (await effects.explainFailure(observation.stackId).catch(() => '')) || quoteAws(reason);
}

/**
 * Before an hour is bought, what AWS refuses to have mirrored fails with its reason: if nobody else needs the endpoints yet, they are not made. Those are
 * asked about that must start first, since they are what it is bought for.
 */
async function refuse(state: LeaseState, effects: ProvisionEffects): Promise<LeaseState> {
  if (state.lease.phase !== 'opening' || state.lease.askedAtMs !== null) return state;
  const pending = [...state.items.values()].filter((item) => item.state === 'pending').slice(0, MAX_ITEMS_PER_WRITE);
  const prepared = await prepareDestinations(pending, effects);
  if (refusalsOf(pending, prepared).length === 0) return state;
  const step = await advanceAll(effects, ({ lease, items }) =>
    lease.phase === 'opening' && lease.askedAtMs === null ? refusalsOf(items.values(), prepared) : [],
  );
  return step.state;
}

/** Records the ask; only the handler whose own write did so makes the call. */
async function ask(fence: number, effects: ProvisionEffects): Promise<void> {
  const asked = await advanceAll(effects, () => [{ type: 'creationAsked', fence }]);
  if (!asked.changed) return;
  const { refused } = await effects.createStack(fence);
  if (refused === undefined) return;
  const reason = `CloudFormation refused to create the endpoints' stack: ${refused}`;
  effects.warn(reason);
  await advanceAll(effects, () => [{ type: 'stackFailed', fence, stackId: null, createdAtMs: null, reason }]);
}

/** After so long the timer goes on. Well below the function's timeout. */
const GIVES_UP_FOR_MS = 10_000;

/** So many creations have failed that work would be given up, if AWS had had time for each of them. */
function reportThrottling({ facts, state: { lease } }: Advanced, effects: ProvisionEffects): void {
  if (!facts.some(({ type }) => type === 'leaseClosing' || type === 'leaseClosed')) return;
  if (lease.failures < effects.settings.maxCreateFailures || givesUp(lease, effects.settings)) return;
  const lateMs = effects.nowMs() - (lease.startByMs ?? effects.nowMs());
  effects.reportOverdue(
    `The endpoints could not be created ${lease.failures} times in a row, and are asked for again: ${lease.creationError ?? ''}`,
    Math.max(0, Math.floor(lateMs / MINUTE_MS)),
  );
}

/** Too many creations have failed: what is pending becomes dead, some two dozen tasks a write, and rests in the failed-mirrors queue. */
async function giveUp(lastError: string | null, effects: ProvisionEffects): Promise<void> {
  const times = `The endpoints could not be created ${effects.settings.maxCreateFailures} times in a row.`;
  const message = lastError === null ? times : `${times} The last time: ${lastError}`;
  effects.warn(message);
  const untilMs = effects.nowMs() + GIVES_UP_FOR_MS;
  for (let changed = true; changed; ) {
    const step = await advanceAll(effects, ({ lease, items }) => {
      const pending = [...items.values()].filter((item) => item.state === 'pending').map(({ taskKey }) => taskKey);
      if (lease.phase !== 'closed' || pending.length === 0) return [];
      return [{ type: 'gaveUp', taskKeys: pending.slice(0, MAX_ITEMS_PER_WRITE), message }];
    });
    if (step.changed) await sendDeadLetters(effects);
    changed = step.changed && step.state.lease.failures > 0 && effects.nowMs() <= untilMs;
  }
}

/** Of its own opening nobody needs the event: the provisioner goes on to ask for the stack itself. */
function advanceAll(
  effects: ProvisionEffects,
  plan: (state: LeaseState) => Command[] | Promise<Command[]>,
): Promise<Advanced> {
  return advanceAndAnnounce(effects, { pending: MAX_ITEMS_PER_WRITE }, plan, { own: 'leaseOpening' });
}
