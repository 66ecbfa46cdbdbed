/**
 * Publishes a repository's first failure and its recovery to a topic, not each attempt. A notice is kept as long as the repository fails: it is
 * written before it is published and marked after. If the function dies between the two, the next failure publishes it, or the same event once more.
 */
import type { Records } from './records.ts';

/** After that, a notice that is not marked was never published. Longer than any invocation. */
const PUBLISHES_WITHIN_MS = 5 * 60_000;
/** An account that refuses everything must not fill a mailbox: more than so many an hour are not sent. */
export const MOST_AN_HOUR = 20;

export interface NotifyEffects {
  records: Records;
  /** @param subject of a mail: less than 100 characters, ASCII */
  publish(subject: string, text: string): Promise<void>;
  deployment: string;
  nowMs(): number;
}

export interface Failure {
  readonly taskKey: string;
  readonly requestId: string;
  readonly message: string;
  readonly attempts: number;
}

/** Its last attempt has failed. */
export async function notifyOfFailure(failure: Failure, effects: NotifyEffects): Promise<void> {
  const { taskKey, requestId, message, attempts } = failure;
  const { records, nowMs } = effects;
  const notice = await records.beginNotice(taskKey, { requestId, sinceMs: nowMs() });
  const isOurs = notice.requestId === requestId;
  if (notice.sent || (!isOurs && nowMs() - notice.sinceMs < PUBLISHES_WITHIN_MS)) return;
  const count = await records.countNotice(Math.floor(nowMs() / 3_600_000));
  if (count <= MOST_AN_HOUR) {
    const tried = attempts > 0 ? `after ${attempts} attempt${attempts === 1 ? '' : 's'}` : 'before it could be tried';
    await effects.publish(
      `${taskKey} fails`,
      [
        `${taskKey} has failed ${tried} in the deployment ${effects.deployment}:`,
        '',
        message,
        '',
        `Request ${requestId}. It rests as a dead letter: mend the cause, then \`hourglass replay ${taskKey.replace(/^\w+:/, '')}\`.`,
        'You will hear again when it works, not at each attempt.',
        ...(count === MOST_AN_HOUR
          ? [`${MOST_AN_HOUR} have begun to fail in this hour; no further ones are reported. See \`hourglass status\`.`]
          : []),
      ].join('\n'),
    );
  }
  await records.markSent(taskKey, notice.requestId);
}

/** It has succeeded; published if its failure was. */
export async function notifyOfRecovery(taskKey: string, requestId: string, effects: NotifyEffects): Promise<void> {
  const { records, nowMs } = effects;
  const notice = await records.readNotice(taskKey);
  if (!notice) return;
  if (notice.sent) {
    const minutes = Math.max(1, Math.round((nowMs() - notice.sinceMs) / 60_000));
    await effects.publish(
      `${taskKey} works again`,
      `${taskKey} works again in the deployment ${effects.deployment}, after ${describeMinutes(minutes)}. Request ${requestId}.`,
    );
  }
  await records.endNotice(taskKey, notice.requestId);
}

function describeMinutes(minutes: number): string {
  const format = new Intl.NumberFormat('en', {
    style: 'unit',
    unit: minutes < 120 ? 'minute' : minutes < 2_880 ? 'hour' : 'day',
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  });
  return format.format(minutes < 120 ? minutes : minutes < 2_880 ? minutes / 60 : minutes / 1_440);
}
