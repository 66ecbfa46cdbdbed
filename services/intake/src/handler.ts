import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { createDynamoDbStore } from '@hourglass/lease-dynamodb';
import { createServiceEffects, dynamoDbDocument, parseEnv, readSettings, serve, sqs } from '@hourglass/shared';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { acceptRequests } from './accept.ts';
import { intakeEnv } from './config.ts';

const config = parseEnv(intakeEnv, readSettings(process.env));
const effects = createServiceEffects('intake', config, createDynamoDbStore(dynamoDbDocument(), config.TABLE_NAME));
const queues = sqs();

async function keepRejected(body: string, reason: string): Promise<void> {
  // SQS refuses an attribute that holds control characters, noncharacters or half a surrogate pair.
  const StringValue = reason
    .slice(0, 1_024)
    .toWellFormed()
    .replace(/[^\P{C}\s]/gu, '\ufffd');
  const MessageAttributes = { reason: { DataType: 'String', StringValue } };
  await queues.send(
    new SendMessageCommand({ QueueUrl: config.REJECTED_QUEUE_URL, MessageBody: body, MessageAttributes }),
  );
}

export const handler = serve<SQSEvent, SQSBatchResponse>('intake', async ({ Records }, logger) => {
  const warn = (message: string, error?: Error) => (error ? logger.warn(message, error) : logger.warn(message));
  const failed = await acceptRequests(Records, config, { ...effects, keepRejected, warn });
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
});
