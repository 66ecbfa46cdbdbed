import { GetQueueAttributesCommand, SendMessageCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import {
  createPublisher,
  dynamoDbDocument,
  EndpointsReady,
  eventBridge,
  isRefusal,
  on,
  parseEnv,
  route,
  serve,
  sqs,
} from '@hourglass/shared';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { replayEnv } from './config.ts';
import { createRedriveRecord } from './redrive-record.ts';
import { type ReplayEffects, redriveFailedMirrors, replayMessage } from './replay.ts';

const config = parseEnv(replayEnv, process.env);
const queues = sqs();
const effects: ReplayEffects = {
  ...createRedriveRecord(dynamoDbDocument(), config.TABLE_NAME, config.LEASE_ID),
  publish: createPublisher(eventBridge(), config.BUS_NAME),
  async hasMessages() {
    const asked = { QueueUrl: config.FAILED_QUEUE_URL, AttributeNames: ['ApproximateNumberOfMessages' as const] };
    const { Attributes } = await queues.send(new GetQueueAttributesCommand(asked));
    return Number(Attributes?.ApproximateNumberOfMessages ?? 0) > 0;
  },
  async moveMessages() {
    // Messages that the services sent there themselves have no queue of origin, so the destination must be named.
    const queueArns = { SourceArn: config.FAILED_QUEUE_ARN, DestinationArn: config.REPLAY_QUEUE_ARN };
    try {
      await queues.send(new StartMessageMoveTaskCommand(queueArns));
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return false;
    }
  },
  async park(body) {
    await queues.send(new SendMessageCommand({ QueueUrl: config.FAILED_QUEUE_URL, MessageBody: body }));
  },
  nowMs: () => Date.now(),
};

export const handler = serve<unknown, SQSBatchResponse | undefined>('replay', async (event, logger) => {
  if (!isQueueEvent(event)) {
    await route([on(EndpointsReady, () => redriveFailedMirrors(effects))], event, logger);
    return undefined;
  }
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { messageId, body } of event.Records) {
    try {
      await replayMessage(body, effects);
    } catch (error) {
      logger.warn('This message could not be replayed', error as Error);
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
});

function isQueueEvent(event: unknown): event is SQSEvent {
  return typeof event === 'object' && event !== null && 'Records' in event;
}
