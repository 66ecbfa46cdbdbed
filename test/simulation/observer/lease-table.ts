/** The lease's items as they lie in the table, read with nothing of the lease's own code. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Cloud } from '@hourglass/cloud';

export interface SeenLease {
  phase: 'closed' | 'opening' | 'open' | 'closing';
  fence: number;
  version: number;
  pending: number;
  running: number;
  dead: number;
  held?: number;
  /** Since when everything is paused, and which tasks are. */
  heldSinceMs?: number | null;
  heldTasks?: string[];
  stackId: string | null;
  openedAtMs: number | null;
  paidUntilMs: number | null;
  timer: { id: string; atMs: number; owner: string } | null;
}

export interface SeenItem {
  taskKey: string;
  state: 'pending' | 'held' | 'running' | 'dead';
  request: { requestId: string };
  startByMs: number;
  notBeforeMs: number;
  claim: { token: string; batchId?: string; fence: number; claimedAtMs: number } | null;
  handsOver?: true;
  lastError: string | null;
  noCapacity?: object;
}

/** Where an item stands in the order that it is read by. */
export interface SeenPlace {
  order: string;
  key: string;
  taskKey: string;
}

export interface Seen {
  lease: SeenLease | undefined;
  items: SeenItem[];
  places: SeenPlace[];
}

const ORDERS = ['ready', 'paused', 'held', 'running', 'dead'];

type Item = Record<string, AttributeValue>;

/** Lease and active items, at this very moment. */
export function readLease(cloud: Cloud, table: string, leaseId: string): Seen {
  const seen: Seen = { lease: undefined, items: [], places: [] };
  for (const { sk, data } of query(cloud, table, `lease#${leaseId}`)) {
    if (sk === 'lease') seen.lease = data as SeenLease;
    else seen.items.push(data as SeenItem);
  }
  for (const order of ORDERS) {
    for (const { sk, taskKey } of query(cloud, table, `order#${leaseId}#${order}`)) {
      seen.places.push({ order, key: String(sk), taskKey: String(taskKey) });
    }
  }
  return seen;
}

export interface SeenEnded {
  fence: number;
  openedAtMs: number | null;
  closedAtMs: number;
}

/** What the openings cost, as the lease has recorded it. */
export function readEnded(cloud: Cloud, table: string, leaseId: string): SeenEnded[] {
  return query(cloud, table, `ended#${leaseId}`).map(({ data }) => data as SeenEnded);
}

/** The items that a transaction puts. */
export function itemsPut(input: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  const actions = (input.TransactItems ?? []) as { Put?: { Item: Item } }[];
  return actions.flatMap(({ Put }) => (Put ? [unmarshall(Put.Item)] : []));
}

function query(cloud: Cloud, TableName: string, pk: string): Record<string, unknown>[] {
  const answer = cloud.parts.dynamodb.askNow('Query', {
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: pk } },
  }) as { Items: Item[] };
  return answer.Items.map((item) => unmarshall(item));
}
