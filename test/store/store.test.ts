/**
 * One suite for every store: in memory, on Amazon's DynamoDB Local, and on the engine that stands in for it where there is no Java.
 * The last two through the real SDK client.
 */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Cloud, createCloud } from '@hourglass/cloud';
import {
  advance,
  type Command,
  createMemoryStore,
  defaultSettings,
  LeaseConflict,
  type LeaseEffects,
  type LeaseStore,
  MAX_ITEMS_PER_WRITE,
  type Request,
} from '@hourglass/lease';
import {
  createDynamoDbStore,
  listEndedLeases,
  readAttempts,
  readRide,
  readTips,
  readWork,
  writeResult,
} from '@hourglass/lease-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const all = { all: true } as const;
const STACK = 'arn:aws:cloudformation:ap-northeast-1:1:stack/endpoints/1';

function request(repository: string, requestId: string, nowMs = 0): Request {
  const task = { kind: 'mirror' as const, repository, sourceUrl: `https://git.test/${repository}`, destination: 'd' };
  return { requestId, task, acceptedAtMs: nowMs, startByMs: nowMs };
}

const accept = (repository: string, requestId: string): Command => ({
  type: 'requestAccepted',
  request: request(repository, requestId),
});

const claim = (repository: string, token: string): Command => ({
  type: 'taskClaimed',
  taskKey: `mirror:${repository}`,
  token,
  parameters: { cluster: 'c', overrides: [{ name: 'task' }] },
  work: {
    kind: 'mirror',
    repository,
    sourceUrl: `https://git.test/${repository}`,
    destination: 'd',
    rememberedTips: [],
    timeLimitSeconds: 60,
  },
});

const open: Command[] = [
  { type: 'creationAsked', fence: 1 },
  { type: 'stackCreated', fence: 1, stackId: STACK, createdAtMs: 0 },
];

function effectsOver(store: LeaseStore): LeaseEffects {
  return {
    store,
    settings: { ...defaultSettings, maxParallelTasks: 1_000 },
    alarms: { create: async () => {}, delete: async () => {} },
    nowMs: () => 1_000,
    pauseBeforeRetry: async () => {},
  };
}

interface Subject {
  name: string;
  open(): Promise<{ store: LeaseStore; document?: DynamoDBDocumentClient; close(): Promise<void> }>;
}

const onDynamoDb = (dynamo: 'local' | 'memory'): Subject['open'] => {
  return async () => {
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
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
      }),
    );
    const document = DynamoDBDocumentClient.from(client);
    return { store: createDynamoDbStore(document, 'hourglass'), document, close: () => cloud.close() };
  };
};

const subjects: Subject[] = [
  { name: 'memory', open: async () => ({ store: createMemoryStore(), close: async () => {} }) },
  { name: 'DynamoDB Local', open: onDynamoDb('local') },
  { name: "the simulated AWS's own DynamoDB", open: onDynamoDb('memory') },
];

