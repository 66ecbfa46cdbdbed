/** What each opening of a lease cost, for the operator and for reports. */
import { type DynamoDBDocumentClient, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { endedKey } from './keys.ts';

/** One opening: billed from the stack's creation to its deletion. `openedAtMs` null: nothing was ever created. */
export interface EndedLease {
  fence: number;
  openedAtMs: number | null;
  closedAtMs: number;
  /** The creation failed. */
  failed: boolean;
  /** AWS's own words for that, where it had any. */
  message?: string;
}

/** All openings of a lease that have ended, oldest first. */
export async function listEndedLeases(
  document: DynamoDBDocumentClient,
  tableName: string,
  leaseId: string,
): Promise<EndedLease[]> {
  const ended: EndedLease[] = [];
  const pages = paginateQuery(
    { client: document },
    {
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': endedKey(leaseId, 0).pk },
    },
  );
  for await (const { Items = [] } of pages) for (const item of Items) ended.push(item.data as EndedLease);
  return ended;
}

/** The openings that ended at `sinceMs` or later, newest first, `limit` at most. */
export async function readEndedLeases(
  document: DynamoDBDocumentClient,
  tableName: string,
  leaseId: string,
  { sinceMs, limit }: { sinceMs: number; limit: number },
): Promise<EndedLease[]> {
  const ended: EndedLease[] = [];
  const pages = paginateQuery(
    { client: document, pageSize: Math.min(limit, 100) },
    {
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': endedKey(leaseId, 0).pk },
      ScanIndexForward: false,
    },
  );
  for await (const { Items = [] } of pages) {
    for (const { data } of Items) {
      if (data.closedAtMs < sinceMs || ended.length === limit) return ended;
      ended.push(data as EndedLease);
    }
  }
  return ended;
}

/** What this opening cost; `undefined`: it is not over. */
export async function readEndedLease(
  document: DynamoDBDocumentClient,
  tableName: string,
  leaseId: string,
  fence: number,
): Promise<EndedLease | undefined> {
  const { Item } = await document.send(new GetCommand({ TableName: tableName, Key: endedKey(leaseId, fence) }));
  return Item?.data as EndedLease | undefined;
}
