/** What an operator reads, from what the store has written: a history of two tasks, lives of requests in every state, and deployments that are not found. */
import { createCloud } from '@hourglass/cloud';
import {
  advance,
  type Command,
  defaultSettings,
  type LeaseSettings,
  MINUTE_MS,
  type TaskOutcome,
} from '@hourglass/lease';
import { createDynamoDbStore } from '@hourglass/lease-dynamodb';
import {
  createOperatorClients,
  type Deployment,
  explainFailure,
  openDeployment,
  readHistory,
  readLife,
  readStatus,
} from '@hourglass/operations';
import { recordDiscard } from '@hourglass/operations/parts/dead-letters/discards';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describedDeployment, resources } from '../bench/operations/deployment.ts';

const START_MS = Date.parse('2026-11-27T10:00:00Z');
const STACK = 'arn:aws:cloudformation:ap-northeast-1:111111111111:stack/endpoints/1';
let cloud: ReturnType<typeof createCloud>;
let deployment: Deployment;
let nowMs: number;
let claims: number;

const clients = () =>
  createOperatorClients({
    region: cloud.region,
    credentials: cloud.credentialsFor('root'),
    requestHandler: cloud.requestHandler() as never,
  });

async function start(more: object = {}): Promise<void> {
  cloud = createCloud({ dynamo: 'memory', startMs: START_MS });
  await cloud.deployTemplate({ Resources: { ...resources, ...more } }, 'hourglass-main');
}

beforeEach(async () => {
  await start();
  deployment = await openDeployment({ clients: clients(), name: 'main' });
  [nowMs, claims] = [START_MS, 0];
});
afterEach(() => cloud.close());

/** As a service writes it, a minute after the last. */
async function write(commands: Command[], leaseId = 'main', settings: Partial<LeaseSettings> = {}): Promise<void> {
  nowMs += MINUTE_MS;
  const effects = {
    store: createDynamoDbStore(await deployment.clients.dynamoDb(), describedDeployment.table),
    timers: { create: async () => {}, delete: async () => {} },
    settings: { ...defaultSettings, ...settings },
    nowMs: () => nowMs,
    announceLeft: async () => true,
    pauseBeforeRetry: async () => {},
  };
  await advance(effects, leaseId, { all: true }, () => commands);
}

const ask = (requestId: string, repository = 'app', delivery?: string) =>
  write([
    {
      type: 'requestAccepted',
      request: {
        requestId,
        origin: { door: 'hook', ...(delivery !== undefined && { delivery }) },
        task: { kind: 'mirror', repository, sourceUrl: `https://user:secret@git.test/${repository}`, destination: 'd' },
        acceptedAtMs: nowMs + MINUTE_MS,
        startByMs: nowMs + MINUTE_MS,
      },
    },
  ]);
async function open(): Promise<void> {
  await write([{ type: 'creationAsked', fence: 1 }]);
  await write([{ type: 'stackCreated', fence: 1, stackId: STACK, createdAtMs: nowMs }]);
}
async function claim(repository = 'app'): Promise<string> {
  const token = `t${++claims}`;
  const taskKey = `mirror:${repository}`;
  const work = { kind: 'command' as const, name: 'x', argv: [], timeLimitSeconds: 60 };
  await write([{ type: 'taskClaimed', taskKey, token, parameters: {}, work }]);
  await write([{ type: 'taskStarted', taskKey, token, taskArn: `arn:aws:ecs:r:1:task/c/${token}` }]);
  return token;
}
async function run(outcome: TaskOutcome, repository = 'app'): Promise<void> {
  await write([{ type: 'taskFinished', taskKey: `mirror:${repository}`, token: await claim(repository), outcome }]);
}
const refused: TaskOutcome = { status: 'failed', started: true, permanent: true, message: 'the password is wrong' };
const done: TaskOutcome = { status: 'succeeded', report: { via: 'relay', refs: 3, created: 1 } };

