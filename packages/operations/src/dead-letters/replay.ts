/**
 * Brings dead letters back. All at once is SQS's own move. Those of one task go page by page: sent to the replay queue, then deleted here. An interruption
 * between the two leaves a message in both; it asks for the same request id, which counts once, and the next replay deletes what was asked already. So
 * nothing is lost and nothing runs twice, wherever it is interrupted.
 */

import {
  DeleteMessageBatchCommand,
  type Message,
  SendMessageBatchCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { nextReplayId } from '@hourglass/shared/dead-letters';
import { findRequests } from '../deployment/leases.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { OperationFailed } from '../errors.ts';
import { countResting } from '../status/queue-counts.ts';
import { lookAt } from './look.ts';
import { arnOfQueue } from './queue-arn.ts';
import { readDeadTask } from './read-letter.ts';

/** Messages that are looked through for one task's, at most. */
const MAX_LOOKED_AT = 20_000;

export interface Replayed {
  /** Messages on their way back; of all at once, as SQS counts them. */
  readonly replayed: number;
  /** Ids of the requests that will ask anew; of all at once they are not looked at. */
  readonly requestIds: readonly string[];
}

/** @param which a task (`mirror:<repository>`), one request, or everything */
export async function replay(
  deployment: Deployment,
  which: { task: string } | { requestId: string } | { all: true },
): Promise<Replayed> {
  if ('all' in which) return moveAll(deployment);
  const sqs = await deployment.clients.sqs();
  const requestIds: string[] = [];
  await lookAt(sqs, deployment.description.queueUrls.failedMirrors, {
    limit: MAX_LOOKED_AT,
    async visit(messages) {
      const wanted = messages.filter((message) => isWanted(message, which));
      if (wanted.length > 0) requestIds.push(...(await bringBack(deployment, sqs, wanted)));
      return { taken: wanted, stop: 'requestId' in which && wanted.length > 0 };
    },
  });
  return { replayed: requestIds.length, requestIds };
}

function isWanted(message: Message, which: { task: string } | { requestId: string }): boolean {
  const dead = readDeadTask(message);
  return 'task' in which ? dead?.taskKey === which.task : dead?.requestId === which.requestId;
}

async function bringBack(deployment: Deployment, sqs: SQSClient, messages: Message[]): Promise<string[]> {
  const { description } = deployment;
  const ids = messages.map((message) => nextReplayId(readDeadTask(message)?.requestId ?? ''));
  const asked = await Promise.all(ids.map((id) => findRequests(deployment, id)));
  const unasked = messages.filter((_, index) => asked[index]?.length === 0);
  if (unasked.length > 0) {
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: description.queueUrls.replay,
        // An operator's replay is no redrive of its own: it starts as soon as any request, and is never parked.
        Entries: unasked.map((message, index) => ({ Id: String(index), MessageBody: byOperator(message) })),
      }),
    );
    refuse(Failed, 'sent to the replay queue');
  }
  const { Failed = [] } = await sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: description.queueUrls.failedMirrors,
      Entries: messages.map(({ ReceiptHandle = '' }, index) => ({ Id: String(index), ReceiptHandle })),
    }),
  );
  refuse(Failed, 'deleted; they are replayed all the same, once');
  return ids;
}

function byOperator({ Body = '' }: Message): string {
  // Written as it came but for one field, with what JSON need not escape and SQS refuses escaped.
  return JSON.stringify({ ...JSON.parse(Body), by: 'operator' }).replace(
    /[\ufffe\uffff]/g,
    (noncharacter) => `\\u${noncharacter.charCodeAt(0).toString(16)}`,
  );
}

function refuse(failed: { Message?: string | undefined }[], what: string): void {
  if (failed.length === 0) return;
  throw new OperationFailed(
    `messages could not be ${what} (${failed.length}): ${failed[0]?.Message ?? 'SQS gives no reason'}`,
  );
}

async function moveAll(deployment: Deployment): Promise<Replayed> {
  const { failedMirrors } = await countResting(deployment);
  if (failedMirrors === 0) return { replayed: 0, requestIds: [] };
  const sqs = await deployment.clients.sqs();
  const { queueUrls } = deployment.description;
  const [SourceArn, DestinationArn] = await Promise.all(
    [queueUrls.failedMirrors, queueUrls.replay].map((url) => arnOfQueue(sqs, url)),
  );
  try {
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
  } catch (error) {
    if (!(error instanceof Error) || !/active message movement task|already/i.test(error.message)) throw error;
    throw new OperationFailed('the messages are being moved already; look again in a minute');
  }
  return { replayed: failedMirrors, requestIds: [] };
}
