/** A replay that is interrupted after each of its calls, over the simulated SQS and DynamoDB: every message is in a queue, or was asked for anew, once. */
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { createCloud } from '@hourglass/cloud';
import { createOperatorClients, type Deployment, discard, listDeadLetters, replay } from '@hourglass/operations';
import { nextReplayId } from '@hourglass/shared/dead-letters';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leaseKeys } from '../lease-table.ts';

class Interrupted extends Error {}

const QUEUES = ['failedMirrors', 'intakeDead', 'replay'] as const;
let cloud: ReturnType<typeof createCloud>;
let deployment: Deployment;
let sqs: SQSClient;
let dynamoDb: DynamoDBClient;
/** Calls that go through until the process ends. */
let callsLeft = Number.POSITIVE_INFINITY;

beforeEach(async () => {
  cloud = createCloud({ dynamo: 'memory', startMs: Date.parse('2026-11-27T10:00:00Z') });
  const queue = (QueueName: string) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName } });
  const Resources = {
    ...Object.fromEntries(QUEUES.map((name) => [name, queue(name)])),
    table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'hourglass-main',
        ...leaseKeys,
      },
    },
  };
  await cloud.deployTemplate({ Resources }, 'queues');
  const own = cloud.requestHandler();
  const settings = { region: cloud.region, credentials: cloud.credentialsFor('root'), maxAttempts: 1 };
  sqs = new SQSClient({ ...settings, requestHandler: own });
  dynamoDb = new DynamoDBClient({ ...settings, requestHandler: own });
  const requestHandler = {
    ...own,
    handle: async (request: Parameters<typeof own.handle>[0]) => {
      if (callsLeft === 0) throw new Interrupted();
      callsLeft -= 1;
      return own.handle(request);
    },
  };
  const url = (name: string) => `https://sqs.${cloud.region}.amazonaws.com/${cloud.account}/${name}`;
  deployment = {
    name: 'main',
    region: cloud.region,
    clients: createOperatorClients({ ...settings, requestHandler }),
    description: {
      table: 'hourglass-main',
      queueUrls: Object.fromEntries(QUEUES.map((name) => [name, url(name)])),
      settings: { billing: 'unknown' },
    },
    repositories: {},
    nowMs: () => cloud.clock.nowMs(),
  } as unknown as Deployment;
  callsLeft = Number.POSITIVE_INFINITY;
});
afterEach(() => cloud.close());

/** The clock jumps to whatever somebody waits for, such as the end of a long poll. */
async function drive<T>(work: Promise<T>): Promise<T> {
  const driving = cloud.driver.drive({ speed: 'jump' });
  try {
    return await work;
  } finally {
    await driving.stop();
  }
}

/** Until what was hidden is shown again. */
const wait = () => cloud.driver.advanceBy(301_000);

const die = (repository: string, requestId = `push-${repository}`) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: deployment.description.queueUrls.failedMirrors,
      MessageBody: JSON.stringify({
        version: 1,
        leaseId: 'main',
        taskKey: `mirror:${repository}`,
        requestId,
        task: { kind: 'mirror', repository, sourceUrl: 'https://git.test/x', destination: 'd' },
        attempts: 3,
        replays: 0,
        message: 'wrong password',
      }),
    }),
  );

/** The requests of all messages in the queue, hidden or not. */
function inside(queue: (typeof QUEUES)[number]): string[] {
  return cloud.queues
    .byName(queue)
    .peek()
    .map(({ body }) => JSON.parse(body).requestId)
    .sort();
}

/** What the replay service and the intake do: each message is asked for once by its id, and gone. */
async function serveReplays(): Promise<void> {
  for (;;) {
    const QueueUrl = deployment.description.queueUrls.replay;
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return;
    for (const message of Messages) await serve(QueueUrl, message);
  }
}

const asked: string[] = [];

async function serve(QueueUrl: string, { Body = '', ReceiptHandle }: Message): Promise<void> {
  const { requestId, taskKey } = JSON.parse(Body);
  const id = nextReplayId(requestId);
  const Item = {
    pk: { S: `request#main#${id}` },
    sk: { S: taskKey },
    data: { M: { requestId: { S: id }, taskKey: { S: taskKey } } },
  };
  const put = new PutItemCommand({
    TableName: 'hourglass-main',
    Item,
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  await dynamoDb.send(put).then(
    () => asked.push(id),
    () => {},
  );
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}

describe.each([false, true])(
  'a replay of one repository (the replayed are served before it is tried again: %s)',
  (served) => {
    it('asks for each message once, wherever it is interrupted', async () => {
      for (let after = 0; ; after += 1) {
        asked.length = 0;
        const mine = Array.from({ length: 12 }, (_, n) => `push-${after}-${n}`);
        for (const id of mine) await die('app', id);
        await die('other', `other-${after}`);
        callsLeft = after;
        const isDone = await drive(replay(deployment, { task: 'mirror:app' })).then(
          () => true,
          () => false,
        );
        callsLeft = Number.POSITIVE_INFINITY;
        // Nothing is lost: each is at rest or on its way.
        const somewhere = new Set([...inside('failedMirrors'), ...inside('replay')]);
        for (const id of [...mine, `other-${after}`]) expect([...somewhere], `after ${after} calls`).toContain(id);
        if (served) await serveReplays();
        await wait();
        await drive(replay(deployment, { task: 'mirror:app' }));
        await serveReplays();
        expect([...asked].sort(), `after ${after} calls`).toEqual(mine.map(nextReplayId).sort());
        expect(inside('failedMirrors')).toEqual(Array.from({ length: after + 1 }, (_, n) => `other-${n}`).sort());
        expect(inside('replay')).toEqual([]);
        if (isDone) {
          expect(after).toBeGreaterThan(4);
          return;
        }
      }
    });
  },
);

it('a list leaves every message where it is, for the next who looks', async () => {
  await die('app');
  await die('other');
  for (let look = 0; look < 3; look += 1) {
    const letters = await drive(listDeadLetters(deployment, { limit: 10 }));
    expect(letters.map(({ task, attempts, reason }) => [task, attempts, reason]).sort()).toEqual([
      ['mirror:app', 3, 'wrong password'],
      ['mirror:other', 3, 'wrong password'],
    ]);
  }
});

it('a discarded letter is gone with its reason on record; interrupted before, it is still there', async () => {
  await die('app');
  // Received, recorded, and the process ends before the message goes.
  callsLeft = 2;
  await expect(drive(discard(deployment, 'push-app', 'obsolete'))).rejects.toThrow();
  callsLeft = Number.POSITIVE_INFINITY;
  expect(inside('failedMirrors')).toEqual(['push-app']);
  await wait();
  await drive(discard(deployment, 'push-app', 'obsolete'));
  expect(inside('failedMirrors')).toEqual([]);
  const Key = { pk: { S: 'discarded#main' }, sk: { S: 'push-app' } };
  const { Item } = await dynamoDb.send(new GetItemCommand({ TableName: 'hourglass-main', Key }));
  expect(Item?.data?.M?.reason?.S).toBe('obsolete');
  await expect(drive(discard(deployment, 'push-app', 'obsolete'))).rejects.toThrow(/no dead letter/);
});
