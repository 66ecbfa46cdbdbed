/** What comes through the doors of the whole deployment: good and bad, from clients with their few rights and from nobody. */

import { CloudFormationClient, CreateStackCommand, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DeleteVpcEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import { SendMessageCommand, SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deployment, deploy, TABLE } from './deployment.ts';
import { API_KEY } from './synthesize.setup.ts';

let world: Deployment;
beforeEach(async () => {
  world = await deploy();
});
afterEach(() => world.close());

const mirror = { version: 1, repository: 'app', sourceUrl: 'https://git.test/app' };

describe('PutEvents', () => {
  it.each([
    ['breaks its contract', 'MirrorRequested', { version: 1, repository: 'app' }, /sourceUrl/],
    ['names an unknown command', 'TaskRequested', { version: 1, name: 'rm' }, /not defined/],
    [
      'names a host off the allow-list',
      'MirrorRequested',
      { ...mirror, sourceUrl: 'https://evil.test/' },
      /allow-list/,
    ],
    [
      'names a repository that CodeCommit refuses',
      'MirrorRequested',
      { ...mirror, repository: 'app.git' },
      /CodeCommit/,
    ],
    [
      'names a repository that leads out of its path',
      'MirrorRequested',
      { ...mirror, repository: '..' },
      /another path/,
    ],
    [
      'has an address with a # that git would take for a part of the path',
      'MirrorRequested',
      { ...mirror, sourceUrl: 'https://git.test/c#app.git' },
      /no fragment/,
    ],
    [
      'has an address with a query',
      'MirrorRequested',
      { ...mirror, sourceUrl: 'https://git.test/app.git?ref=main' },
      /no query/,
    ],
    [
      'has an address with a password',
      'MirrorRequested',
      { ...mirror, sourceUrl: 'https://acme:hunter2#3@git.test/app.git' },
      /^(?!.*hunter2).*sourceUrl/,
    ],
  ])(
    'with a request that %s is rejected with a reason, and the original rests in the dead-letter queue',
    async (_, name, detail, reason) => {
      await world.put(name, detail);
      await world.requestMirror('good');
      await world.pass(5);
      expect(world.events('RequestRejected')).toMatchObject([{ reason: expect.stringMatching(reason) }]);
      expect(world.messages('intake-dead').map((body) => JSON.parse(body).detail)).toEqual([detail]);
      expect(world.runs).toMatchObject([{ key: 'mirror:good' }]);
      expect(world.messages('intake')).toEqual([]);
    },
  );

  it.each(['hourglass', 'hourglass.replay', 'hourglass.webhook'])(
    'cannot be made under the source %s by a client',
    async (source) => {
      await expect(world.put('EndpointsReady', { version: 1, leaseId: 'test', fence: 1 }, source)).rejects.toThrow(
        /not authorized/,
      );
    },
  );

  it('of an internal event is refused to a client even under its own source', async () => {
    await expect(world.put('EndpointsReady', { version: 1, leaseId: 'test', fence: 1 })).rejects.toThrow(
      /not authorized/,
    );
  });
});

describe('a message in the intake queue', () => {
  it('that is no JSON is rejected, kept, and does not stop its batch', async () => {
    const { cloud } = world;
    const sqs = new SQSClient({
      region: cloud.region,
      credentials: cloud.credentialsFor('root'),
      requestHandler: cloud.requestHandler(),
    });
    const queue = `https://sqs.${cloud.region}.amazonaws.com/${cloud.account}/hourglass-test-intake`;
    await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: '{"broken' }));
    await world.requestMirror('app');
    await world.pass(5);
    expect(world.messages('intake-dead')).toEqual(['{"broken']);
    expect(world.runs).toHaveLength(1);
  });
});

describe('the webhook', () => {
  async function post(body: string, apiKey?: string) {
    const [base] = Object.values(await world.cloud.apiUrls());
    const headers = { 'content-type': 'application/json', ...(apiKey !== undefined && { 'x-api-key': apiKey }) };
    const driving = world.cloud.driver.drive({ speed: 'jump' });
    try {
      const answer = await fetch(`${base}/requests`, { method: 'POST', headers, body });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    } finally {
      await driving.stop();
    }
  }

  it('takes a request with the key, which is then mirrored', async () => {
    const { version: _, ...request } = mirror;
    expect(await post(JSON.stringify(request), API_KEY)).toMatchObject({
      status: 202,
      body: { requestId: expect.any(String) },
    });
    await world.pass(5);
    expect(world.runs).toMatchObject([{ key: 'mirror:app' }]);
  });

  it.each([
    ['no key', JSON.stringify(mirror), undefined, 401, /x-api-key/],
    ['a wrong key', JSON.stringify(mirror), 'guess', 401, /x-api-key/],
    ['broken JSON', '{', API_KEY, 400, /not JSON/],
    ['too large a body', JSON.stringify({ ...mirror, x: 'x'.repeat(20_000) }), API_KEY, 400, /over the limit/],
    [
      'a host off the allow-list',
      JSON.stringify({ ...mirror, sourceUrl: 'https://evil.test/' }),
      API_KEY,
      400,
      /allow-list/,
    ],
  ])('answers %s with the reason', async (_, body, key, status, reason) => {
    expect(await post(body, key)).toEqual({ status, body: { error: expect.stringMatching(reason) } });
    await world.pass(5);
    expect(world.runs).toEqual([]);
    expect(world.messages('intake')).toEqual([]);
  });
});

