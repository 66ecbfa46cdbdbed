/**
 * What the direct carrier leaves in the table: the end of an attempt, written once, and what is remembered of a mirror for the next request to
 * its source.
 */
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Carried, Work } from '@hourglass/lease';
import { memoryKey } from './keys.ts';
import { parseCarried } from './tips.ts';
import { getItem, parseWork, putResult, type WorkResult } from './work.ts';

/**
 * Writes what came of an attempt, unless somebody has before: the first word on an attempt is its end.
 * @returns whether this call did; false also for an attempt that is forgotten
 */
export async function endAttempt(
  document: DynamoDBDocumentClient,
  tableName: string,
  token: string,
  result: WorkResult,
): Promise<boolean> {
  const isFirst = 'attribute_exists(pk) AND attribute_not_exists(#result)';
  return putResult(document, tableName, token, result, isFirst);
}

/** The work of an attempt whose end nobody has written, strongly consistent; undefined if somebody has, or if it is forgotten. @throws WorkMalformed */
export async function readOpenWork(
  document: DynamoDBDocumentClient,
  tableName: string,
  token: string,
): Promise<Work | undefined> {
  const Item = await getItem(document, tableName, token, {});
  return Item === undefined || Item.result !== undefined ? undefined : parseWork(token, Item);
}

/** Whether nobody has written the end of this attempt: only then it may still change anything. Strongly consistent. */
export async function isUnderWay(document: DynamoDBDocumentClient, tableName: string, token: string): Promise<boolean> {
  const Item = await getItem(document, tableName, token, {});
  return Item !== undefined && Item.result === undefined;
}

/** What is remembered of the mirror of this task key, if it has ever been carried so. */
export async function readCarried(
  document: DynamoDBDocumentClient,
  tableName: string,
  leaseId: string,
  taskKey: string,
): Promise<Carried | undefined> {
  const { Item } = await document.send(
    new GetCommand({ TableName: tableName, Key: memoryKey(leaseId, taskKey), ConsistentRead: true }),
  );
  return parseCarried(Item?.carried);
}
