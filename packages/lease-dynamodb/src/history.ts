/** What became of requests, read back: by time, by task, by id. Every read is a query with a limit. */
import { type DynamoDBDocumentClient, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Origin, Report, Request, Try } from '@hourglass/lease';
import { historyKey, requestPartition, TIMELINE_INDEX, type Timeline, timelineKey } from './keys.ts';

/** How a request ended. What entries of earlier releases lack is optional. */
export interface Ending {
  request: Request;
  status: 'succeeded' | 'superseded' | 'dead' | 'handedOver';
  message: string;
  token: string | null;
  fence: number;
  attempts?: number;
  finishedAtMs: number;
  tries?: readonly Try[];
  report?: Report;
}

/** A request as it was accepted. `joins` is its own id, if it joined no other. */
export interface Acceptation {
  requestId: string;
  taskKey: string;
  acceptedAtMs: number;
  startByMs?: number;
  as: 'pending' | 'merged' | 'hastened' | 'again';
  joins: string;
  origin?: Origin;
}

/** Of the history: how a request ended, or that it joined another. */
export type HistoryItem =
  | { kind: 'ending'; atMs: number; ending: Ending }
  | { kind: 'joined'; atMs: number; joined: Acceptation };

export interface HistoryQuery {
  /** From then on, and before then; epoch milliseconds. */
  readonly sinceMs?: number | undefined;
  readonly beforeMs?: number | undefined;
  readonly limit: number;
}

/** One timeline, newest first. Eventually consistent: an entry is there within moments of its write. */
export async function readTimeline(
  document: DynamoDBDocumentClient,
  tableName: string,
  leaseId: string,
  timeline: Timeline,
  { sinceMs, beforeMs, limit }: HistoryQuery,
): Promise<HistoryItem[]> {
  return await query(document, limit, {
    TableName: tableName,
    IndexName: TIMELINE_INDEX,
    KeyConditionExpression: 'timeline = :timeline AND #at BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#at': 'at' },
    ExpressionAttributeValues: {
      ':timeline': timelineKey(leaseId, timeline, 0, '').timeline,
      ...bounds(sinceMs, beforeMs),
    },
  });
}

/** How the requests of one task ended, newest first, strongly consistent; those that joined others are not among them. */
export async function readTaskHistory(
  document: DynamoDBDocumentClient,
  tableName: string,
  leaseId: string,
  taskKey: string,
  { sinceMs, beforeMs, limit }: HistoryQuery,
): Promise<HistoryItem[]> {
  return await query(document, limit, {
    TableName: tableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':pk': historyKey(leaseId, taskKey, 0, '').pk, ...bounds(sinceMs, beforeMs) },
  });
}

/** Keys begin with an ISO time, and no time begins with a tilde. */
function bounds(sinceMs = 0, beforeMs?: number) {
  return {
    ':from': new Date(sinceMs).toISOString(),
    ':to': beforeMs === undefined ? '~' : new Date(beforeMs).toISOString(),
  };
}

async function query(
  document: DynamoDBDocumentClient,
  limit: number,
  input: ConstructorParameters<typeof QueryCommand>[0],
): Promise<HistoryItem[]> {
  const items: HistoryItem[] = [];
  const pages = paginateQuery(
    { client: document, pageSize: Math.min(limit, 500) },
    { ...input, ScanIndexForward: false },
  );
  for await (const { Items = [] } of pages) {
    items.push(...Items.map(itemOf));
    if (items.length >= limit) break;
  }
  return items.slice(0, limit);
}

function itemOf({ pk, sk, data }: Record<string, unknown>): HistoryItem {
  if (String(pk).startsWith('request#')) {
    const joined = data as Acceptation;
    return { kind: 'joined', atMs: joined.acceptedAtMs, joined };
  }
  const ending = data as Ending;
  // Entries of earlier releases have their time in their key alone.
  const atMs = ending.finishedAtMs ?? Date.parse(String(sk).slice(0, '2026-01-01T00:00:00.000Z'.length));
  return { kind: 'ending', atMs, ending: { ...ending, finishedAtMs: atMs } };
}

/** The requests of this id, one for each task that it asked for. */
export async function readRequests(
  document: DynamoDBDocumentClient,
  tableName: string,
  leaseId: string,
  requestId: string,
): Promise<Acceptation[]> {
  const { Items = [] } = await document.send(
    new QueryCommand({
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': requestPartition(leaseId, requestId) },
      Limit: 100,
    }),
  );
  // An operator's ask may have the same id.
  return Items.map(({ data }) => data as Acceptation).filter(({ taskKey }) => taskKey !== undefined);
}

/** Entries after its acceptance among which a request's end is looked for: one task has one active request at a time. */
const LOOKED_AT = 100;

/** How this request ended; `undefined`: it has not yet. */
export async function readEnding(
  document: DynamoDBDocumentClient,
  tableName: string,
  leaseId: string,
  { taskKey, requestId, acceptedAtMs }: Pick<Acceptation, 'taskKey' | 'requestId' | 'acceptedAtMs'>,
): Promise<Ending | undefined> {
  const { Items = [] } = await document.send(
    new QueryCommand({
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND sk >= :from',
      ExpressionAttributeValues: {
        ':pk': historyKey(leaseId, taskKey, 0, '').pk,
        ':from': new Date(acceptedAtMs).toISOString(),
      },
      Limit: LOOKED_AT,
    }),
  );
  for (const item of Items.map(itemOf)) {
    if (item.kind === 'ending' && item.ending.request.requestId === requestId) return item.ending;
  }
  return undefined;
}
