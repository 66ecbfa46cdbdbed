/** One suite for both engines, through the real SDK client: what `lease-dynamodb` and the task rely on. */
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../errors.ts';
import { needsJava } from '../testing/needs-java.ts';
import { createRequestHandler } from '../wire/in-process.ts';
import { awsJsonCodec } from '../wire/json.ts';
import { type DynamoDbEngine, openEngine } from './engine.ts';

const tableArn = (name: string) => `arn:aws:dynamodb:eu-central-1:123456789012:table/${name}`;

describe('DynamoDB on the engine "memory"', () => testEngine('memory'));
describe('DynamoDB on the engine "local"', needsJava, () => testEngine('local'));

it('DynamoDB Local serves two engines at once, and neither knows the tables of the other', needsJava, async () => {
  const options = { mode: 'local', nowMs: () => 0, tableArn } as const;
  const [first, second] = await Promise.all([openEngine(options), openEngine(options)]);
  const table = {
    TableName: 'same',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  };
  for (const engine of [first, second]) await engine.ask('CreateTable', table);
  await first.ask('PutItem', { TableName: 'same', Item: { pk: { S: 'one' } } });
  const scan = { TableName: 'same' };
  expect(await first.ask('Scan', scan)).toMatchObject({ Count: 1 });
  await first.close();
  expect(await second.ask('Scan', scan)).toMatchObject({ Count: 0 });
  await second.close();
});

