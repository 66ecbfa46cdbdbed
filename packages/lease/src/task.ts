/**
 * What Hourglass runs: a mirror of one repository or a command that the deployment has named,
 * and the one active item that stands for it while it is pending, running or dead but not yet reported.
 */

/** Mirror one repository. The destination is the deployment's choice, never the request's. */
export interface MirrorTask {
  kind: 'mirror';
  repository: string;
  sourceUrl: string;
  destination: string;
}

/** Run a command that the deployment has defined under this name. The request never carries a command line. */
export interface CommandTask {
  kind: 'command';
  name: string;
}

export type Task = MirrorTask | CommandTask;

/** What the direct carrier remembers of a mirror, to ask the source with next time. */
export interface Carried {
  /** Object ids that the destination showed, most useful first. */
  haves: readonly string[];
  /** Whether the destination takes a pack that leaves out what its differences are to. */
  thin: boolean;
  /** Of what the source showed, if all of it was mirrored. */
  fingerprint?: string;
}

/**
 * What a task is given of its work; the command line is the deployment's. The task ends itself after `timeLimitSeconds`, and says `requestId` where it
 * says anything.
 * `rememberedTips`: object ids that earlier mirrors have carried, common ground after a branch was rewritten.
 */
export type Work = (
  | (MirrorTask & { rememberedTips: readonly string[]; carried?: Carried })
  | (CommandTask & { argv: readonly string[] })
) & { timeLimitSeconds: number; requestId?: string };

/** What requests are merged by: at most one item per task key is active at any time. */
export function taskKeyOf(task: Task): string {
  return task.kind === 'mirror' ? `mirror:${task.repository}` : `command:${task.name}`;
}

/** By which way a request came, for the history: nothing is decided by it. */
export interface Origin {
  door: 'bus' | 'webhook' | 'hook' | 'schedule' | 'operator' | 'replay';
  /** What a git server calls its delivery. */
  delivery?: string;
}

/** A request as it was accepted. Times are epoch milliseconds. */
export interface Request {
  requestId: string;
  origin?: Origin;
  task: Task;
  acceptedAtMs: number;
  /** The task must start by then; a lease that is closed opens as late as this allows. */
  startByMs: number;
}

/** What makes a request the same request: its id for its task. A sender may use one id (a commit's, say) for several repositories. */
export function identityOf({ requestId, task }: Pick<Request, 'requestId' | 'task'>): string {
  return `${taskKeyOf(task)}#${requestId}`;
}

/** One attempt to run a task, recorded before RunTask is called. */
export interface Claim {
  /** New for each claim; the id of its work item. */
  token: string;
  /** If the Fargate task is shared with other claims: the token of the one that it was begun with. */
  batchId?: string;
  fence: number;
  claimedAtMs: number;
  /** The Fargate task is stopped from outside once this is past; its entrypoint ends itself earlier. */
  stopByMs: number;
  /** When somebody last saw the task alive; at first the time of the claim. */
  seenAtMs: number;
  /** How often the task was asked to stop, past its stop-by; not there before. */
  stopsAsked?: number;
  /** Known once RunTask has answered: the claim is then confirmed. */
  taskArn: string | null;
  /** When that was confirmed. */
  startedAtMs?: number;
  /** RunTask's parameters, frozen: the same token with others would be a ConflictException. */
  parameters: unknown;
}

/** One claim that has ended, as the history keeps it. */
export interface Try {
  token: string;
  fence: number;
  claimedAtMs: number;
  /** When ECS took it; `null`: never, or nobody knows. */
  startedAtMs: number | null;
  finishedAtMs: number;
  taskArn: string | null;
  /** `null`: it succeeded. */
  message: string | null;
}

/** By which ECS knows the Fargate task of this claim: its `clientToken` and `startedBy`. Claims of one batch share it. */
export function taskTokenOf({ token, batchId }: Pick<Claim, 'token' | 'batchId'>): string {
  return batchId ?? token;
}

/** Refusals for want of capacity, since the last task of the item that Fargate took. */
export interface WantOfCapacity {
  sinceMs: number;
  /** The opening of the last one. */
  fence: number;
  /** In that opening. */
  refusals: number;
  /** Openings that it was refused in. */
  openings: number;
  /** When a person was last warned; `null` before the first time. */
  reportedAtMs: number | null;
}

/** `held`: it waits as a pending one does, but its task is paused by the operator, and counts for nothing until that is over. */
export type TaskState = 'pending' | 'held' | 'running' | 'dead';

export interface TaskItem {
  taskKey: string;
  state: TaskState;
  request: Request;
  /** Earliest start-by of all requests merged into this item. */
  startByMs: number;
  /** A pending item is not claimed before this; it spaces retries. */
  notBeforeMs: number;
  /** Attempts that ran and failed. */
  attempts: number;
  /** Tasks that never started (`TaskFailedToStart`); they do not count as attempts. */
  startFailures: number;
  /** What Fargate's want of capacity has cost this item so far; not there if it has had none. */
  noCapacity?: WantOfCapacity;
  /** A request that came while the task was running: a push during a run is mirrored by a later run. */
  again: Request | null;
  claim: Claim | null;
  /** Why the last attempt failed. */
  lastError: string | null;
  /** Of a dead item: it is to be asked for at the lease that has endpoints, in the place of a dead letter. */
  handsOver?: true;
  /** The last of the claims that have ended; not there before the first. */
  tries?: readonly Try[];
}

/** A fresh pending item for a request. */
export function pendingItem(request: Request): TaskItem {
  return {
    taskKey: taskKeyOf(request.task),
    state: 'pending',
    request,
    startByMs: request.startByMs,
    notBeforeMs: request.acceptedAtMs,
    attempts: 0,
    startFailures: 0,
    again: null,
    claim: null,
    lastError: null,
  };
}
