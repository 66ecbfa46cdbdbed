/**
 * The lease's own record: exact counts, one write per version, the four phases in their order, its own stack and an hour that is one, and never
 * a state without a timer that wakes whoever owes the next step (invariant 5).
 */
import type { Cloud, Trace } from '@hourglass/cloud';
import { DIRECT_LEASE_ID, TABLE } from '../names.ts';
import type { Seen, SeenItem, SeenLease, SeenPlace } from './lease-table.ts';
import type { Report } from './violation.ts';

const HOUR_MS = 3_600_000;
const FENCE_TAG = 'hourglass:fence';
/** A lease of nothing has nothing to wait for. */
const NEXT_OF_NOTHING: Partial<typeof NEXT> = { closed: ['open'], open: ['closed'] };
/** What follows on a phase; a lease with due work is never seen closed between two openings. */
const NEXT: Record<SeenLease['phase'], SeenLease['phase'][]> = {
  closed: ['opening'],
  opening: ['open', 'closing', 'closed'],
  open: ['closing'],
  closing: ['closed', 'opening'],
};

export class LeaseRecord {
  readonly #cloud: Cloud;
  readonly #report: Report;
  readonly #isDirect: boolean;
  /** Whose last try to make a schedule failed. */
  readonly #withoutTimer = new Set<string>();
  /** The lease was written by one of them: the timer that was there stands in for the one that was wanted, whomever it wakes. */
  #standsIn = false;

  constructor(cloud: Cloud, leaseId: string, report: Report) {
    this.#cloud = cloud;
    this.#report = report;
    this.#isDirect = leaseId === DIRECT_LEASE_ID;
  }

  onTrace(trace: Trace): void {
    if (trace.kind !== 'api' || trace.operation !== 'CreateSchedule') return;
    if (trace.outcome === 'ok' || trace.outcome === 'ConflictException') this.#withoutTimer.delete(trace.caller.arn);
    else this.#withoutTimer.add(trace.caller.arn);
  }

  /** @param by the ARN of who made the call after which it is checked */
  check(before: Seen, seen: Seen, by: string): void {
    const { lease, items } = seen;
    if (!lease) return;
    this.#checkPlaces(seen);
    const version = before.lease?.version ?? 0;
    if (lease.version !== version) this.#standsIn = this.#withoutTimer.has(by);
    if (lease.version !== version && lease.version !== version + 1) {
      this.#report(1, `A write was lost: version ${version} was followed by ${lease.version}.`);
    }
    for (const state of ['pending', 'running', 'dead'] as const) {
      const count = items.filter((item) => item.state === state).length;
      if (lease[state] !== count) this.#report(1, `The lease counts ${lease[state]} ${state}, there are ${count}.`);
    }
    const held = items.filter((item) => item.state === 'held');
    if ((lease.held ?? 0) !== held.length)
      this.#report(1, `The lease counts ${lease.held} held, there are ${held.length}.`);
    for (const { taskKey } of held) {
      if (!lease.heldTasks?.includes(taskKey))
        this.#report(1, `${taskKey} is held, and nobody has paused it any more.`);
    }
    this.#checkPause(before, seen);
    if (lease.running > 0 && (lease.phase === 'closed' || lease.phase === 'opening')) {
      this.#report(2, `The lease is ${lease.phase} while ${lease.running} tasks count as running.`);
    }
    this.#checkPhase(before.lease, lease);
    if (this.#isDirect) this.#checkNothing(lease);
    else if (lease.phase === 'open') this.#checkOpen(lease);
    const isShut = lease.phase === 'closed' || this.#isDirect;
    const waitsForOperator = isShut && isPaused(lease) && lease.running + lease.dead === 0;
    if (!isAtRest(lease) && !waitsForOperator) this.#checkTimer(lease);
  }

  /** While it is paused nothing is opened or begun, be it ever so urgent. */
  #checkPause({ lease: was, items: before }: Seen, { lease, items }: Seen): void {
    if (!was || !lease) return;
    if (isPaused(was) && isPaused(lease) && lease.phase === 'opening' && was.phase !== 'opening') {
      this.#report(4, 'The lease opens while everything is paused.');
    }
    for (const { taskKey, state } of items) {
      if (state !== 'running' || before.find((item) => item.taskKey === taskKey)?.state === 'running') continue;
      if (isPaused(was) || was.heldTasks?.includes(taskKey))
        this.#report(2, `${taskKey} is claimed while it is paused.`);
    }
  }