function testEngine(mode: 'memory' | 'local'): void {
  let engine: DynamoDbEngine;
  let client: DynamoDBClient;
  let table: string;
  let tables = 0;

  beforeAll(async () => {
    engine = await openEngine({ mode, nowMs: () => Date.UTC(2026, 0, 1), tableArn });
    client = new DynamoDBClient({
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      requestHandler: handlerOver(engine),
    });
  });
  afterAll(() => engine.close());

  beforeEach(async () => {
    tables += 1;
    table = `table-${tables}`;
    await client.send(
      new CreateTableCommand({
        TableName: table,
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  });

  const key = (sk: string, pk = 'p') => ({ pk: { S: pk }, sk: { S: sk } });
  const put = (sk: string, more: Record<string, { N: string } | { S: string }> = {}) =>
    client.send(new PutItemCommand({ TableName: table, Item: { ...key(sk), ...more } }));
  const get = async (sk: string) => (await client.send(new GetItemCommand({ TableName: table, Key: key(sk) }))).Item;

  it('describes a table by the ARN of this world, and takes time to live once', async () => {
    const described = await client.send(new DescribeTableCommand({ TableName: table }));
    expect(described.Table).toMatchObject({ TableArn: tableArn(table), TableStatus: 'ACTIVE' });
    const enable = new UpdateTimeToLiveCommand({
      TableName: table,
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
    await client.send(enable);
    await expect(client.send(enable)).rejects.toThrow('TimeToLive is already enabled');
  });

  it('puts an absent item once and answers the loser with what is there', async () => {
    const command = new PutItemCommand({
      TableName: table,
      Item: { ...key('a'), n: { N: '1' } },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await client.send(command);
    const failure = await client.send(command).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConditionalCheckFailedException);
    expect(failure).toMatchObject({ Item: { n: { N: '1' } }, message: 'The conditional request failed' });
  });

  it('writes a transaction whole or not at all, and gives one reason per action', async () => {
    await put('counter', { version: { N: '7' } });
    const transaction = (version: string) =>
      new TransactWriteItemsCommand({
        TransactItems: [
          {
            Update: {
              TableName: table,
              Key: key('counter'),
              UpdateExpression: 'SET version = version + :one',
              ConditionExpression: 'version = :version',
              ExpressionAttributeValues: { ':one': { N: '1' }, ':version': { N: version } },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
          { Put: { TableName: table, Item: key('new'), ConditionExpression: 'attribute_not_exists(pk)' } },
        ],
      });
    const failure = await client.send(transaction('6')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransactionCanceledException);
    const { CancellationReasons: reasons, message } = failure as TransactionCanceledException;
    expect(reasons).toMatchObject([
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: { version: { N: '7' } } },
      { Code: 'None' },
    ]);
    expect(message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed, None]',
    );
    expect(await get('new')).toBeUndefined();
    await client.send(transaction('7'));
    expect(await get('counter')).toMatchObject({ version: { N: '8' } });
    expect(await get('new')).toBeDefined();
  });

  it('does a transaction with the same client token once', async () => {
    const command = () =>
      new TransactWriteItemsCommand({
        ClientRequestToken: `token-${table}`,
        TransactItems: [
          {
            Update: {
              TableName: table,
              Key: key('sum'),
              UpdateExpression: 'ADD amount :one',
              ExpressionAttributeValues: { ':one': { N: '1' } },
            },
          },
        ],
      });
    await client.send(command());
    await client.send(command());
    expect(await get('sum')).toMatchObject({ amount: { N: '1' } });
  });

  it('refuses two actions on one item and more than a hundred actions', async () => {
    const action = (sk: string) => ({ Put: { TableName: table, Item: key(sk) } });
    await expect(
      client.send(new TransactWriteItemsCommand({ TransactItems: [action('a'), action('a')] })),
    ).rejects.toThrow('Transaction request cannot include multiple operations on one item');
    const many = Array.from({ length: 101 }, (_, index) => action(String(index)));
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: many }))).rejects.toThrow(
      'Member must have length less than or equal to 100',
    );
  });

  it('refuses names and values that are undefined, unused or reserved', async () => {
    const update = (UpdateExpression: string, values: Record<string, { N: string }>, names?: Record<string, string>) =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: key('a'),
          UpdateExpression,
          ExpressionAttributeValues: values,
          ...(names ? { ExpressionAttributeNames: names } : {}),
        }),
      );
    await expect(update('SET n = :n', { ':n': { N: '1' }, ':unused': { N: '1' } })).rejects.toThrow(
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:unused}',
    );
    await expect(update('SET n = :missing', { ':n': { N: '1' } })).rejects.toThrow(
      'An expression attribute value used in expression is not defined; attribute value: :missing',
    );
    await expect(update('SET status = :n', { ':n': { N: '1' } })).rejects.toThrow(
      'Attribute name is a reserved keyword; reserved keyword: status',
    );
    await expect(update('SET #n = :n', { ':n': { N: '1' } }, { '#n': 'status', '#m': 'x' })).rejects.toThrow(
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#m}',
    );
  });

  it('reads a partition in pages, forward and backward', async () => {
    for (const sk of ['1', '2', '3', '4', '5']) await put(sk);
    for (const [forward, expected] of [
      [true, ['1', '2', '3', '4', '5']],
      [false, ['5', '4', '3', '2', '1']],
    ] as const) {
      const seen: (string | undefined)[] = [];
      let start: Record<string, { S: string }> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': { S: 'p' } },
            Limit: 2,
            ScanIndexForward: forward,
            ...(start ? { ExclusiveStartKey: start } : {}),
          }),
        );
        seen.push(...(page.Items ?? []).map((item) => item.sk?.S));
        start = page.LastEvaluatedKey as typeof start;
      } while (start !== undefined);
      expect(seen).toEqual(expected);
    }
  });

  it('ends a page at one megabyte read', async () => {
    for (const sk of ['1', '2', '3', '4']) await put(sk, { body: { S: 'x'.repeat(380_000) } });
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'p' } },
        Select: 'COUNT',
      }),
    );
    expect(page).toMatchObject({ Count: 3, ScannedCount: 3, LastEvaluatedKey: key('3') });
  });

  it('updates nested paths, lists, sets and numbers, and gives back what was asked for', async () => {
    const update = (UpdateExpression: string, values: NonNullable<unknown>) =>
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: key('doc'),
          UpdateExpression,
          ExpressionAttributeValues: values as never,
          ReturnValues: 'ALL_NEW',
        }),
      );
    await update('SET m = :m, l = :l, tries = if_not_exists(tries, :zero) + :step ADD tags :tags', {
      ':m': { M: { part: { M: {} } } },
      ':l': { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }] },
      ':zero': { N: '0' },
      ':step': { N: '5' },
      ':tags': { SS: ['x', 'y'] },
    });
    const { Attributes } = await update(
      'SET m.part.deep = :deep, l = list_append(l, :more), tries = tries - :step REMOVE m.absent DELETE tags :gone',
      { ':deep': { BOOL: true }, ':more': { L: [{ S: 'd' }] }, ':step': { N: '5' }, ':gone': { SS: ['x'] } },
    );
    expect(Attributes).toEqual({
      ...key('doc'),
      m: { M: { part: { M: { deep: { BOOL: true } } } } },
      l: { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }, { S: 'd' }] },
      tries: { N: '0' },
      tags: { SS: ['y'] },
    });
  });

  it('gets a batch, and only what exists', async () => {
    await put('a');
    const got = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [key('a'), key('gone')] } } }),
    );
    expect(got.Responses?.[table]).toEqual([key('a')]);
  });
}

function handlerOver(engine: DynamoDbEngine) {
  const service = {
    id: 'dynamodb',
    protocol: 'awsJson1.0' as const,
    targetPrefix: 'DynamoDB_20120810',
    operations: new Proxy({}, { getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: 1 }) }),
    authorize: () => [],
  };
  return createRequestHandler(async (request) => {
    try {
      const { operation, input } = awsJsonCodec.decode(request, service);
      return awsJsonCodec.encode(await engine.ask(operation, input), operation, service, 'request');
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return awsJsonCodec.encodeError(error, service, 'request');
    }
  });
}
