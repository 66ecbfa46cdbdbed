/** What an operator has put away, and why: kept beside the history, for as long. */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { discardKey } from '@hourglass/lease-dynamodb';
import type { Deployment } from '../deployment/open-deployment.ts';
import type { DeadLetter } from '../model/index.ts';
import { isoTime } from '../times.ts';

const KEPT_SECONDS = 90 * 24 * 3_600;

export interface Discard {
  readonly at: string;
  readonly reason: string;
}

/** Written before the message goes: after a crash between the two it is put away once more. */
export async function recordDiscard(deployment: Deployment, letter: DeadLetter, reason: string): Promise<void> {
  const nowMs = deployment.nowMs();
  const { requestId, task, messageId } = letter;
  const document = await deployment.clients.dynamoDb();
  await document.send(
    new PutCommand({
      TableName: deployment.description.table,
      Item: {
        ...discardKey(deployment.name, requestId ?? messageId),
        data: { at: isoTime(nowMs), reason, task },
        expiresAt: Math.floor(nowMs / 1_000) + KEPT_SECONDS,
      },
    }),
  );
}

export async function readDiscard(deployment: Deployment, requestId: string): Promise<Discard | undefined> {
  const document = await deployment.clients.dynamoDb();
  const { Item } = await document.send(
    new GetCommand({ TableName: deployment.description.table, Key: discardKey(deployment.name, requestId) }),
  );
  return Item?.data as Discard | undefined;
}