describe('the history', () => {
  it('has what succeeded, failed and joined, the newest first; by task, by time and by failure', async () => {
    await ask('r1', 'app', 'delivery-7');
    await ask('r2', 'app');
    await ask('r3', 'web');
    await open();
    await run(done);
    await run(refused, 'web');
    const all = await readHistory(deployment, { limit: 10 });
    expect(all.map(({ requestId, task, result }) => [requestId, task, result])).toEqual([
      ['r3', 'mirror:web', 'failed'],
      ['r1', 'mirror:app', 'succeeded'],
      ['r2', 'mirror:app', 'joined'],
    ]);
    expect(all[0]).toMatchObject({ reason: 'the password is wrong', attempts: 1, carrier: 'fargate', fence: 1 });
    expect(all[1]).toMatchObject({
      door: 'hook',
      delivery: 'delivery-7',
      reason: null,
      taskArn: 'arn:aws:ecs:r:1:task/c/t1',
      logStream: 'task/task/t1',
      durationSeconds: 60,
      carried: { via: 'relay', refs: 3, created: 1 },
    });
    expect(all[2]).toMatchObject({ joins: 'r1', startedAt: null, attempts: 0 });
    const ids = async (asked: object) =>
      (await readHistory(deployment, { limit: 10, ...asked })).map((one) => one.requestId);
    expect(await ids({ limit: 1 })).toEqual(['r3']);
    expect(await ids({ failedOnly: true })).toEqual(['r3']);
    expect(await ids({ task: 'mirror:app' })).toEqual(['r1', 'r2']);
    expect(await ids({ task: 'mirror:app', failedOnly: true })).toEqual([]);
    expect(await ids({ sinceMs: Date.parse(all[1]?.finishedAt ?? '') })).toEqual(['r3', 'r1']);
    expect(await ids({ beforeMs: Date.parse(all[1]?.finishedAt ?? '') })).toEqual(['r2']);
  });

  it('finds the failure of a task behind more successes than are asked for', async () => {
    await ask('bad');
    await open();
    await run(refused);
    for (const id of ['a', 'b', 'c']) {
      await ask(id);
      await run(done);
    }
    const found = await readHistory(deployment, { task: 'mirror:app', failedOnly: true, limit: 2 });
    expect(found.map(({ requestId }) => requestId)).toEqual(['bad']);
  });

  it('knows a request that was handed over by both of its carriers, and its life as one', async () => {
    const described = { ...describedDeployment, directLease: 'main-direct' };
    deployment = { ...deployment, description: described as never };
    const nothing = { hasEndpoints: false };
    const task = { kind: 'mirror' as const, repository: 'app', sourceUrl: 'ssh://git.test/app', destination: 'd' };
    const request = { requestId: 'r1', task, acceptedAtMs: nowMs, startByMs: nowMs };
    await write([{ type: 'requestAccepted', request }], 'main-direct', nothing);
    const work = { kind: 'command' as const, name: 'x', argv: [], timeLimitSeconds: 60 };
    const [taskKey, token] = ['mirror:app', 't1'];
    await write([{ type: 'taskClaimed', taskKey, token, parameters: {}, work }], 'main-direct', nothing);
    await write([{ type: 'taskStarted', taskKey, token, taskArn: 'direct:t1' }], 'main-direct', nothing);
    expect(await readStatus(deployment)).toMatchObject({
      phase: 'closed',
      running: 1,
      runs: [{ requestId: 'r1', carrier: 'direct', taskArn: null }],
      next: { code: 'task-ends' },
    });
    const outcome = { status: 'failed' as const, started: true, message: 'it is reached by ssh', handsOver: true };
    await write([{ type: 'taskFinished', taskKey, token, outcome }], 'main-direct', nothing);
    await write([{ type: 'requestAccepted', request }]);
    expect(await readHistory(deployment, { limit: 10 })).toMatchObject([
      { requestId: 'r1', result: 'handedOver', carrier: 'direct', fence: null, taskArn: null, logStream: null },
    ]);
    const lives = await readLife(deployment, 'r1');
    expect(lives).toMatchObject([
      { state: 'waiting', carrier: 'fargate', attempts: [{ error: 'it is reached by ssh' }] },
    ]);
    expect(lives[0]?.steps.map(({ what }) => what)).toEqual([
      'accepted from an older release did not say',
      'claimed, try 1',
      'the fetcher has begun',
      'the mirror failed: it is reached by ssh',
      'handed over to a task',
    ]);
  });
});

