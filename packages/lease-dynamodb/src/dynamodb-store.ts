/**
 * The lease store on DynamoDB: every step is one TransactWriteItems, conditional on the lease's version. As all items of a lease are
 * written only together with the lease, that one condition guards them all.
 */
import { setTimeout } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  boundsOf,
  type Fact,
  type Found,
  type Lease,
  LeaseConflict,
  type LeaseState,
  type LeaseStore,
  newLease,
  type Order,
  type PageEnds,
  type Place,
  pagesOf,
  type Scope,
  type ScopeOf,
  straysOf,
  type TaskItem,
  takePage,
  type Unannounced,
} from '@hourglass/lease';
import { type Key, leaseKey, outboxKey, placeKey, requestKey, TASK_PREFIX, taskItemKey } from './keys.ts';
import { factActions, itemActions, outboxActions, type WriteAction } from './write-actions.ts';

const RETRIED = ['ConditionalCheckFailed', 'TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const MAX_ACTIONS = 100;

/** Of a batch that is read, since DynamoDB may leave keys unprocessed: some eight seconds, well below a function's timeout. */
const MAX_TURNS = 10;
const LONGEST_PAUSE_MS = 3_000;

type Stored<T> = { data: T };

export function createDynamoDbStore(document: DynamoDBDocumentClient, tableName: string): LeaseStore {
  return {
    async load(leaseId: string, scopeOf: ScopeOf): Promise<LeaseState> {
      // The lease first: items that are newer than it make the write lose, never the other way round.
      const lease = await getLease(document, tableName, leaseId);
      const scope = typeof scopeOf === 'function' ? scopeOf(lease) : scopeOf;
      if ('all' in scope) {
        const items = await queryItems(document, tableName, leaseId);
        return { lease, items, seen: new Set(), complete: true };
      }
      return loadScope(document, tableName, lease, scope);
    },

    async commit(before: LeaseState, after: LeaseState, facts: Fact[], nowMs: number): Promise<void> {
      const { leaseId, version } = before.lease;
      const lease: Lease = { ...after.lease, version: version + 1 };
      const actions: WriteAction[] = [
        {
          Put: {
            TableName: tableName,
            Item: { ...leaseKey(leaseId), version: lease.version, data: lease },
            ConditionExpression: version === 0 ? 'attribute_not_exists(pk)' : '#version = :version',
            ...(version > 0 && {
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':version': version },
            }),
          },
        },
        ...itemActions(tableName, before, after),
        ...factActions(tableName, leaseId, facts, nowMs),
        ...outboxActions(tableName, leaseId, lease.version, facts, nowMs),
      ];
      if (actions.length > MAX_ACTIONS) {
        throw new Error(`A write of lease ${leaseId} takes ${actions.length} actions; DynamoDB takes ${MAX_ACTIONS}.`);
      }
      try {
        await document.send(new TransactWriteCommand({ TransactItems: actions }));
      } catch (error) {
        if (isConflict(error)) throw new LeaseConflict(leaseId, version);
        throw error;
      }
    },

    async readOutbox(leaseId: string, limit: number): Promise<Unannounced[]> {
      const { Items = [] } = await document.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': outboxKey(leaseId, 0).pk },
          Limit: limit,
        }),
      );
      return (Items as Stored<Unannounced>[]).map(({ data }) => data);
    },

    async clearOutbox(leaseId: string, version: number): Promise<void> {
      await document.send(new DeleteCommand({ TableName: tableName, Key: outboxKey(leaseId, version) }));
    },
  };
}

/**
 * A condition that does not hold, or another transaction on the same lease at the same moment; or one that was throttled, which the SDK
 * does not send again. In each case nothing was written, and the step is made anew after a pause.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html#API_TransactWriteItems_Errors
 */
function isConflict(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code);
  return codes.some((code) => RETRIED.includes(code ?? ''));
}

async function getLease(document: DynamoDBDocumentClient, tableName: string, leaseId: string): Promise<Lease> {
  const { Item } = await document.send(
    new GetCommand({ TableName: tableName, Key: leaseKey(leaseId), ConsistentRead: true }),
  );
  return Item ? (Item as Stored<Lease>).data : newLease(leaseId);
}