  /** It is open as long as there is work, and pays for nothing. */
  #checkNothing(lease: SeenLease): void {
    const isIdle = lease.pending + lease.running + lease.dead === 0;
    if ((lease.phase === 'closed') !== isIdle)
      this.#report(5, `A lease of nothing is ${lease.phase}, idle: ${isIdle}.`);
    if (lease.stackId !== null || lease.openedAtMs !== null || lease.paidUntilMs !== null) {
      this.#report(7, 'A lease of nothing has a stack, or an hour that is paid.');
    }
  }

  /** What stands in no order, or in a wrong place of it, would not be read by anybody when its time has come. */
  #checkPlaces({ items, places }: Seen): void {
    const found = Map.groupBy(places, ({ taskKey }) => taskKey);
    for (const item of items) {
      const [place, ...more] = found.get(item.taskKey) ?? [];
      if (place && more.length === 0 && stands(item, place)) continue;
      const at = [place, ...more].map((one) => (one ? `${one.order} ${one.key}` : 'nowhere')).join(' and ');
      this.#report(1, `${item.taskKey} is ${item.state}, and stands ${at}.`);
    }
    if (places.length > items.length) this.#report(1, `There are ${places.length} places of ${items.length} items.`);
  }

  #checkPhase(before: SeenLease | undefined, { phase, fence }: SeenLease): void {
    const [wasPhase, wasFence] = [before?.phase ?? 'closed', before?.fence ?? 0];
    if (phase === wasPhase && fence === wasFence) return;
    const [next, begins] = this.#isDirect ? [NEXT_OF_NOTHING[wasPhase] ?? [], 'open'] : [NEXT[wasPhase], 'opening'];
    const isNext = next.includes(phase) && fence === wasFence + (phase === begins ? 1 : 0);
    if (!isNext) this.#report(3, `The lease went from ${wasPhase}, fence ${wasFence}, to ${phase}, fence ${fence}.`);
  }

  /** It has a stack of its own fence, and is paid until an hour ends by one of the two readings of the bill. */
  #checkOpen({ fence, stackId, openedAtMs, paidUntilMs }: SeenLease): void {
    const stack = this.#cloud.parts.cloudformation.stacks().find(({ id }) => id === stackId);
    const of = stack?.tags.find(({ Key }) => Key === FENCE_TAG)?.Value;
    if (!stack || of !== String(fence)) this.#report(3, `The lease is open at fence ${fence} with the stack of ${of}.`);
    const createdAtMs = stack?.createdAtMs ?? 0;
    if (openedAtMs === null || Math.abs(openedAtMs - createdAtMs) >= 1_000) {
      this.#report(7, `The hours are counted from ${openedAtMs}, and the stack was created at ${createdAtMs}.`);
    } else if (paidUntilMs === null || (paidUntilMs % HOUR_MS !== 0 && (paidUntilMs - openedAtMs) % HOUR_MS !== 0)) {
      this.#report(7, `No hour ends at ${paidUntilMs}, until when it is said to be paid.`);
    }
  }

  #checkTimer(lease: SeenLease): void {
    const { timer, phase } = lease;
    if (!timer) {
      this.#report(5, `No timer: the lease is ${phase}, ${lease.pending} pending, ${lease.dead} dead.`);
      return;
    }
    const schedule = this.#cloud.schedules.list(TABLE, timer.id).find(({ input }) => input.Name === timer.id);
    if (!schedule) this.#report(5, `The timer ${timer.id} of the lease (${phase}) has no schedule.`);
    else if (!this.#standsIn && !ownersOf(lease).some((owner) => schedule.input.Target.Arn.endsWith(`-${owner}`))) {
      this.#report(5, `The timer of the lease (${phase}) wakes ${schedule.input.Target.Arn}, which owes it nothing.`);
    }
  }

  owed({ lease }: Seen): string[] {
    // The group has the timers of both leases.
    const owed = this.#isDirect ? [] : this.#schedules().map((name) => `the schedule ${name} is left over`);
    if (lease?.held) owed.push(`${lease.held} are held by a pause`);
    if (lease && !isAtRest(lease)) {
      owed.push(`the lease is ${lease.phase}, ${lease.pending} pending, ${lease.running} running, ${lease.dead} dead`);
    }
    return owed;
  }

  #schedules(): string[] {
    return this.#cloud.schedules.list(TABLE, undefined).map(({ input }) => input.Name);
  }
}

function stands({ state, claim, startByMs, notBeforeMs }: SeenItem, { order, key }: SeenPlace): boolean {
  const begins = (start: string | number) => key.replace(/^0+/, '').startsWith(`${start}#`);
  if (state === 'dead' || state === 'held') return order === state;
  if (state === 'running') return order === 'running' && begins(claim?.batchId ?? claim?.token ?? '');
  return order === 'ready' ? begins(startByMs) : order === 'paused' && begins(notBeforeMs);
}

/** Who owes the next step; what is dead must be announced besides. */
function ownersOf({ phase, pending, running, dead }: SeenLease): string[] {
  if (phase === 'closed' || phase === 'opening') return ['provisioner'];
  const own = running > 0 || (phase === 'open' && pending > 0) ? 'runner' : 'teardown';
  if (dead === 0) return [own];
  return [own, phase === 'open' ? 'runner' : 'provisioner'];
}

function isAtRest({ phase, pending, running, dead }: SeenLease): boolean {
  return phase === 'closed' && pending + running + dead === 0;
}

export function isPaused({ heldSinceMs = null }: SeenLease): boolean {
  return heldSinceMs !== null;
}
