/** What has been published, in the one table: `notice#<lease>` with `<task key>` while it fails, and `hour#<n>` with how many that hour has had. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

export interface Notice {
  /** The request that failed first. */
  readonly requestId: string;
  readonly sinceMs: number;
  readonly sent?: boolean;
}

export interface Records {
  /** Writes the notice, unless the task has one. @returns the one that is there now */
  beginNotice(taskKey: string, notice: Notice): Promise<Notice>;
  markSent(taskKey: string, requestId: string): Promise<void>;
  readNotice(taskKey: string): Promise<Notice | undefined>;
  /** Takes the notice away, unless it is another one by now. */
  endNotice(taskKey: string, requestId: string): Promise<void>;
  /** @returns how many this hour has had, this one included */
  countNotice(hour: number): Promise<number>;
}

/** An hour's count is of no use after it. */
const COUNT_LASTS_S = 7_200;

export function createRecords(document: DynamoDBDocumentClient, TableName: string, leaseId: string): Records {
  const keyOf = (sk: string) => ({ pk: `notice#${leaseId}`, sk });
  async function readNotice(taskKey: string): Promise<Notice | undefined> {
    const { Item } = await document.send(new GetCommand({ TableName, Key: keyOf(taskKey), ConsistentRead: true }));
    return Item as Notice | undefined;
  }
  return {
    readNotice,
    async beginNotice(taskKey, notice) {
      const Item = { ...keyOf(taskKey), ...notice };
      try {
        await document.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
        return notice;
      } catch (error) {
        ignoreMoved(error);
        return (await readNotice(taskKey)) ?? notice;
      }
    },
    async markSent(taskKey, requestId) {
      await document
        .send(
          new UpdateCommand({
            TableName,
            Key: keyOf(taskKey),
            UpdateExpression: 'SET sent = :yes',
            ConditionExpression: 'requestId = :request',
            ExpressionAttributeValues: { ':request': requestId, ':yes': true },
          }),
        )
        .catch(ignoreMoved);
    },
    async endNotice(taskKey, requestId) {
      await document
        .send(
          new DeleteCommand({
            TableName,
            Key: keyOf(taskKey),
            ConditionExpression: 'requestId = :request',
            ExpressionAttributeValues: { ':request': requestId },
          }),
        )
        .catch(ignoreMoved);
    },
    async countNotice(hour) {
      const { Attributes } = await document.send(
        new UpdateCommand({
          TableName,
          Key: keyOf(`hour#${hour}`),
          UpdateExpression: 'ADD sent :one SET expiresAt = :end',
          ExpressionAttributeValues: { ':one': 1, ':end': hour * 3_600 + COUNT_LASTS_S },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return Number(Attributes?.sent ?? 1);
    },
  };
}

function ignoreMoved(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
}
