/** What a partition key takes in a second, through the real client's errors. */
import { DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, createCloud } from '../cloud.ts';

let cloud: Cloud;
let client: DynamoDBClient;
beforeEach(async () => {
  cloud = createCloud({ dynamo: 'memory', partitionLimits: { writeUnits: 10, readUnits: 10 } });
  client = new DynamoDBClient({
    region: cloud.region,
    credentials: cloud.credentialsFor('root'),
    requestHandler: cloud.requestHandler(),
    maxAttempts: 1,
  });
  await cloud.parts.dynamodb.ask('CreateTable', {
    TableName: 'table',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
  });
});
afterEach(() => cloud.close());

const item = (pk: string, sk: number, bytes = 1) => ({
  TableName: 'table',
  Item: { pk: { S: pk }, sk: { S: String(sk) }, filling: { S: 'x'.repeat(bytes) } },
});
const put = (pk: string, sk: number, bytes?: number) => client.send(new PutItemCommand(item(pk, sk, bytes)));

describe('a partition key', () => {
  it('takes so many units in a second and refuses more, until the next second; other keys do not suffer', async () => {
    for (let sk = 0; sk < 8; sk += 1) await put('hot', sk);
    await put('hot', 8, 1_500);
    await expect(put('hot', 9)).rejects.toMatchObject({ name: 'ThrottlingException' });
    await put('cold', 1);
    expect(cloud.parts.dynamodb.throttled).toBe(1);
    await cloud.driver.advanceBy(1_000);
    await put('hot', 9);
  });

  it('counts a transaction twice, and names which of its keys is the hot one; nothing of it is written', async () => {
    const write = (...keys: [string, number][]) =>
      client.send(new TransactWriteItemsCommand({ TransactItems: keys.map(([pk, sk]) => ({ Put: item(pk, sk) })) }));
    await write(['hot', 1], ['hot', 2], ['hot', 3], ['hot', 4]);
    await expect(write(['cold', 1], ['hot', 5], ['hot', 6])).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ThrottlingError' }, { Code: 'ThrottlingError' }],
    });
    await write(['hot', 5]);
    expect(await cloud.parts.dynamodb.ask('Scan', { TableName: 'table' })).toMatchObject({ Count: 5 });
  });
});