async function loadScope(
  document: DynamoDBDocumentClient,
  tableName: string,
  lease: Lease,
  scope: Scope,
): Promise<LeaseState> {
  const { leaseId } = lease;
  const { taskKeys = [], identities = [] } = scope;
  const wanted = new Set(taskKeys);
  const ends = new Map<Order, PageEnds>();
  const taken: (Place & Found)[] = [];
  const pages = pagesOf(lease, scope).map(async (page) => {
    const found = await queryPlaces(document, tableName, leaseId, page, taskKeys.length);
    ends.set(page.order, takePage(found, page.limit, wanted));
    taken.push(...found.slice(0, page.limit).map((place) => ({ order: page.order, ...place })));
  });
  const itemKeys = (keys: readonly string[]) => keys.map((taskKey) => taskItemKey(leaseId, taskKey));
  // At the same time: the shorter a handler holds what it has read, the fewer writes are lost to others.
  const asked = [...itemKeys(taskKeys), ...identities.map((identity) => requestKey(leaseId, identity))];
  const [found] = await Promise.all([batchGet(document, tableName, asked), ...pages]);
  const others = [...wanted].slice(new Set(taskKeys).size);
  for (const [name, item] of await batchGet(document, tableName, itemKeys(others))) found.set(name, item);
  const items = new Map<string, TaskItem>();
  for (const taskKey of wanted) {
    const { pk, sk } = taskItemKey(leaseId, taskKey);
    const item = found.get(sk + pk);
    if (item) items.set(taskKey, (item as Stored<TaskItem>).data);
  }
  const seen = new Set(
    identities.filter((identity) => {
      const { pk, sk } = requestKey(leaseId, identity);
      return found.has(sk + pk);
    }),
  );
  return { lease, items, seen, ...boundsOf(lease, scope, ends), ...straysOf(taken, items) };
}

/** Some places more than the page holds, to know where those begin that are not loaded: one more than are loaded in any case. */
async function queryPlaces(
  document: DynamoDBDocumentClient,
  TableName: string,
  leaseId: string,
  { order, limit, after }: ReturnType<typeof pagesOf>[number],
  loaded: number,
): Promise<Found[]> {
  const { Items = [] } = await document.send(
    new QueryCommand({
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: after === null ? 'pk = :pk' : 'pk = :pk AND sk > :after',
      ExpressionAttributeValues: {
        ':pk': placeKey(leaseId, { order, key: '' }).pk,
        ...(after !== null && { ':after': after }),
      },
      Limit: limit + loaded + 1,
    }),
  );
  return (Items as { sk: string; taskKey: string }[]).map(({ sk, taskKey }) => ({ key: sk, taskKey }));
}

async function queryItems(
  document: DynamoDBDocumentClient,
  tableName: string,
  leaseId: string,
): Promise<Map<string, TaskItem>> {
  const items = new Map<string, TaskItem>();
  const pages = paginateQuery(
    { client: document },
    {
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': leaseKey(leaseId).pk, ':prefix': TASK_PREFIX },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const { data } of Items as Stored<TaskItem>[]) items.set(data.taskKey, data);
  }
  return items;
}

/** Reads by key, strongly consistent, a hundred at a time; the answer is keyed by `sk` + `pk`. */
async function batchGet(
  document: DynamoDBDocumentClient,
  tableName: string,
  keys: Key[],
): Promise<Map<string, Record<string, unknown>>> {
  const found = new Map<string, Record<string, unknown>>();
  const distinct = [...new Map(keys.map((key) => [key.sk + key.pk, key])).values()];
  for (let start = 0; start < distinct.length; start += 100) {
    let request: Key[] = distinct.slice(start, start + 100);
    for (let turn = 0; request.length > 0; turn += 1) {
      if (turn >= MAX_TURNS) throw new Error(`DynamoDB left ${request.length} keys unread ${turn} times.`);
      // What is asked for again at once is throttled again.
      if (turn > 0) await setTimeout(Math.random() * Math.min(LONGEST_PAUSE_MS, 50 * 2 ** turn));
      const answer = await document.send(
        new BatchGetCommand({ RequestItems: { [tableName]: { Keys: request, ConsistentRead: true } } }),
      );
      for (const item of answer.Responses?.[tableName] ?? []) found.set(item.sk + item.pk, item);
      request = (answer.UnprocessedKeys?.[tableName]?.Keys ?? []) as Key[];
    }
  }
  return found;
}
