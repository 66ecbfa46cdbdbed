/** What can happen to a lease, and the facts that a decision leaves behind for the history and for events. */
import type { Carried, Request, Try, Work } from './task.ts';

/** What a task reports of what it has done, for the history; the lease keeps it as it is. */
export type Report = Readonly<Record<string, unknown>>;

/**
 * The endpoints' stack as somebody saw it. `fence` is read from the stack's own tag. `deleteFailed`: its deletion has ended, and the stack or
 * something that it made is still there.
 */
export type StackObservation =
  | { status: 'absent' }
  | {
      status: 'creating' | 'complete' | 'failed' | 'deleting' | 'deleteFailed' | 'deleted';
      stackId: string;
      fence: number;
      createdAtMs: number;
      /** Known when the status is `deleted`. */
      deletedAtMs: number | null;
    };

export type TaskOutcome =
  /**
   * `durationMs`: how long it took within a task that did other things too; else it is counted from the claim.
   * `tips`: what a mirror has carried, to be remembered for the next one.
   */
  | { status: 'succeeded'; durationMs?: number; tips?: readonly string[]; carried?: Carried; report?: Report }
  /**
   * `started` false: the task never ran (`TaskFailedToStart`), which does not count as an attempt a few times. `permanent`: another try would end
   * the same, so this attempt was the last. `atOnce`: of one that never ran, the next may begin without a pause. `handsOver`: only a task with
   * endpoints can do it, so a lease that has none gives it away. `carried`: what was learnt all the same.
   */
  | {
      status: 'failed';
      message: string;
      started: boolean;
      permanent?: boolean;
      atOnce?: boolean;
      handsOver?: boolean;
      carried?: Carried;
      report?: Report;
    }
  /** Fargate had no room, or ECS no time for the call: it passes, so it is no attempt, and nobody dies of it. */
  | { status: 'noCapacity'; message: string }
  /** The shared task ended before this one's turn came: it waits again, and nothing is counted. */
  | { status: 'notBegun'; message: string };

export type Command =
  | { type: 'requestAccepted'; request: Request }
  /** The handler whose write records this is the one that calls CreateStack. */
  | { type: 'creationAsked'; fence: number }
  | { type: 'stackCreated'; fence: number; stackId: string; createdAtMs: number }
  /** `stackId` null: the call was refused at once and there is no stack. `reason`: AWS's own words. `passes`: it had no time, or was not asked. */
  | {
      type: 'stackFailed';
      fence: number;
      stackId: string | null;
      createdAtMs: number | null;
      reason?: string;
      passes?: boolean;
    }
  /** `deletedAtMs` null: CloudFormation does not say when. */
  | { type: 'stackDeleted'; fence: number; stackId: string; createdAtMs: number; deletedAtMs: number | null }
  /** `batchId`: to share the Fargate task with the claim of that token, which begins it in this very decision (or is this one). */
  | { type: 'taskClaimed'; taskKey: string; token: string; batchId?: string; parameters: unknown; work: Work }
  | { type: 'taskStarted'; taskKey: string; token: string; taskArn: string }
  /** `stopAsked`: it is past its stop-by, and was asked to stop. */
  | { type: 'taskSeen'; taskKey: string; token: string; stopAsked?: boolean }
  | { type: 'taskFinished'; taskKey: string; token: string; outcome: TaskOutcome }
  /**
   * The running items after one place (`placeOf`) and up to another were looked at, as they were loaded; `upTo` null: to the last of them.
   * `isUndisturbed`: nobody else has written the lease since.
   */
  | { type: 'pageLooked'; after: string | null; upTo: string | null; loadedAtMs: number; isUndisturbed: boolean }
  /** The operator pauses: nothing is started, or nothing of this task, until it is released. The lease closes all the same. */
  | { type: 'holdAsked'; askId: string; taskKey?: string }
  | { type: 'releaseAsked'; askId: string; taskKey?: string }
  /** The operator wants the endpoints gone at the next idle moment. */
  | { type: 'closeAsked'; askId: string }
  /** The messages of these dead items are in the failed-mirrors queue. */
  | { type: 'deadLettersSent'; taskKeys: string[] }
  /** AWS refuses for certain what a pending item needs, whatever endpoints there are: no attempt is worth while, and no hour. */
  | { type: 'workRefused'; taskKey: string; requestId: string; message: string }
  /** Too many creations failed in a row: these pending items become dead. */
  | { type: 'gaveUp'; taskKeys: string[]; message: string }
  /** `reason`: AWS's own words for what was seen. */
  | { type: 'timerFired'; timerId: string; stack?: StackObservation; reason?: string; passes?: boolean };

/** How an accepted request was taken up. `hastened`: it joined one that waits, which must now start earlier. */
export type Acceptance = 'pending' | 'merged' | 'hastened' | 'again';

export type Fact =
  | { type: 'requestRemembered'; taskKey: string; request: Request; as: Acceptance; joins: string }
  | {
      type: 'taskClaimed';
      taskKey: string;
      token: string;
      batchId?: string;
      request: Request;
      work: Work;
      fence: number;
    }
  | { type: 'taskStarted'; taskKey: string; token: string; request: Request; taskArn: string; fence: number }
  | {
      type: 'taskSucceeded';
      taskKey: string;
      token: string;
      request: Request;
      durationMs: number;
      fence: number;
      tips?: readonly string[];
      tries: readonly Try[];
      carried?: Carried;
      report?: Report;
    }
  /** The attempt failed and the task waits for another, or for the run that a later request asked for; or another lease is asked for it. */
  | {
      type: 'taskFailed';
      taskKey: string;
      token: string | null;
      request: Request;
      message: string;
      attempts: number;
      next: 'retry' | 'superseded' | 'dead' | 'handedOver';
      fence: number;
      tries: readonly Try[];
      carried?: Carried;
      report?: Report;
      /** Fargate has had no capacity for it for so long that a person gets a mail: once, and again each day. */
      noCapacitySinceMs?: number;
    }
  /** An operator's ask was done, and is not done again when its message comes twice. */
  | { type: 'askRemembered'; askId: string }
  /** `taskKey` null: everything. */
  | { type: 'paused'; taskKey: string | null }
  | { type: 'resumed'; taskKey: string | null }
  | { type: 'leaseOpening'; fence: number }
  | { type: 'leaseOpened'; fence: number; stackId: string; paidUntilMs: number }
  | { type: 'leaseExtended'; fence: number; paidUntilMs: number }
  /** `message`: AWS's own words for a creation that failed, where it had any. */
  | {
      type: 'leaseClosing';
      fence: number;
      stackId: string;
      reason: 'hourEnded' | 'asked' | 'creationFailed' | 'stackGone';
      message?: string;
    }
  /** `openedAtMs` null: no stack ever existed, nothing was billed. `message`: as that of `leaseClosing`. */
  | {
      type: 'leaseClosed';
      fence: number;
      openedAtMs: number | null;
      closedAtMs: number;
      failed: boolean;
      message?: string;
    };
