/**
 * Requests that are not accepted yet, from queue to queue: none leaves the intake's but accepted or kept, none leaves the replay's but asked for anew or
 * parked, and none that EventBridge could not deliver is dropped (invariant 1).
 */
import type { Cloud, Trace } from '@hourglass/cloud';
import { TABLE } from '../names.ts';
import type { Report } from './violation.ts';

interface Detail {
  requestId?: string;
  repository?: string;
  name?: string;
}

/** @param id of its event, which is the request's where it bears none */
const identityOf = ({ requestId, repository, name }: Detail, id?: string) =>
  `${repository === undefined ? `command:${name}` : `mirror:${repository}`}#${requestId ?? id}`;

export class OnTheWay {
  readonly #cloud: Cloud;
  readonly #isAccepted: (identity: string) => boolean;
  readonly #report: Report;
  /** Bodies by message id, of the two queues that carry work. */
  readonly #carried = new Map<string, string>();
  readonly #asked = new Set<string>();

  constructor(cloud: Cloud, isAccepted: (identity: string) => boolean, report: Report) {
    this.#cloud = cloud;
    this.#isAccepted = isAccepted;
    this.#report = report;
  }

  onTrace(trace: Trace): void {
    if (trace.kind === 'event' && /^(Mirror|Task)Requested$/.test(trace.detailType)) {
      this.#asked.add(identityOf(trace.detail as Detail));
    }
    if (trace.kind === 'delivery-failed' && trace.rule.endsWith('-requests') && trace.target.endsWith('-undelivered')) {
      this.#report(1, `A request could not be delivered, and was dropped: ${trace.reason}`);
    }
    if (trace.kind === 'message-sent' || trace.kind === 'message-moved') this.#onArrival(trace);
    if (trace.kind === 'message-deleted') this.#onDeletion(trace);
  }

  #onArrival({ queue, messageId }: { queue: string; messageId: string }): void {
    if (queue !== `${TABLE}-intake` && queue !== `${TABLE}-replay`) return;
    const message = this.#messages(queue).find(({ id }) => id === messageId);
    if (message) this.#carried.set(messageId, message.body);
  }

  #onDeletion({ queue, messageId }: { queue: string; messageId: string }): void {
    const body = this.#carried.get(messageId);
    if (body === undefined) return;
    this.#carried.delete(messageId);
    const isKeptIn = (name: string) => this.#messages(`${TABLE}-${name}`).some((kept) => kept.body === body);
    if (queue === `${TABLE}-intake`) {
      const { id, detail, ...envelope } = JSON.parse(body) as { id: string; 'detail-type': string; detail: Detail };
      const isRequest = /^(Mirror|Task)Requested$/.test(envelope['detail-type']);
      const identity = isRequest ? identityOf(detail, id) : `operator#${id}`;
      if (this.#isAccepted(identity) || isKeptIn('intake-dead')) return;
      this.#report(1, `The request ${identity} has left the intake's queue, neither accepted nor kept.`);
    } else {
      const { taskKey, requestId, replays } = JSON.parse(body) as Record<string, string>;
      const next = `${taskKey}#${requestId?.replace(/:replay-\d+$/, '')}:replay-${Number(replays) + 1}`;
      if (this.#asked.has(next) || isKeptIn('failed-mirrors')) return;
      this.#report(1, `What has died of ${taskKey} has left the replay queue, and ${next} was not asked for.`);
    }
  }

  #messages(queue: string): readonly { id: string; body: string }[] {
    return (
      this.#cloud.queues
        .all()
        .find(({ name }) => name === queue)
        ?.peek() ?? []
    );
  }
}