describe('replay by the operator', () => {
  it('brings what failed for good back at once, under a new request', async () => {
    world.behave.exitCode = 1;
    await world.requestMirror('app');
    await world.pass(70);
    expect(world.messages('failed-mirrors')).toHaveLength(1);
    world.behave.exitCode = 0;
    const { cloud } = world;
    const sqs = new SQSClient({
      region: cloud.region,
      credentials: cloud.credentialsFor('root'),
      requestHandler: cloud.requestHandler(),
    });
    const arn = (name: string) => `arn:aws:sqs:${cloud.region}:${cloud.account}:hourglass-test-${name}`;
    await sqs.send(
      new StartMessageMoveTaskCommand({ SourceArn: arn('failed-mirrors'), DestinationArn: arn('replay') }),
    );
    await world.pass(6);
    expect(world.runs).toHaveLength(4);
    expect(world.events('TaskSucceeded')).toMatchObject([{ requestId: expect.stringMatching(/:replay-1$/) }]);
    expect(world.messages('failed-mirrors')).toEqual([]);
  });
});

describe('a call outside of a role', () => {
  const roleOf = (name: string) =>
    world.cloud.functions.all().find(({ settings }) => settings.name === `hourglass-test-${name}`)?.settings.roleArn ??
    '';
  const as = (name: string) => ({
    region: world.cloud.region,
    credentials: world.cloud.credentialsFor(roleOf(name)),
    requestHandler: world.cloud.requestHandler(),
    maxAttempts: 1,
  });
  const taskRole = () => world.cloud.parts.ecs.tasks()[0]?.taskRoleArn ?? '';

  it.each([
    [
      'intake',
      'delete a stack',
      () => new CloudFormationClient(as('intake')).send(new DeleteStackCommand({ StackName: 'x' })),
    ],
    [
      'provisioner',
      'create another stack',
      () =>
        new CloudFormationClient(as('provisioner')).send(
          new CreateStackCommand({ StackName: 'other', TemplateBody: '{}' }),
        ),
    ],
    [
      'provisioner',
      'delete its stack',
      () =>
        new CloudFormationClient(as('provisioner')).send(
          new DeleteStackCommand({ StackName: 'hourglass-test-endpoints' }),
        ),
    ],
    [
      'teardown',
      'run a task',
      () => new ECSClient(as('teardown')).send(new RunTaskCommand({ cluster: TABLE, taskDefinition: 'x' })),
    ],
    [
      'runner',
      'delete endpoints',
      () => new EC2Client(as('runner')).send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: ['vpce-0'] })),
    ],
    ['webhook', 'read the table', () => new DynamoDBClient(as('webhook')).send(new ScanCommand({ TableName: TABLE }))],
    [
      'replay',
      'read the lease',
      () =>
        new DynamoDBClient(as('replay')).send(
          new GetItemCommand({ TableName: TABLE, Key: { pk: { S: 'lease#test' }, sk: { S: 'lease' } } }),
        ),
    ],
  ])('is denied: %s may not %s', async (_, __, call) => {
    await expect(call()).rejects.toThrow(/is not authorized to perform|not authorized/);
  });

  it('is denied: a task may read its work and nothing else of the table', async () => {
    await world.requestMirror('app');
    await world.pass(5);
    const dynamoDb = new DynamoDBClient({
      region: world.cloud.region,
      credentials: world.cloud.credentialsFor(taskRole()),
      requestHandler: world.cloud.requestHandler(),
    });
    const read = (pk: string, sk: string) =>
      dynamoDb.send(new GetItemCommand({ TableName: TABLE, Key: { pk: { S: pk }, sk: { S: sk } } }));
    expect((await read(`work#${world.runs[0]?.token}`, 'work')).Item).toBeDefined();
    await expect(read('lease#test', 'lease')).rejects.toThrow(/not authorized/);
  });
});

describe('the handlers', () => {
  it('never wait: no call is denied, nothing fails, and none sleeps on the clock', async () => {
    await world.requestMirror('app');
    await world.pass(10);
    await world.requestMirror('app');
    await world.pass(70);
    const ends = world.traces.filter((trace) => trace.kind === 'invocation-end');
    expect(ends.length).toBeGreaterThan(10);
    for (const end of ends) expect(end).toMatchObject({ outcome: 'ok', virtualMs: 0 });
    expect(world.traces.filter((trace) => trace.kind === 'api' && /AccessDenied/.test(trace.outcome))).toEqual([]);
  });
});
