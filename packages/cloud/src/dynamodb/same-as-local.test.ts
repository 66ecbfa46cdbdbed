/**
 * The engine in memory against Amazon's DynamoDB Local: the same requests in the same order, the same answers. Of errors, the exception
 * and its members are compared, not the words, in which DynamoDB Local itself differs from AWS.
 *
 * Known differences, left out of the requests: numbers come back in normal form as from AWS (Local keeps `1.50e2` as it was written);
 * an update that cannot be applied inside a transaction is a cancellation reason as AWS documents it (Local: ValidationException);
 * `size` and `CONVERT` are reserved as AWS documents it (Local lets them pass).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsError } from '../errors.ts';
import { needsJava } from '../testing/needs-java.ts';
import { type DynamoDbEngine, openEngine } from './engine.ts';
import { listReservedWords } from './memory/reserved-words.ts';
import { K } from './testing/item.ts';
import { requests, type Step, table } from './testing/requests.ts';

const options = { nowMs: () => Date.UTC(2026, 0, 1), tableArn: (name: string) => `arn:aws:dynamodb:::table/${name}` };

describe('DynamoDB in memory answers like DynamoDB Local', needsJava, () => {
  let memory: DynamoDbEngine;
  let local: DynamoDbEngine;
  beforeAll(async () => {
    memory = await openEngine({ ...options, mode: 'memory' });
    local = await openEngine({ ...options, mode: 'local' });
  });
  afterAll(() => local.close());

  it(`to ${requests.length} requests`, async () => {
    for (const [index, step] of requests.entries()) {
      const expected = await ask(local, step);
      expect(await ask(memory, step), `request ${index}: ${JSON.stringify(step).slice(0, 400)}`).toEqual(expected);
    }
  });

  it('about which words are reserved', async () => {
    const onlyDocumented = ['CONVERT', 'SIZE'];
    const plain = ['lease', 'fence', 'phase', 'kind', 'argv', 'pk', 'sk', 'version', 'timer', 'pending', 'expiresAt'];
    for (const word of [...listReservedWords().filter((one) => !onlyDocumented.includes(one)), ...plain]) {
      const step: Step = ['GetItem', { TableName: table, Key: K('none', '1'), ProjectionExpression: word }];
      expect(await ask(memory, step), word).toEqual(await ask(local, step));
    }
  });
});

async function ask(engine: DynamoDbEngine, [operation, input]: Step): Promise<unknown> {
  try {
    const sent = JSON.parse(JSON.stringify(input)) as Record<string, unknown>;
    return normalize(JSON.parse(JSON.stringify(await engine.ask(operation, sent))));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { error: error.code, members: normalize(error.members) };
  }
}

/** Sets have no order, nulls say nothing, and what only DynamoDB Local says is left out. */
function normalize(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalize);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name, inner]) => inner !== null && name !== 'TableDescription' && name !== 'ConsumedCapacity',
  );
  return Object.fromEntries(
    kept.map(([name, inner]) => [name, /^[SNB]S$/.test(name) ? [...(inner as string[])].sort() : normalize(inner)]),
  );
}