describe.each(subjects)('the lease store on $name', ({ name, open: openStore }) => {
  let opened: Awaited<ReturnType<Subject['open']>>;
  let store: LeaseStore;
  let leaseId: string;
  let leases = 0;

  beforeAll(async () => {
    opened = await openStore();
    store = opened.store;
  });
  afterAll(() => opened.close());
  beforeEach(() => {
    leases += 1;
    leaseId = `lease-${leases}`;
  });

  const step = (...commands: Command[]) => advance(effectsOver(store), leaseId, all, () => commands);

  it('gives a new lease where none was written', async () => {
    const state = await store.load(leaseId, all);
    expect(state.lease).toMatchObject({ leaseId, phase: 'closed', fence: 0, version: 0, alarm: null });
    expect(state.items.size).toBe(0);
  });

  it('gives back exactly what was written', async () => {
    const { state } = await step(accept('a', 'r1'), accept('b', 'r2'), ...open, claim('a', `${leaseId}-t1`));
    const loaded = await store.load(leaseId, all);
    expect(loaded.lease).toEqual(state.lease);
    expect(loaded.items).toEqual(state.items);
    expect(loaded.lease).toMatchObject({ version: 1, pending: 1, running: 1, phase: 'open' });
  });

  it('gives only the items asked for, and which requests it has seen; one id serves for several tasks', async () => {
    await step(accept('a', 'r1'), accept('b', 'r2'));
    const state = await store.load(leaseId, {
      taskKeys: ['mirror:b', 'mirror:c'],
      identities: ['mirror:a#r1', 'mirror:b#r1'],
    });
    expect([...state.items.keys()]).toEqual(['mirror:b']);
    expect([...state.seen]).toEqual(['mirror:a#r1']);
    expect(state.complete).toBe(false);
    expect(state.lease.pending).toBe(2);
  });

  it('keeps the seen ids of one lease apart from those of another', async () => {
    await step(accept('a', 'r1'));
    const other = await store.load(`${leaseId}-other`, { taskKeys: ['mirror:a'], identities: ['mirror:a#r1'] });
    expect([...other.seen, ...other.items.keys()]).toEqual([]);
  });

  it('refuses a write from a version that is no longer the lease, and writes none of it', async () => {
    const before = await store.load(leaseId, all);
    await step(accept('a', 'r1'));
    const after = { ...before, lease: { ...before.lease, fence: 99 } };
    const facts = [
      {
        type: 'requestRemembered' as const,
        taskKey: 'mirror:z',
        request: request('z', 'r9'),
        as: 'pending' as const,
        ridesOn: 'r9',
      },
    ];
    await expect(store.commit(before, after, facts, 0)).rejects.toThrow(LeaseConflict);
    const { lease, seen } = await store.load(leaseId, { taskKeys: [], identities: ['mirror:z#r9'] });
    expect(lease).toMatchObject({ version: 1, fence: 1 });
    expect([...seen]).toEqual([]);
  });

  it('counts exactly, however many handlers write at once', async () => {
    const writers = Array.from({ length: 6 }, (_, n) => step(accept(`app-${n}`, `r${n}`)));
    await Promise.all(writers);
    const { lease, items } = await store.load(leaseId, all);
    expect(lease).toMatchObject({ pending: 6, version: 6 });
    expect(items.size).toBe(6);
  });

  it('accepts a request id once, however many handlers bring it at once', async () => {
    const scope = { taskKeys: ['mirror:a'], identities: ['mirror:a#r1'] };
    await Promise.all([1, 2, 3].map(() => advance(effectsOver(store), leaseId, scope, () => [accept('a', 'r1')])));
    const { lease } = await store.load(leaseId, all);
    expect(lease).toMatchObject({ pending: 1, version: 1 });
  });

  it('lets one of many handlers claim a task', async () => {
    await step(accept('a', 'r1'), ...open);
    const claims = await Promise.all([1, 2, 3, 4].map((n) => step(claim('a', `${leaseId}-t${n}`))));
    expect(claims.filter(({ changed }) => changed)).toHaveLength(1);
    expect((await store.load(leaseId, all)).lease).toMatchObject({ pending: 0, running: 1 });
  });

  it('takes an item out when its task has succeeded, and puts it back as pending for a push during the run', async () => {
    const [a, b] = [`${leaseId}-a`, `${leaseId}-b`];
    await step(accept('a', 'r1'), accept('b', 'r2'), ...open, claim('a', a), claim('b', b));
    await step(accept('b', 'r3'));
    const finish = (repository: string, token: string): Command => ({
      type: 'taskFinished',
      taskKey: `mirror:${repository}`,
      token,
      outcome: { status: 'succeeded' },
    });
    await step(finish('a', a), finish('b', b));
    const { lease, items } = await store.load(leaseId, all);
    expect(lease).toMatchObject({ pending: 1, running: 0 });
    expect(items.get('mirror:b')).toMatchObject({ state: 'pending', request: { requestId: 'r3' } });
    expect(items.has('mirror:a')).toBe(false);
  });

  it('takes the largest write there is', async () => {
    const many = Array.from({ length: MAX_ITEMS_PER_WRITE }, (_, n) => `app-${n}`);
    await step(...many.map((name) => accept(name, name)));
    await step(...open, ...many.map((name) => claim(name, `${leaseId}-${name}`)));
    await step(
      ...many.map(
        (name): Command => ({
          type: 'taskFinished',
          taskKey: `mirror:${name}`,
          token: `${leaseId}-${name}`,
          outcome: { status: 'succeeded' },
        }),
      ),
    );
    expect((await store.load(leaseId, all)).items.size).toBe(0);
  });

  it('loads more items than one batch of keys holds', async () => {
    const names = Array.from({ length: 130 }, (_, n) => `repository-${n}`);
    for (let start = 0; start < names.length; start += MAX_ITEMS_PER_WRITE) {
      await step(...names.slice(start, start + MAX_ITEMS_PER_WRITE).map((name) => accept(name, name)));
    }
    expect((await store.load(leaseId, all)).items.size).toBe(130);
    const taskKeys = names.map((name) => `mirror:${name}`);
    const state = await store.load(leaseId, { taskKeys, identities: names.map((name) => `mirror:${name}#${name}`) });
    expect([state.items.size, state.seen.size]).toEqual([130, 130]);
  });

  if (name === 'memory') return;

  it('keeps the work of a claim, its result, and what a lease cost', async () => {
    const document = opened.document as DynamoDBDocumentClient;
    const token = `${leaseId}-w`;
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
    await step({ type: 'stackDeleted', fence: 1, stackId: STACK, createdAtMs: 0, deletedAtMs: 5 });
    await step({ type: 'stackDeleted', fence: 1, stackId: STACK, createdAtMs: 0, deletedAtMs: 6_000 });
    expect(await listEndedLeases(document, 'hourglass', leaseId)).toEqual([
      { fence: 1, openedAtMs: 0, closedAtMs: 6_000, failed: false },
    ]);
  });

  it('tells a task who rides in it, by the claims of one write', async () => {
    const document = opened.document as DynamoDBDocumentClient;
    const [first, second, alone] = ['1', '2', '3'].map((n) => `${leaseId}-${n}`) as [string, string, string];
    await step(accept('a', 'r1'), accept('b', 'r2'), accept('c', 'r3'), ...open);
    await step(
      { ...claim('a', first), rideId: first } as Command,
      { ...claim('b', second), rideId: first } as Command,
      claim('c', alone),
    );
    expect(await readRide(document, 'hourglass', first)).toEqual({ tokens: [first, second], timeLimitSeconds: 60 });
    expect((await readRide(document, 'hourglass', alone)).tokens).toEqual([alone]);
    expect((await store.load(leaseId, all)).items.get('mirror:b')?.claim).toMatchObject({
      token: second,
      rideId: first,
    });
  });
});
