/**
 * SQS's API over the queues. Names of errors are those of the JSON protocol; `queryCode` carries the older ones.
 */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { ApiCall, Operation } from '../service.ts';
import { invalid } from './invalid.ts';
import { digestAttributes, digestBody, type MessageAttributes } from './message-digest.ts';
import type { MoveTasks } from './move-task.ts';
import type { Queue } from './queue.ts';
import { attributesOf } from './queue-attributes.ts';
import { receive } from './receive.ts';
import type { QueueRegistry } from './registry.ts';

const maxBatchEntries = 10;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html */
const MAX_LISTED = 1_000;

export function createSqsOperations(
  core: CloudCore,
  registry: QueueRegistry,
  moves: MoveTasks,
): Record<string, Operation> {
  const sendOne = (queue: Queue, entry: SendEntry, call: ApiCall): Record<string, unknown> => {
    const attributes = entry.MessageAttributes ?? {};
    checkBody(entry.MessageBody, attributes, queue);
    const message = queue.send({
      body: entry.MessageBody as string,
      attributes,
      senderId: call.principal.arn,
      delaySeconds: entry.DelaySeconds === undefined ? undefined : delay(entry.DelaySeconds),
    });
    core.trace({ kind: 'message-sent', atMs: call.nowMs, queue: queue.name, messageId: message.id });
    return {
      MessageId: message.id,
      MD5OfMessageBody: digestBody(message.body),
      MD5OfMessageAttributes: digestAttributes(attributes),
    };
  };
  const deleteOne = (queue: Queue, entry: { ReceiptHandle: string }): Record<string, unknown> => {
    const messageId = queue.delete(entry.ReceiptHandle);
    if (messageId !== undefined) {
      core.trace({ kind: 'message-deleted', atMs: core.clock.nowMs(), queue: queue.name, messageId });
    }
    return {};
  };
  const changeOne = (
    queue: Queue,
    entry: { ReceiptHandle: string; VisibilityTimeout: number },
  ): Record<string, unknown> => {
    queue.changeVisibility(entry.ReceiptHandle, entry.VisibilityTimeout);
    return {};
  };

  return {
    SendMessage: (input, call) => sendOne(registry.byUrl(input.QueueUrl), input, call),
    SendMessageBatch: (input, call) => {
      const queue = registry.byUrl(input.QueueUrl);
      return batch(input.Entries, (entry: SendEntry) => sendOne(queue, entry, call));
    },
    ReceiveMessage: (input) => receive(core, registry.byUrl(input.QueueUrl), input),
    DeleteMessage: (input) => deleteOne(registry.byUrl(input.QueueUrl), input),
    DeleteMessageBatch: (input) => {
      const queue = registry.byUrl(input.QueueUrl);
      return batch(input.Entries, (entry: { Id?: string; ReceiptHandle: string }) => deleteOne(queue, entry));
    },
    ChangeMessageVisibility: (input) => changeOne(registry.byUrl(input.QueueUrl), input),
    ChangeMessageVisibilityBatch: (input) => {
      const queue = registry.byUrl(input.QueueUrl);
      return batch(input.Entries, (entry: { Id?: string; ReceiptHandle: string; VisibilityTimeout: number }) =>
        changeOne(queue, entry),
      );
    },
    GetQueueUrl: (input) => ({ QueueUrl: registry.urlOf(registry.byName(input.QueueName)) }),
    GetQueueAttributes: (input) => attributesOf(registry, registry.byUrl(input.QueueUrl), input.AttributeNames ?? []),
    ListQueues: (input) => {
      const urls = registry
        .all()
        .filter((queue) => queue.name.startsWith(input.QueueNamePrefix ?? ''))
        .map((queue) => registry.urlOf(queue));
      const from = Number(input.NextToken ?? 0);
      const to = from + (input.MaxResults ?? MAX_LISTED);
      // A token is given only to who asked for pages.
      const more = input.MaxResults !== undefined && to < urls.length;
      return { QueueUrls: urls.slice(from, to), ...(more && { NextToken: String(to) }) };
    },
    ListDeadLetterSourceQueues: (input) => ({
      queueUrls: registry.sourcesOf(registry.byUrl(input.QueueUrl).arn).map((queue) => registry.urlOf(queue)),
    }),
    PurgeQueue: (input) => {
      registry.byUrl(input.QueueUrl).purge();
      return {};
    },
    StartMessageMoveTask: (input) => {
      const source = registry.byArn(input.SourceArn);
      if (registry.sourcesOf(source.arn).length === 0) {
        throw invalid('Source queue must be configured as a Dead Letter Queue.');
      }
      if (input.DestinationArn !== undefined) {
        registry.byArn(input.DestinationArn);
      }
      return moves.start(source, input.DestinationArn, input.MaxNumberOfMessagesPerSecond);
    },
    ListMessageMoveTasks: (input) => moves.list(registry.byArn(input.SourceArn), input.MaxResults ?? 1),
    CancelMessageMoveTask: (input) => moves.cancel(input.TaskHandle),
  };
}

interface SendEntry {
  readonly Id?: string;
  readonly MessageBody?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: MessageAttributes;
}

function batch<T extends { Id?: string }>(
  entries: readonly T[] | undefined,
  one: (entry: T) => Record<string, unknown>,
): { Successful: unknown[]; Failed: unknown[] } {
  if (entries === undefined || entries.length === 0) {
    throw batchError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > maxBatchEntries) {
    throw batchError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${maxBatchEntries}.`);
  }
  if (new Set(entries.map((entry) => entry.Id)).size < entries.length) {
    throw batchError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
  }
  const successful: unknown[] = [];
  const failed: unknown[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...one(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) {
        throw error;
      }
      failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful: successful, Failed: failed };
}

function batchError(code: string, message: string): AwsError {
  return new AwsError(code, message, { queryCode: `AWS.SimpleQueueService.${code}` });
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html: the characters of XML 1.0. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function checkBody(body: string | undefined, attributes: MessageAttributes, queue: Queue): void {
  if (body === undefined || body === '') {
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  }
  const texts = Object.entries(attributes).flatMap(([name, { DataType, StringValue = '' }]) => [
    name,
    DataType ?? '',
    StringValue,
  ]);
  if ([body, ...texts].some((text) => forbidden.test(text))) {
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid binary character was found in the message body or an attribute.',
    );
  }
  // Attributes count: the limit is of the whole message.
  if (Buffer.byteLength([body, ...texts].join('')) > queue.settings.maxMessageBytes) {
    throw invalid(
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.settings.maxMessageBytes} bytes.`,
    );
  }
}

function delay(seconds: number): number {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 900) {
    throw invalid(
      `Value ${seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    );
  }
  return seconds;
}
