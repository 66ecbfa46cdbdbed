import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, GetItemCommand, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import type { PolicyStatement } from '../service.ts';
import { needsJava } from '../testing/needs-java.ts';
import { createWorld, role, type World } from '../testing/world.ts';

const tableArn = 'arn:aws:dynamodb:ap-northeast-1:123456789012:table/leases';
const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'leases',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  },
};

describe('DynamoDB in the world', () => {
  let world: World;
  afterEach(() => world.close());

  const openAs = async (...statements: PolicyStatement[]) => {
    const resources = { Table: table, Role: role('lambda.amazonaws.com', ...statements) };
    world = await createWorld(resources, {}, { dynamo: 'memory' });
    return new DynamoDBClient(world.clientOptions(String(world.stack.resources.get('Role')?.attributes.Arn)));
  };
  const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'work' } });
  const onlyWork = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['work#*'] } };

  it('creates tables of the template and gives their ARN', async () => {
    await openAs();
    expect(world.stack.resources.get('Table')).toMatchObject({ ref: 'leases', attributes: { Arn: tableArn } });
    expect(await world.cloud.parts.dynamodb.engine()).toEqual({ kind: 'memory' });
  });

  it('lets a role read only the partitions its condition names', async () => {
    const client = await openAs({
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:Query'],
      Resource: tableArn,
      Condition: onlyWork,
    });
    const get = (pk: string) => client.send(new GetItemCommand({ TableName: 'leases', Key: key(pk) }));
    const query = (pk: string) =>
      client.send(
        new QueryCommand({
          TableName: 'leases',
          KeyConditionExpression: '#pk = :pk',
          ExpressionAttributeNames: { '#pk': 'pk' },
          ExpressionAttributeValues: { ':pk': { S: pk } },
        }),
      );
    await get('work#1');
    await query('work#1');
    await expect(get('lease#main')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(query('lease#main')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('asks for the permission of each action of a transaction', async () => {
    const client = await openAs({ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: tableArn });
    const put = { Put: { TableName: 'leases', Item: key('a') } };
    const check = {
      ConditionCheck: { TableName: 'leases', Key: key('b'), ConditionExpression: 'attribute_not_exists(pk)' },
    };
    await client.send(new TransactWriteItemsCommand({ TransactItems: [put] }));
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [put, check] }))).rejects.toThrow(
      'dynamodb:ConditionCheckItem',
    );
  });
});

describe('DynamoDB Local', needsJava, () => {
  it('ends with the process that started it, even if that is killed', async () => {
    const source = `
      import { startDynamoDbLocal } from ${JSON.stringify(fileURLToPath(new URL('local.ts', import.meta.url)))};
      console.log((await startDynamoDbLocal()).endpoint);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const endpoint = await new Promise<string>((resolve) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    });
    expect((await fetch(endpoint)).status).toBe(400);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    await expect
      .poll(() =>
        fetch(endpoint).then(
          () => 'answers',
          () => 'gone',
        ),
      )
      .toBe('gone');
  });
});
