/** The work item, through the real SDK client over a request handler that keeps one item per key. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Work } from '@hourglass/lease';
import { beforeEach, describe, expect, it } from 'vitest';
import { endAttempt } from './carried.ts';
import { MAX_TIPS } from './tips.ts';
import { readAttempts, readBatch, readWork, WorkMalformed, WorkNotFound, workItem, writeResult } from './work.ts';

type Item = Record<string, unknown>;
interface Call {
  readonly operation: string;
  readonly input: Record<string, never> & { Key: Item; Item: Item; ConsistentRead?: boolean };
}

/** Answers GetItem, PutItem and the one UpdateItem that work.ts makes. */
function tableInProcess() {
  const items = new Map<string, Item>();
  const calls: Call[] = [];
  /** How many answers to UpdateItem never come. */
  const lost = { answers: 0 };
  const keyOf = (item: Item) => JSON.stringify([item.pk, item.sk]);
  function answer(
    operation: string,
    input: Call['input'] & { ExpressionAttributeValues?: Item; ConditionExpression?: string },
  ): [number, object] {
    if (operation === 'PutItem') {
      items.set(keyOf(input.Item), input.Item);
      return [200, {}];
    }
    const found = items.get(keyOf(input.Key));
    if (operation === 'GetItem') return [200, found ? { Item: found } : {}];
    const isSecond =
      found?.result !== undefined && /attribute_not_exists\(#result\)/.test(input.ConditionExpression ?? '');
    if (!found || isSecond)
      return [400, { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' }];
    items.set(keyOf(input.Key), { ...found, result: input.ExpressionAttributeValues?.[':result'] });
    return lost.answers-- > 0 ? [500, { __type: 'InternalServerError' }] : [200, {}];
  }
  const handler = {
    async handle(request: { headers: Record<string, string>; body: Uint8Array }) {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const input = JSON.parse(new TextDecoder().decode(request.body));
      calls.push({ operation, input });
      const [statusCode, body] = answer(operation, input);
      const bytes = new TextEncoder().encode(JSON.stringify(body));
      return { response: { statusCode, headers: {}, body: new Blob([bytes]).stream() } };
    },
  };
  const client = new DynamoDBClient({
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: handler as never,
  });
  return {
    document: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    items,
    calls,
    lost,
  };
}

const mirror: Extract<Work, { kind: 'mirror' }> = {
  kind: 'mirror',
  repository: 'app',
  sourceUrl: 'https://git.example.test/app.git',
  destination: 'codecommit::ap-northeast-1://app',
  rememberedTips: ['a'.repeat(40)],
  timeLimitSeconds: 3600,
};
const command: Work = { kind: 'command', name: 'list', argv: ['aws', 's3', 'ls'], timeLimitSeconds: 60 };

let table: ReturnType<typeof tableInProcess>;
const put = (token: string, work: unknown, members: string[] = []) =>
  table.document.send(new PutCommand({ TableName: 't', Item: workItem(token, work as Work, 1_800_000_000, members) }));

beforeEach(() => {
  table = tableInProcess();
});

describe('work', () => {
  it.each([mirror, command])('is read as it was written, strongly consistent', async (work) => {
    await put('a1', work);
    expect(await readWork(table.document, 't', 'a1')).toEqual(work);
    expect(table.calls.at(-1)?.input).toMatchObject({ ConsistentRead: true, Key: { pk: { S: 'work#a1' } } });
  });

  it('lies under work# only and carries its TTL in seconds', () => {
    expect(workItem('a1', mirror, 1_800_000_000)).toMatchObject({
      pk: 'work#a1',
      sk: 'work',
      expiresAt: 1_800_000_000,
    });
  });

  it('that is not there is named in the error', async () => {
    await expect(readWork(table.document, 't', 'gone')).rejects.toThrow(new WorkNotFound('gone'));
  });

  it.each([
    [{ ...mirror, kind: 'shell' }, 'kind must be "mirror" or "command"'],
    [{ ...mirror, sourceUrl: '' }, 'sourceUrl must be a text that is not empty'],
    [{ kind: 'mirror', timeLimitSeconds: 5 }, 'repository must .*; sourceUrl must .*; destination must '],
    [{ ...command, argv: 'rm -rf' }, 'argv must be a list of texts'],
    [{ ...command, argv: [] }, 'argv must be a list of texts'],
    [{ ...command, timeLimitSeconds: '60' }, 'timeLimitSeconds must be a number'],
    [{ ...command, timeLimitSeconds: 0 }, 'timeLimitSeconds must be a number'],
  ])('that is malformed names every fault: %j', async (work, fault) => {
    await put('bad', work);
    const failure = await readWork(table.document, 't', 'bad').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkMalformed);
    expect((failure as Error).message).toMatch(new RegExp(fault));
  });
});

describe('a result', () => {
  it('is written on the item of its work and read back', async () => {
    await put('a1', { ...mirror, leaseId: 'main', taskKey: 'mirror:app' });
    expect(await readAttempts(table.document, 't', 'a1')).toMatchObject([{ token: 'a1', result: undefined }]);
    await writeResult(table.document, 't', 'a1', { status: 'succeeded', message: 'mirrored', refs: 7 });
    expect(await readAttempts(table.document, 't', 'a1')).toMatchObject([
      { result: { status: 'succeeded', message: 'mirrored', refs: 7 } },
    ]);
    expect(await readWork(table.document, 't', 'a1')).toEqual(mirror);
  });

  it('is given for each attempt of a shared task, in the order in which the task does them', async () => {
    const owner = (taskKey: string) => ({ ...mirror, leaseId: 'main', taskKey });
    await put('a1', owner('mirror:a'), ['a2', 'a3']);
    await put('a2', owner('mirror:b'));
    await put('a3', owner('mirror:c'));
    expect(await readBatch(table.document, 't', 'a1')).toEqual({ tokens: ['a1', 'a2', 'a3'], timeLimitSeconds: 3600 });
    expect((await readBatch(table.document, 't', 'a2')).tokens).toEqual(['a2']);
    await writeResult(table.document, 't', 'a2', { status: 'failed', message: 'x', durationMs: 5 });
    expect(await readAttempts(table.document, 't', 'a1')).toEqual([
      { token: 'a1', leaseId: 'main', taskKey: 'mirror:a', destination: mirror.destination, result: undefined },
      {
        token: 'a2',
        leaseId: 'main',
        taskKey: 'mirror:b',
        destination: mirror.destination,
        result: { status: 'failed', message: 'x', durationMs: 5 },
      },
      { token: 'a3', leaseId: 'main', taskKey: 'mirror:c', destination: mirror.destination, result: undefined },
    ]);
  });

  it('of a task that is not there is named in the error, or is none', async () => {
    await expect(readBatch(table.document, 't', 'gone')).rejects.toThrow(new WorkNotFound('gone'));
    expect(await readAttempts(table.document, 't', 'gone')).toEqual([]);
  });

  it.each([
    ['failed', true],
    ['succeeded', undefined],
  ] as const)('of a work that has %s is permanent: %s', async (status, permanent) => {
    await put('a1', { ...mirror, leaseId: 'main', taskKey: 'mirror:app' });
    await writeResult(table.document, 't', 'a1', { status, message: '', permanent: true });
    const [read] = await readAttempts(table.document, 't', 'a1');
    expect(read?.result?.permanent).toBe(permanent);
  });

  it('carries object ids as tips, and nothing that is none', async () => {
    await put('a1', { ...mirror, leaseId: 'main', taskKey: 'mirror:app' });
    const tips = ['b'.repeat(40), 'c'.repeat(64), 'no id', ...Array.from({ length: 300 }, () => 'd'.repeat(40))];
    const result = { status: 'succeeded', message: '', tips, defaultBranch: 'trunk' } as const;
    await writeResult(table.document, 't', 'a1', result);
    const [read] = await readAttempts(table.document, 't', 'a1');
    expect(read).toMatchObject({ destination: mirror.destination, result: { defaultBranch: 'trunk' } });
    expect(read?.result?.tips?.slice(0, 3)).toEqual(['b'.repeat(40), 'c'.repeat(64), 'd'.repeat(40)]);
    expect(read?.result?.tips).toHaveLength(MAX_TIPS);
  });

  it('is the end of an attempt by the first who writes it, also where his answer was lost and the SDK asked again', async () => {
    await put('a1', { ...mirror, leaseId: 'main', taskKey: 'mirror:app' });
    const end = (message: string) => endAttempt(table.document, 't', 'a1', { status: 'failed', message, refs: 3 });
    table.lost.answers = 1;
    expect(await end('ours')).toBe(true);
    expect(table.calls.filter(({ operation }) => operation === 'UpdateItem')).toHaveLength(2);
    expect(await end('other')).toBe(false);
  });

  it('never makes an item of its own', async () => {
    const writing = writeResult(table.document, 't', 'gone', { status: 'failed', message: 'x' });
    await expect(writing).rejects.toThrow(WorkNotFound);
    expect(table.items.size).toBe(0);
  });
});
