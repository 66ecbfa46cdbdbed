/**
 * Looks at the messages of a queue without taking them: each is received, hidden from others meanwhile, and shown again at the end. Who looks and is
 * interrupted leaves everything in the queue; it is seen again when its time is over.
 */
import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** Longer than a look at thousands of messages. */
const HIDDEN_SECONDS = 300;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const PER_CALL = 10;

export interface Look {
  readonly limit: number;
  /** What is done with a page of messages. @returns those that it has taken out of the queue; `stop`: enough was seen */
  visit(messages: Message[]): Promise<{ taken: Message[]; stop?: boolean }>;
}

/** Each message is visited once. */
export async function lookAt(sqs: SQSClient, QueueUrl: string, { limit, visit }: Look): Promise<void> {
  const seen = new Set<string>();
  let held: Message[] = [];
  try {
    while (seen.size < limit) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: Math.min(PER_CALL, limit - seen.size),
          VisibilityTimeout: HIDDEN_SECONDS,
          // So that every server is asked: a short poll may find nothing where there is something.
          WaitTimeSeconds: 1,
          MessageSystemAttributeNames: ['SentTimestamp'],
          MessageAttributeNames: ['reason'],
        }),
      );
      const fresh = Messages.filter(({ MessageId = '' }) => !seen.has(MessageId));
      held.push(...fresh);
      if (fresh.length === 0) break;
      for (const { MessageId = '' } of fresh) seen.add(MessageId);
      const { taken, stop } = await visit(fresh);
      held = held.filter((message) => !taken.includes(message));
      if (stop) break;
    }
  } finally {
    await show(sqs, QueueUrl, held);
  }
}

async function show(sqs: SQSClient, QueueUrl: string, messages: Message[]): Promise<void> {
  for (let start = 0; start < messages.length; start += PER_CALL) {
    const Entries = messages
      .slice(start, start + PER_CALL)
      .map(({ ReceiptHandle = '' }, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 }));
    // What cannot be shown now is shown when its time is over.
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })).catch(() => {});
  }
}
