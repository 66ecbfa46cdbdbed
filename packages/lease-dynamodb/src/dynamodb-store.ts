/**
 * The lease store on DynamoDB: every step is one TransactWriteItems, conditional on the lease's version. As all items of a lease are
 * written only together with the lease, that one condition guards them all.
 */
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  type Fact,
  type Lease,
  LeaseConflict,
  type LeaseState,
  type LeaseStore,
  newLease,
  type Scope,
  type TaskItem,
} from '@hourglass/lease';
import { type Key, leaseKey, requestKey, TASK_PREFIX, taskItemKey } from './keys.ts';
import { factActions, itemActions, type WriteAction } from './write-actions.ts';

const RETRIED = ['ConditionalCheckFailed', 'TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

type Stored<T> = { data: T };

export function createDynamoDbStore(document: DynamoDBDocumentClient, tableName: string): LeaseStore {
  return {
    async load(leaseId: string, scope: Scope): Promise<LeaseState> {
      // The lease first: items that are newer than it make the write lose, never the other way round.
      const lease = await getLease(document, tableName, leaseId);
      if ('all' in scope) {
        const items = await queryItems(document, tableName, leaseId);
        return { lease, items, seen: new Set(), complete: true };
      }
      const keys = [
        ...scope.taskKeys.map((taskKey) => taskItemKey(leaseId, taskKey)),
        ...scope.identities.map((identity) => requestKey(leaseId, identity)),
      ];
      const found = await batchGet(document, tableName, keys);
      const items = new Map<string, TaskItem>();
      for (const taskKey of scope.taskKeys) {
        const item = found.get(taskItemKey(leaseId, taskKey).sk + taskItemKey(leaseId, taskKey).pk);
        if (item) items.set(taskKey, (item as Stored<TaskItem>).data);
      }
      const seen = new Set(
        scope.identities.filter((identity) => found.has(`request${requestKey(leaseId, identity).pk}`)),
      );
      return { lease, items, seen, complete: false };
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
      ];
      try {
        await document.send(new TransactWriteCommand({ TransactItems: actions }));
      } catch (error) {
        if (isConflict(error)) throw new LeaseConflict(leaseId, version);
        throw error;
      }
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
    while (request.length > 0) {
      const answer = await document.send(
        new BatchGetCommand({ RequestItems: { [tableName]: { Keys: request, ConsistentRead: true } } }),
      );
      for (const item of answer.Responses?.[tableName] ?? []) found.set(item.sk + item.pk, item);
      request = (answer.UnprocessedKeys?.[tableName]?.Keys ?? []) as Key[];
    }
  }
  return found;
}
