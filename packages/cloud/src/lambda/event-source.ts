/**
 * An event-source mapping from a queue: takes batches, invokes the function, deletes what succeeded. What failed comes back when its
 * visibility timeout is over. Nothing is polled in between: the queue says when a message is available.
 * Source: Lambda developer guide, "Using Lambda with Amazon SQS", "Handling errors for an SQS event source".
 */
import type { TimerHandle } from '../clock.ts';
import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import { digestBody } from '../sqs/message-digest.ts';
import type { Queue } from '../sqs/queue.ts';
import type { LambdaFunction } from './function.ts';

export interface EventSourceSettings {
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly reportsItemFailures: boolean;
  readonly maxConcurrency: number;
}

/** How many batches Lambda's pollers begin with where no maximum is set. */
export const defaultConcurrency = 5;

const retryMs = 1000;

interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes?: Record<string, string>;
  readonly MessageAttributes?: Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>;
}

export class EventSource {
  readonly #core: CloudCore;
  readonly queue: Queue;
  readonly fn: LambdaFunction;
  readonly settings: EventSourceSettings;
  readonly #unsubscribe: () => void;
  #active = 0;
  /** The batch that is to begin, and whether it still waits for more messages. */
  #gathering: { timer: TimerHandle; waits: boolean } | undefined;
  #waking = false;

  constructor(core: CloudCore, queue: Queue, fn: LambdaFunction, settings: EventSourceSettings) {
    this.#core = core;
    this.queue = queue;
    this.fn = fn;
    this.settings = settings;
    this.#unsubscribe = queue.onAvailable(() => this.#wake());
  }

  close(): void {
    this.#unsubscribe();
  }

  /** Begins a batch: as soon as it is full, else when its window is over. */
  #wake(): void {
    if (this.#gathering !== undefined || this.#active >= this.settings.maxConcurrency) {
      if (this.#gathering?.waits && this.#isFull()) this.#gather(0);
      return;
    }
    const waits = this.settings.windowSeconds > 0 && !this.#isFull();
    this.#gather(waits ? this.settings.windowSeconds * 1000 : 0);
  }

  #gather(windowMs: number): void {
    const { clock } = this.#core;
    if (this.#gathering !== undefined) clock.cancel(this.#gathering.timer);
    const timer = clock.schedule(clock.nowMs() + windowMs, `batch from ${this.queue.name}`, () => {
      this.#gathering = undefined;
      return this.#runBatch();
    });
    this.#gathering = { timer, waits: windowMs > 0 };
  }

  #isFull(): boolean {
    return this.queue.counts().available >= this.settings.batchSize;
  }

  async #runBatch(): Promise<void> {
    this.#active += 1;
    try {
      const messages = await this.#receive();
      // The pollers do not ask whether there is room before they receive, so a message that is throttled has been received once more, and comes
      // back when its visibility timeout is over: https://github.com/DataBiosphere/azul/issues/3708
      if (messages.length > 0 && !this.fn.isThrottled()) {
        await this.#invoke(messages);
      }
    } catch (error) {
      if (!(error instanceof AwsError)) {
        throw error;
      }
      // A role that may not receive or delete: the trace has the refusal, the messages stay. What may pass is tried again.
      if (error.httpStatus >= 500 || error.httpStatus === 429) {
        this.#wakeLater();
      }
      return;
    } finally {
      this.#active -= 1;
    }
    if (this.queue.hasAvailable()) {
      this.#wake();
    }
  }

  #wakeLater(): void {
    if (this.#waking) {
      return;
    }
    this.#waking = true;
    const { clock } = this.#core;
    clock.schedule(clock.nowMs() + retryMs, `queue ${this.queue.name} again`, () => {
      this.#waking = false;
      if (this.queue.hasAvailable()) {
        this.#wake();
      }
    });
  }

  async #receive(): Promise<ReceivedMessage[]> {
    const messages: ReceivedMessage[] = [];
    while (messages.length < this.settings.batchSize) {
      const received = (await this.#core.call(
        'sqs',
        'ReceiveMessage',
        {
          QueueUrl: this.queue.name,
          MaxNumberOfMessages: Math.min(10, this.settings.batchSize - messages.length),
          AttributeNames: ['All'],
          MessageAttributeNames: ['All'],
          WaitTimeSeconds: 0,
        },
        this.fn.principal,
      )) as { Messages?: ReceivedMessage[] };
      if (received.Messages === undefined) {
        break;
      }
      messages.push(...received.Messages);
    }
    return messages;
  }

  async #invoke(messages: readonly ReceivedMessage[]): Promise<void> {
    const result = await this.fn.run({
      payload: JSON.stringify({ Records: messages.map((message) => this.#toRecord(message)) }),
      requestId: this.#core.newUuid(),
      attempt: Math.max(...messages.map((message) => Number(message.Attributes?.ApproximateReceiveCount ?? 1))),
      trigger: `queue ${this.queue.name}`,
    });
    const failed = result.outcome === 'ok' ? this.#failedIds(JSON.parse(result.payload), messages) : 'all';
    const done = failed === 'all' ? [] : messages.filter((message) => !failed.has(message.MessageId));
    for (let at = 0; at < done.length; at += 10) {
      const Entries = done
        .slice(at, at + 10)
        .map((message) => ({ Id: message.MessageId, ReceiptHandle: message.ReceiptHandle }));
      await this.#core.call('sqs', 'DeleteMessageBatch', { QueueUrl: this.queue.name, Entries }, this.fn.principal);
    }
  }

  /** An answer that names an unknown or empty id fails the whole batch. */
  #failedIds(answer: unknown, messages: readonly ReceivedMessage[]): Set<string> | 'all' {
    const failures = (answer as { batchItemFailures?: { itemIdentifier?: string }[] } | null)?.batchItemFailures;
    if (!this.settings.reportsItemFailures || failures === undefined || failures === null) {
      return new Set();
    }
    const known = new Set(messages.map((message) => message.MessageId));
    const ids = failures.map((failure) => failure.itemIdentifier ?? '');
    return ids.every((id) => known.has(id)) ? new Set(ids) : 'all';
  }

  #toRecord(message: ReceivedMessage): object {
    return {
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
          name,
          {
            stringValue: value.StringValue,
            binaryValue: value.BinaryValue,
            stringListValues: [],
            binaryListValues: [],
            dataType: value.DataType,
          },
        ]),
      ),
      md5OfBody: digestBody(message.Body),
      eventSource: 'aws:sqs',
      eventSourceARN: this.queue.arn,
      awsRegion: this.#core.region,
    };
  }
}
