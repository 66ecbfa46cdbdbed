/** The entrypoint against Amazon's DynamoDB Local, where Java runs it: its two calls mean there what they are meant to. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startDynamoDbLocal } from '../../packages/cloud/src/dynamodb/local.ts';
import { leaseKeys } from '../lease-table.ts';
import { needs } from '../parts/needs.ts';
import { runTask } from './task-process.ts';

const TableName = 'hourglass-test';

/** The bare protocol, with the headers that DynamoDB Local asks for; it checks no signature. */
async function call(endpoint: string, operation: string, input: object): Promise<{ Item?: Record<string, unknown> }> {
  const credential = 'Credential=test/20260101/ap-northeast-1/dynamodb/aws4_request';
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`,
      'x-amz-date': '20260101T000000Z',
    },
    body: JSON.stringify({ TableName, ...input }),
  });
  if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
  return (await response.json()) as { Item?: Record<string, unknown> };
}

it('a task reads its work and leaves its result beside it', needs('java'), async () => {
  const tmp = await mkdtemp(join(tmpdir(), 'hourglass-dynamodb-'));
  const local = await startDynamoDbLocal();
  try {
    await call(local.endpoint, 'CreateTable', { BillingMode: 'PAY_PER_REQUEST', ...leaseKeys });
    const Key = { pk: { S: 'work#t1' }, sk: { S: 'work' } };
    const argv = { L: [process.execPath, '-e', 'process.exit(3)'].map((S) => ({ S })) };
    const work = { kind: { S: 'command' }, name: { S: 'try' }, argv, timeLimitSeconds: { N: '250' } };
    await call(local.endpoint, 'PutItem', { Item: { ...Key, ...work, expiresAt: { N: '1900000000' } } });
    const table = { endpoint: local.endpoint };
    expect((await runTask({ table, token: 't1', tmp })).code).toBe(1);
    const { Item } = await call(local.endpoint, 'GetItem', { Key });
    expect(Item).toMatchObject({
      ...work,
      result: { M: { status: { S: 'failed' }, message: { S: 'command try ended with code 3' } } },
    });

    const absent = await runTask({ table, token: 'absent', tmp });
    expect(absent).toMatchObject({ code: 2, output: expect.stringContaining('there is no work "absent"') });
    const none = await call(local.endpoint, 'GetItem', { Key: { ...Key, pk: { S: 'work#absent' } } });
    expect(none.Item, 'no item without a TTL was made').toBeUndefined();
  } finally {
    await local.stop();
    await rm(tmp, { recursive: true, force: true });
  }
});