describe("a request's life", () => {
  const stateOf = async (id: string) => (await readLife(deployment, id)).map(({ state }) => state);

  it('waits, runs and succeeds, step by step, without the credentials of its source', async () => {
    await ask('r1', 'app', 'delivery-7');
    expect(await stateOf('r1')).toEqual(['waiting']);
    await open();
    const token = await claim();
    expect(await readLife(deployment, 'r1')).toMatchObject([
      {
        state: 'running',
        source: 'https://***@git.test/app',
        logGroup: '/hourglass/main/tasks',
        logStream: 'task/task/t1',
      },
    ]);
    await write([{ type: 'taskFinished', taskKey: 'mirror:app', token, outcome: done }]);
    const [life] = await readLife(deployment, 'r1');
    expect(life).toMatchObject({
      state: 'succeeded',
      carried: { refs: 3 },
      attempts: [{ token: 't1', error: null }],
      shareUsd: null,
    });
    expect(life?.steps.map(({ what }) => what)).toEqual([
      "accepted from a git server's hook (delivery delivery-7)",
      'claimed, try 1, opening 1',
      'ECS has taken the task',
      'the task succeeded',
    ]);
  });

  it('that joined another says which, and what became of it', async () => {
    await ask('r1');
    await ask('r2');
    expect(await readLife(deployment, 'r2')).toMatchObject([{ state: 'joined', joins: 'r1', joinedState: 'waiting' }]);
    await open();
    await run(done);
    expect(await readLife(deployment, 'r2')).toMatchObject([{ state: 'joined', joinedState: 'succeeded' }]);
  });

  it('that is held by a pause, failed, or was put away says so', async () => {
    await ask('r1');
    await write([{ type: 'holdAsked', askId: 'a1', taskKey: 'mirror:app' }]);
    expect(await stateOf('r1')).toEqual(['held']);
    await write([{ type: 'releaseAsked', askId: 'a2', taskKey: 'mirror:app' }]);
    await open();
    await run(refused);
    expect(await readLife(deployment, 'r1')).toMatchObject([{ state: 'failed', reason: 'the password is wrong' }]);
    const letter = { requestId: 'r1', task: 'mirror:app', messageId: 'm1' };
    await recordDiscard(deployment, letter as never, 'it was moved');
    const [life] = await readLife(deployment, 'r1');
    expect(life).toMatchObject({ state: 'discarded', reason: 'discarded: it was moved' });
    expect(life?.steps.at(-1)?.what).toBe('its dead letter was discarded: it was moved');
  });

  it("of several tasks has as many; of none, none; and an operator's ask is no request", async () => {
    await ask('r1', 'app');
    await ask('r1', 'web');
    await write([{ type: 'holdAsked', askId: 'r1' }]);
    expect((await readLife(deployment, 'r1')).map(({ task }) => task).sort()).toEqual(['mirror:app', 'mirror:web']);
    expect(await readLife(deployment, 'r2')).toEqual([]);
  });
});

describe('a deployment that is not found is reported with what to do', () => {
  const table = (TableName: string) => ({
    Type: 'AWS::DynamoDB::Table',
    Properties: { ...resources.Table.Properties, TableName },
  });
  const parameter = (Name: string, Value: object) => ({
    Type: 'AWS::SSM::Parameter',
    Properties: { Type: 'String', Name: `/hourglass/${Name}/deployment/description`, Value: JSON.stringify(Value) },
  });
  const opening = (name?: string) => openDeployment({ clients: clients(), name });

  it('where there is none of that name: the Region, and those that there are', async () => {
    await expect(opening('mian')).rejects.toThrow(
      'there is no deployment mian in ap-northeast-1 in this account (there: main): correct --deployment, or name another Region with --region',
    );
  });

  it('the only one is meant without a name; of several one must be named', async () => {
    expect((await opening()).name).toBe('main');
    await cloud.close();
    await start({ Other: table('hourglass-other') });
    await expect(opening()).rejects.toThrow(
      /several deployments in ap-northeast-1, so name one with --deployment: main, other/,
    );
  });

  it('where there is none at all', async () => {
    await cloud.close();
    cloud = createCloud({ dynamo: 'memory', startMs: START_MS });
    await cloud.deployTemplate({ Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } } }, 'other');
    await expect(opening()).rejects.toThrow(/no deployment of Hourglass in ap-northeast-1 .* --region .* --profile/);
  });

  it('that is older or newer than the command is said to be so', async () => {
    await cloud.close();
    await start({
      Old: table('hourglass-old'),
      New: table('hourglass-new'),
      NewDescription: parameter('new', { version: 2 }),
      Odd: parameter('odd', { version: 1, table: 7 }),
    });
    await expect(opening('old')).rejects.toThrow(/old in ap-northeast-1 is older than this command .* deploy it again/);
    await expect(opening('new')).rejects.toThrow(/new is newer than this command: use the release/);
    await expect(opening('odd')).rejects.toThrow(/odd does not describe itself as this command expects/);
  });

  it('by who may not look: the action, and the policies that allow it', async () => {
    const stranger = createOperatorClients({
      region: cloud.region,
      credentials: cloud.createUser('stranger', []),
      requestHandler: cloud.requestHandler() as never,
    });
    const error = await openDeployment({ clients: stranger, name: 'main' }).catch((thrown: unknown) => thrown);
    expect((explainFailure(error, { region: cloud.region }) as Error).message).toMatch(
      /^AWS does not allow ssm:GetParametersByPath on \S+: the deployment's policies for operators, outputs OperatorPolicyArn and OperatorReadPolicyArn, allows? it/,
    );
  });
});
