/**
 * ReceiveMessage: at once, or by a long poll that sleeps on the clock.
 */
import type { CloudCore } from '../core.ts';
import { invalid } from './invalid.ts';
import { digestAttributes, digestBody } from './message-digest.ts';
import type { Message, Queue } from './queue.ts';

export interface ReceiveInput {
  readonly MaxNumberOfMessages?: number;
  readonly VisibilityTimeout?: number;
  readonly WaitTimeSeconds?: number;
  readonly AttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
  readonly MessageAttributeNames?: readonly string[];
}

/** Throws InvalidParameterValue. */
export async function receive(core: CloudCore, queue: Queue, input: ReceiveInput): Promise<{ Messages?: unknown[] }> {
  const max = input.MaxNumberOfMessages ?? 1;
  if (max < 1 || max > 10) {
    throw invalid(
      `Value ${max} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
    );
  }
  let messages = queue.receive(max, input.VisibilityTimeout);
  const deadlineMs = core.clock.nowMs() + (input.WaitTimeSeconds ?? queue.settings.receiveWaitSeconds) * 1000;
  while (messages.length === 0 && core.clock.nowMs() < deadlineMs) {
    await untilAvailable(core, queue, deadlineMs);
    messages = queue.receive(max, input.VisibilityTimeout);
  }
  return messages.length === 0 ? {} : { Messages: messages.map((message) => toWire(message, input)) };
}

function untilAvailable(core: CloudCore, queue: Queue, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const resume = core.clock.pauseWork();
    const finish = (): void => {
      core.clock.cancel(timer);
      unsubscribe();
      resume();
      resolve();
    };
    const timer = core.clock.schedule(deadlineMs, `sqs ${queue.name} long poll`, finish);
    const unsubscribe = queue.onAvailable(finish);
  });
}

function toWire(message: Message, input: ReceiveInput): Record<string, unknown> {
  const wanted = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => wanted.includes('All') || wanted.includes(name),
  );
  const names = input.MessageAttributeNames ?? [];
  const own = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) =>
      names.some((pattern) =>
        pattern === 'All' || pattern === '.*'
          ? true
          : pattern.endsWith('.*')
            ? name.startsWith(pattern.slice(0, -2))
            : pattern === name,
      ),
    ),
  );
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: digestBody(message.body),
    Attributes: system.length === 0 ? undefined : Object.fromEntries(system),
    MessageAttributes: Object.keys(own).length === 0 ? undefined : own,
    MD5OfMessageAttributes: digestAttributes(own),
  };
}

/** The attributes SQS itself keeps of a message, as texts. */
function systemAttributes(message: Readonly<Message>): Record<string, string> {
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(Math.trunc(message.sentMs)),
    SenderId: message.senderId,
    ApproximateFirstReceiveTimestamp: String(Math.trunc(message.firstReceivedMs ?? message.sentMs)),
    ...(message.deadFromArn === undefined ? {} : { DeadLetterQueueSourceArn: message.deadFromArn }),
  };
}
