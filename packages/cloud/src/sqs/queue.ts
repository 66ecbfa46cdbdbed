/**
 * One standard queue. A message waits (delayed), is available, or is in flight until its visibility timeout; received more often than
 * the redrive policy allows, it moves to the dead-letter queue at the next receive, as in SQS.
 * Source: SQS developer guide, "Visibility timeout", "Dead-letter queues".
 */
import type { Clock, TimerHandle } from '../clock.ts';
import { AwsError } from '../errors.ts';
import type { MessageAttributes } from './message-digest.ts';

export interface QueueSettings {
  readonly delaySeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly maxMessageBytes: number;
  readonly receiveWaitSeconds: number;
  /** The queues this one may be the dead-letter queue of; undefined admits all. */
  readonly redriveSources: readonly string[] | undefined;
  readonly redrive: { readonly deadLetterQueueArn: string; readonly maxReceiveCount: number } | undefined;
}

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly senderId: string;
  readonly sentMs: number;
  /** The queue it died in, if it lies in a dead-letter queue. */
  readonly deadFromArn: string | undefined;
  receiveCount: number;
  firstReceivedMs: number | undefined;
  visibleAtMs: number;
  receiptHandle: string | undefined;
  timer: TimerHandle | undefined;
}

export interface NewMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly senderId: string;
  readonly delaySeconds?: number | undefined;
}

