/**
 * The lease: one aggregate per endpoint set, constant in size however many requests there are.
 *
 *   closed ──due work──▶ opening ──stack created──▶ open ──end of the paid hour──▶ closing ──stack gone──▶ closed
 *                           └──────creation failed───────────────────────────────────▲
 *
 * Every transition is a compare-and-set on `version`; the request items move in the same transaction.
 */
import type { Estimate } from './estimate.ts';
import type { Place } from './orders.ts';
import type { TaskItem } from './task.ts';

export type Phase = 'closed' | 'opening' | 'open' | 'closing';

/** The service that a timer wakes: the one that owes the state's next step. */
export type TimerOwner = 'provisioner' | 'runner' | 'teardown';

/** The one schedule alive for a lease, firing until a write has replaced it. `id` is unique among all ever made for it. */
export interface Timer {
  id: string;
  atMs: number;
  owner: TimerOwner;
}

/** A look at the running items that goes on where the last page ended. */
export interface Round {
  /** The place (`placeOf`) that the last page ended at. */
  upTo: string;
  /** When those must be looked at again that it has passed, or that have been claimed since; `null`: none of them. */
  lookByMs: number | null;
}

/** Times are epoch milliseconds; `null` means not known or not applicable in this phase. */
export interface Lease {
  leaseId: string;
  phase: Phase;
  /** +1 at each opening; every event, schedule and stack carries it. */
  fence: number;
  /** Compare-and-set: every write bumps it. */
  version: number;
  pending: number;
  /** Of the pending items, those that were put off (`isPaused`). */
  paused: number;
  /** Items that wait while the operator has paused their tasks (`heldTasks`); pending ones are not counted here. */
  held: number;
  /** Tasks that the operator has paused one by one: none of theirs is started. */
  heldTasks: readonly string[];
  /** Since when the operator has paused everything; `null`: it is not. Nothing is opened or claimed then, and the lease closes as ever. */
  heldSinceMs: number | null;
  /** When the operator asked for the endpoints to go at the next idle moment; `null`: nobody has, or they have gone. */
  closeAskedAtMs: number | null;
  running: number;
  /** Fargate tasks that run: of the running items of a batch, the one whose token it was begun with counts. */
  tasks: number;
  /** Never later than the time at which the first of the running items must be looked at; `null` while none runs. */
  lookByMs: number | null;
  /** How far the runner has come that looks at the running items page by page; `null` when it has seen them all. */
  round: Round | null;
  /** Dead items whose message has not yet been sent to the failed-mirrors queue. */
  dead: number;
  /** Never later than the earliest start-by of the pending items; exact while the lease is closed. */
  startByMs: number | null;
  /** When the handler that was to call CreateStack recorded so: one creating call per fence. */
  askedAtMs: number | null;
  /** The stack of this fence, once known. Stack events and deletions go by it, never by name. */
  stackId: string | null;
  /** The stack's own CreationTime: AWS's clock, earlier than any endpoint's birth. */
  openedAtMs: number | null;
  /** End of the paid hour: counted from `openedAtMs`, never incremented. */
  paidUntilMs: number | null;
  timer: Timer | null;
  /** Creations that failed in a row. */
  failures: number;
  /** Of these, those for which AWS had no time: that passes by itself, and nobody is given up for it. */
  passing: number;
  /** AWS's own words for the last creation that failed; `null` after one that did not, and if it had none. */
  creationError: string | null;
  /** No creation before this. */
  notBeforeMs: number;
  /** When the endpoints were let go of; the deletion is measured from here. */
  closingAtMs: number | null;
  /** Looks that found the closing lease's stack neither gone nor going; the pause before the next deletion grows with them. */
  deleteFailures: number;
  /** How long deletions have taken; `null` before the first. */
  deletion: Estimate | null;
  /** How long successful tasks have taken, from the claim to the end; `null` before the first. */
  taskRun: Estimate | null;
  /** When an hour last ended idle; `null` once a request has come since. Kept under the unknown bill only. */
  idleEndMs: number | null;
  /** How often a request has come soon after an hour that ended idle; thousandths. */
  followUps: number;
}

/** What leases did not have at first; one that was stored before has none of it. */
export const nothingLearned = {
  held: 0,
  heldTasks: [],
  heldSinceMs: null,
  closeAskedAtMs: null,
  paused: 0,
  lookByMs: 0,
  round: null,
  passing: 0,
  creationError: null,
  closingAtMs: null,
  deleteFailures: 0,
  deletion: null,
  taskRun: null,
  idleEndMs: null,
  followUps: 0,
};

export function newLease(leaseId: string): Lease {
  return {
    leaseId,
    phase: 'closed',
    fence: 0,
    version: 0,
    pending: 0,
    running: 0,
    dead: 0,
    startByMs: null,
    askedAtMs: null,
    stackId: null,
    openedAtMs: null,
    paidUntilMs: null,
    timer: null,
    failures: 0,
    notBeforeMs: 0,
    ...nothingLearned,
    tasks: 0,
    lookByMs: null,
  };
}

/** From where on there are pending items that were not loaded, in each of their orders; `null`: all of that order were. */
export interface Unseen {
  /** None of the ready ones must start before this. */
  readyFromMs: number | null;
  /** The pause of none of the paused ones ends before this. */
  pausedFromMs: number | null;
}

/** The lease with the items that were loaded beside it. */
export interface LeaseState {
  lease: Lease;
  items: ReadonlyMap<string, TaskItem>;
  /** Whether enough is known of the pending items to say what they are owed; not so where only some were asked for by key. */
  complete: boolean;
  /** What is known of those that `items` does not hold; not there if it holds all. */
  unseen?: Unseen;
  /** Of a page of running items that was asked for: where it ended. `null`: there are no more. */
  runningUpTo?: string | null;
  /** Places that were read whose item is not there, or stands elsewhere; not there if each was right. A write without them takes them away. */
  strays?: readonly Place[];
  /** Of the request identities asked for (`identityOf`): those that were accepted before. */
  seen: ReadonlySet<string>;
}
