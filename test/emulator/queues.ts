/** Looks into queues without taking anything out. */
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export async function queueUrl(sqs: SQSClient, QueueName: string): Promise<string> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  if (QueueUrl === undefined) throw new Error(`there is no queue ${QueueName}`);
  return QueueUrl;
}

/** Messages there are, those in somebody's hands too. */
export async function countMessages(sqs: SQSClient, name: string): Promise<number> {
  const QueueUrl = await queueUrl(sqs, name);
  const AttributeNames = ['ApproximateNumberOfMessages' as const, 'ApproximateNumberOfMessagesNotVisible' as const];
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return AttributeNames.reduce((sum, attribute) => sum + Number(Attributes[attribute] ?? 0), 0);
}

/** @returns a message's body; the message is visible again at once. */
export async function peekMessage(sqs: SQSClient, name: string): Promise<string | undefined> {
  const QueueUrl = await queueUrl(sqs, name);
  const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
  return message?.Body;
}
