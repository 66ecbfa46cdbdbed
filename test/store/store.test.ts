/**
 * The one suite for every store, which `packages/lease` runs in memory, on Amazon's DynamoDB Local and on the engine that stands in for
 * it where there is no Java; and what the store on DynamoDB keeps beside the lease. Through the real SDK client.
 */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Cloud, createCloud } from '@hourglass/cloud';
import type { Command } from '@hourglass/lease';
import { accept, claim, open, step as stepOf, testStore } from '@hourglass/lease/store-suite';
import {
  createDynamoDbStore,
  listEndedLeases,
  readAttempts,
  readBatch,
  readTips,
  readWork,
  writeResult,
} from '@hourglass/lease-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaseKeys } from '../lease-table.ts';
import { needs } from '../parts/needs.ts';

async function openStore(dynamo: 'local' | 'memory') {
  const cloud: Cloud = createCloud({ dynamo });
  const client = new DynamoDBClient({
    region: cloud.region,
    credentials: cloud.credentialsFor('root'),
    requestHandler: cloud.requestHandler(),
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'hourglass',
      BillingMode: 'PAY_PER_REQUEST',
      ...leaseKeys,
    }),
  );
  const document = DynamoDBDocumentClient.from(client);
  return { store: createDynamoDbStore(document, 'hourglass'), document, close: () => cloud.close() };
}

describe('the lease store on DynamoDB Local', needs('java'), () => testOn('local'));
describe("the lease store on the simulated AWS's own DynamoDB", () => testOn('memory'));

function testOn(dynamo: 'local' | 'memory'): void {
  let opened: Awaited<ReturnType<typeof openStore>>;
  beforeAll(async () => {
    opened = await openStore(dynamo);
  });
  afterAll(() => opened.close());

  testStore(
    () => opened.store,
    async (leaseId) => {
      const { document } = opened;
      for (const order of ['ready', 'paused', 'held', 'running', 'dead']) {
        const pk = `order#${leaseId}#${order}`;
        const { Items = [] } = await document.send(
          new QueryCommand({
            TableName: 'hourglass',
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': pk },
          }),
        );
        for (const { sk } of Items) {
          await document.send(new DeleteCommand({ TableName: 'hourglass', Key: { pk, sk } }));
        }
      }
      await document.send(
        new UpdateCommand({
          TableName: 'hourglass',
          Key: { pk: `lease#${leaseId}`, sk: 'lease' },
          UpdateExpression: 'REMOVE #data.paused, #data.tasks',
          ExpressionAttributeNames: { '#data': 'data' },
        }),
      );
    },
  );

  it('keeps the work of a claim, its result, and what a lease cost', async () => {
    const { document, store } = opened;
    const [leaseId, token] = ['cost', 'cost-w'];
    const step = (...commands: Command[]) => stepOf(store, leaseId, ...commands);
    await step(accept('a', 'r1'), ...open, claim('a', token));
    expect(await readWork(document, 'hourglass', token)).toMatchObject({ kind: 'mirror', repository: 'a' });
    await writeResult(document, 'hourglass', token, { status: 'failed', message: 'why' });
    expect(await readAttempts(document, 'hourglass', token)).toEqual([
      { token, leaseId, taskKey: 'mirror:a', destination: 'd', result: { status: 'failed', message: 'why' } },
    ]);
    expect(await readTips(document, 'hourglass', leaseId, 'mirror:a')).toEqual([]);
    const tips = ['a'.repeat(40)];
    await step({ type: 'taskFinished', taskKey: 'mirror:a', token, outcome: { status: 'succeeded', tips } });
    expect(await readTips(document, 'hourglass', leaseId, 'mirror:a')).toEqual(tips);
    const { stackId } = (await store.load(leaseId, { all: true })).lease;
    const deleted = { type: 'stackDeleted' as const, fence: 1, stackId: stackId ?? '', createdAtMs: 0 };
    await step({ ...deleted, deletedAtMs: 5 });
    await step({ ...deleted, deletedAtMs: 6_000 });
    expect(await listEndedLeases(document, 'hourglass', leaseId)).toEqual([
      { fence: 1, openedAtMs: 0, closedAtMs: 6_000, failed: false },
    ]);
  });

  it('gives a task all that are in its batch, by the claims of one write', async () => {
    const { document, store } = opened;
    const [leaseId, first, second, alone] = ['batch', 'batch-1', 'batch-2', 'batch-3'];
    const step = (...commands: Command[]) => stepOf(store, leaseId, ...commands);
    await step(accept('a', 'r1'), accept('b', 'r2'), accept('c', 'r3'), ...open);
    await step(
      { ...claim('a', first), batchId: first } as Command,
      { ...claim('b', second), batchId: first } as Command,
      claim('c', alone),
    );
    expect(await readBatch(document, 'hourglass', first)).toEqual({ tokens: [first, second], timeLimitSeconds: 60 });
    expect((await readBatch(document, 'hourglass', alone)).tokens).toEqual([alone]);
    expect((await store.load(leaseId, { all: true })).items.get('mirror:b')?.claim).toMatchObject({
      token: second,
      batchId: first,
    });
  });
}
