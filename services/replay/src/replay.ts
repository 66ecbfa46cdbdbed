/**
 * Replay: what died comes back from the failed-mirrors queue and is asked for anew. The operator moves the messages when the cause is
 * mended; and when a lease opens anyway they redrive along free, at most once in some hours and a few times each.
 */
import {
  DeadTask,
  describeIssues,
  eventOf,
  MirrorRequested,
  nextReplayId,
  PermanentError,
  type Publish,
  REPLAY_SOURCE,
  TaskRequested,
} from '@hourglass/shared';

/** Between two redrives. */
export const REDRIVE_EVERY_MS = 6 * 3_600_000;
/** While messages moved by a redrive arrive; what comes later was moved by the operator. */
export const REDRIVE_LASTS_MS = 15 * 60_000;
/** Free redrives that a message gets; after that it stays parked until the operator moves it. */
export const MAX_REDRIVES = 3;
/** A redrive is patient: it must not buy an hour of its own. A day is the longest that a request may wait. */
const PATIENT_SECONDS = 86_400;

export interface ReplayEffects {
  publish: Publish;
  /** When the last redrive began, or 0. */
  lastRedriveMs(): Promise<number>;
  /** Records a redrive, if the last one is still `before`; @returns whether this call did. */
  recordRedrive(before: number, nowMs: number): Promise<boolean>;
  /** Whether anything rests in the failed-mirrors queue. */
  hasMessages(): Promise<boolean>;
  /**
   * Starts to move all messages from the failed-mirrors queue to the replay queue.
   * @returns false if for certain nothing was begun: somebody moves them already, for one.
   */
  moveMessages(): Promise<boolean>;
  /** Puts a message back into the failed-mirrors queue. */
  park(body: string): Promise<void>;
  nowMs(): number;
}

/** A lease has opened: gives the failed mirrors a redrive if there are any and the last one is long enough ago. */
export async function redriveFailedMirrors(effects: ReplayEffects): Promise<void> {
  const lastRedriveMs = await effects.lastRedriveMs();
  const nowMs = effects.nowMs();
  if (nowMs - lastRedriveMs < REDRIVE_EVERY_MS || !(await effects.hasMessages())) return;
  if (!(await effects.recordRedrive(lastRedriveMs, nowMs))) return;
  // What the operator moves at this moment is not this redrive's, and the next opening may have one.
  if (!(await effects.moveMessages())) await effects.recordRedrive(nowMs, lastRedriveMs);
}

/**
 * Asks anew for the task in this message.
 * @throws PermanentError for a message that is none of ours; the queue's redrive brings it back to rest in failed-mirrors.
 */
export async function replayMessage(body: string, effects: ReplayEffects): Promise<void> {
  const dead = parseMessage(body);
  const redrives = dead.by !== 'operator' && effects.nowMs() - (await effects.lastRedriveMs()) < REDRIVE_LASTS_MS;
  if (redrives && dead.replays >= MAX_REDRIVES) {
    await effects.park(body);
    return;
  }
  const request = { requestId: nextReplayId(dead.requestId), ...(redrives && { maxDelaySeconds: PATIENT_SECONDS }) };
  const { task } = dead;
  const event =
    task.kind === 'mirror'
      ? eventOf(MirrorRequested, { ...request, repository: task.repository, sourceUrl: task.sourceUrl }, REPLAY_SOURCE)
      : eventOf(TaskRequested, { ...request, name: task.name }, REPLAY_SOURCE);
  await effects.publish([event]);
}

function parseMessage(body: string): DeadTask {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    throw new PermanentError('The message in the replay queue is not JSON.');
  }
  const result = DeadTask.safeParse(message);
  if (result.success) return result.data;
  throw new PermanentError(`The message in the replay queue is no failed task: ${describeIssues(result.error)}.`);
}