export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly settings: QueueSettings;
  readonly createdMs: number;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #messages = new Map<string, Message>();
  readonly #listeners = new Set<() => void>();
  /** Called for each message that has used up its receives; the owner moves it. */
  onDead: (message: Message) => void = () => {};

  constructor(options: { name: string; arn: string; settings: QueueSettings; clock: Clock; newId: () => string }) {
    this.name = options.name;
    this.arn = options.arn;
    this.settings = options.settings;
    this.#clock = options.clock;
    this.#newId = options.newId;
    this.createdMs = options.clock.nowMs();
  }

  send(message: NewMessage): Message {
    const delaySeconds = message.delaySeconds ?? this.settings.delaySeconds;
    return this.#add(
      { ...message, id: this.#newId(), sentMs: this.#clock.nowMs(), deadFromArn: undefined },
      this.#clock.nowMs() + delaySeconds * 1000,
    );
  }

  /** Takes in a dead message: its id and its age stay, as in a standard queue's redrive. */
  bury(message: Message, fromArn: string): void {
    this.#add({ ...message, deadFromArn: fromArn }, this.#clock.nowMs());
  }

  /** Up to `max` available messages, now in flight. */
  receive(max: number, visibilityTimeoutSeconds = this.settings.visibilityTimeoutSeconds): Message[] {
    const nowMs = this.#clock.nowMs();
    const taken: Message[] = [];
    for (const message of this.#messages.values()) {
      if (taken.length >= max) {
        break;
      }
      if (message.visibleAtMs > nowMs) {
        continue;
      }
      if (this.#isExpired(message, nowMs)) {
        this.#drop(message);
      } else if (message.receiveCount >= (this.settings.redrive?.maxReceiveCount ?? Number.POSITIVE_INFINITY)) {
        this.#drop(message);
        this.onDead(message);
      } else {
        message.receiveCount += 1;
        message.firstReceivedMs ??= nowMs;
        message.receiptHandle = Buffer.from(`${message.id} ${message.receiveCount} ${this.name}`).toString('base64url');
        this.#showAt(message, nowMs + visibilityTimeoutSeconds * 1000);
        taken.push(message);
      }
    }
    return taken;
  }

  /** Deletes by the handle of the last receive. A handle of an earlier receive deletes nothing and is no error. */
  delete(receiptHandle: string): string | undefined {
    const message = this.#byHandle(receiptHandle);
    if (message === undefined || message.receiptHandle !== receiptHandle) {
      return undefined;
    }
    this.#drop(message);
    return message.id;
  }

  /** Throws MessageNotInflight, ReceiptHandleIsInvalid. */
  changeVisibility(receiptHandle: string, seconds: number): void {
    const message = this.#byHandle(receiptHandle);
    if (
      message === undefined ||
      message.receiptHandle !== receiptHandle ||
      message.visibleAtMs <= this.#clock.nowMs()
    ) {
      throw new AwsError('MessageNotInflight', 'The specified message isn’t in flight.', {
        queryCode: 'AWS.SimpleQueueService.MessageNotInflight',
      });
    }
    this.#showAt(message, this.#clock.nowMs() + seconds * 1000);
  }

  purge(): void {
    for (const message of [...this.#messages.values()]) {
      this.#drop(message);
    }
  }

  /** Takes out the oldest available message whatever its receives: for a message move. */
  takeOldest(): Message | undefined {
    const nowMs = this.#clock.nowMs();
    for (const message of this.#messages.values()) {
      if (message.visibleAtMs <= nowMs) {
        this.#drop(message);
        if (!this.#isExpired(message, nowMs)) {
          return message;
        }
      }
    }
    return undefined;
  }

  counts(): { available: number; inFlight: number; delayed: number } {
    const nowMs = this.#clock.nowMs();
    const counts = { available: 0, inFlight: 0, delayed: 0 };
    for (const message of [...this.#messages.values()]) {
      if (this.#isExpired(message, nowMs)) {
        this.#drop(message);
      } else if (message.visibleAtMs <= nowMs) {
        counts.available += 1;
      } else if (message.receiptHandle === undefined) {
        counts.delayed += 1;
      } else {
        counts.inFlight += 1;
      }
    }
    return counts;
  }

  /** Every message there is, without receiving: for tests and summaries. */
  peek(): readonly Readonly<Message>[] {
    return [...this.#messages.values()];
  }

  hasAvailable(): boolean {
    const nowMs = this.#clock.nowMs();
    for (const message of this.#messages.values()) {
      if (message.visibleAtMs <= nowMs) {
        return true;
      }
    }
    return false;
  }

  /** Calls `listener` whenever a message becomes available, until the returned function is called. */
  onAvailable(listener: () => void): () => void {
    this.#listeners.add(listener);
    for (const message of this.#messages.values()) {
      this.#watch(message);
    }
    return () => this.#listeners.delete(listener);
  }

  #add(
    content: Omit<Message, 'receiveCount' | 'firstReceivedMs' | 'visibleAtMs' | 'receiptHandle' | 'timer'>,
    atMs: number,
  ): Message {
    const message: Message = {
      ...content,
      receiveCount: 0,
      firstReceivedMs: undefined,
      visibleAtMs: atMs,
      receiptHandle: undefined,
      timer: undefined,
    };
    this.#messages.set(message.id, message);
    this.#watch(message);
    return message;
  }

  #showAt(message: Message, atMs: number): void {
    message.visibleAtMs = atMs;
    this.#watch(message);
  }

  /** A timer only where somebody listens: a queue nobody polls costs nothing and keeps no world from being idle. */
  #watch(message: Message): void {
    if (message.timer !== undefined) {
      this.#clock.cancel(message.timer);
      message.timer = undefined;
    }
    if (this.#listeners.size > 0) {
      message.timer = this.#clock.schedule(message.visibleAtMs, `sqs ${this.name} message available`, () => {
        message.timer = undefined;
        for (const listener of [...this.#listeners]) {
          listener();
        }
      });
    }
  }

  #drop(message: Message): void {
    this.#messages.delete(message.id);
    if (message.timer !== undefined) {
      this.#clock.cancel(message.timer);
      message.timer = undefined;
    }
  }

  #isExpired(message: Message, nowMs: number): boolean {
    return nowMs - message.sentMs > this.settings.retentionSeconds * 1000;
  }

  #byHandle(receiptHandle: string): Message | undefined {
    const [id = '', count, queue] = Buffer.from(receiptHandle, 'base64url').toString('utf8').split(' ');
    if (count === undefined || queue !== this.name) {
      throw new AwsError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
      );
    }
    return this.#messages.get(id);
  }
}
