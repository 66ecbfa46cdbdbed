/** The two things that can stand behind the simulated DynamoDB, as one shape: Amazon's DynamoDB Local, or the engine in memory. */
import { Agent, request } from 'node:http';
import { AwsError } from '../errors.ts';
import { type DynamoDbLocal, DynamoDbLocalFailed, JavaMissing, startDynamoDbLocal } from './local.ts';
import { createMemoryDynamoDb } from './memory/engine.ts';
import { DynamoDbError } from './memory/errors.ts';

/** `auto`: DynamoDB Local where there is a Java that runs it, else memory. */
export type DynamoDbMode = 'auto' | 'local' | 'memory';

export interface DynamoDbEngine {
  readonly kind: 'local' | 'memory';
  /** Why memory serves where DynamoDB Local was wished for. */
  readonly reason?: string;
  /** Answers one operation in wire shapes. Throws AwsError. */
  ask(operation: string, input: Record<string, unknown>): Promise<unknown>;
  /** In memory only: without a turn of the event loop. */
  askNow?(operation: string, input: Record<string, unknown>): unknown;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly mode: DynamoDbMode;
  readonly nowMs: () => number;
  readonly tableArn: (name: string) => string;
}

/** @throws JavaMissing in mode `local` without Java, DynamoDbLocalFailed if it does not start. */
export async function openEngine(options: EngineOptions): Promise<DynamoDbEngine> {
  if (options.mode === 'memory') return openMemory(options);
  try {
    return await openLocal(options);
  } catch (error) {
    const cannotRun = error instanceof JavaMissing || error instanceof DynamoDbLocalFailed;
    if (options.mode === 'local' || !cannotRun) throw error;
    return { ...openMemory(options), reason: error.message };
  }
}

function openMemory({ nowMs, tableArn }: EngineOptions): DynamoDbEngine {
  const memory = createMemoryDynamoDb(nowMs, tableArn);
  const askNow = (operation: string, input: Record<string, unknown>): unknown => {
    try {
      return memory.handle(operation, input);
    } catch (error) {
      if (!(error instanceof DynamoDbError)) throw error;
      throw new AwsError(error.code, error.message, { members: error.fields });
    }
  };
  return {
    kind: 'memory',
    ask: async (operation, input) => askNow(operation, input),
    askNow,
    async close() {},
  };
}

/** A JVM takes seconds to start and to get fast: one serves every engine of this process, and ends with it. */
let serving: Promise<DynamoDbLocal> | undefined;
let databases = 0;

function findServing(): Promise<DynamoDbLocal> {
  serving =
    serving?.then((local) => (local.isRunning() ? local : startDynamoDbLocal()), startDynamoDbLocal) ??
    startDynamoDbLocal();
  return serving;
}

async function openLocal({ tableArn }: EngineOptions): Promise<DynamoDbEngine> {
  const local = await findServing();
  // DynamoDB Local wants credentials, and takes any; who may do what was decided before. Each key has a database of its own.
  const key = `hourglass${++databases}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const ownArns = tableArn('');
  const timesToLive = new LocalTimesToLive();
  const forward = async (operation: string, input: Record<string, unknown>) => {
    const answer = await post(local.endpoint, agent, key, operation, JSON.stringify(input));
    // DynamoDB Local knows neither our account nor our region.
    const text = answer.text.replaceAll('arn:aws:dynamodb:ddblocal:000000000000:table/', ownArns);
    const body = JSON.parse(text) as Record<string, unknown>;
    if (answer.status === 200) return body;
    const { __type: type, message, Message, ...members } = body;
    const code = String(type).replace(/^.*#/, '');
    throw new AwsError(code, String(message ?? Message ?? ''), { httpStatus: answer.status, members });
  };
  return {
    kind: 'local',
    async ask(operation, input) {
      if (operation !== 'UpdateTimeToLive' && operation !== 'DescribeTimeToLive') return forward(operation, input);
      await forward('DescribeTable', { TableName: input.TableName });
      return operation === 'UpdateTimeToLive' ? timesToLive.update(input) : timesToLive.describe(input);
    },
    async close() {
      agent.destroy();
    },
  };
}

/**
 * Time to live is never given to DynamoDB Local: it would delete by the wall clock, which is not the clock of this world.
 * Nothing deletes here; AWS may lag for days.
 */
class LocalTimesToLive {
  readonly #attributes = new Map<string, string>();

  update(input: Record<string, unknown>): unknown {
    const table = String(input.TableName);
    const wanted = input.TimeToLiveSpecification as { AttributeName: string; Enabled: boolean };
    const enabled = this.#attributes.has(table);
    if (wanted.Enabled === enabled) {
      throw new AwsError('ValidationException', `TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
    }
    if (wanted.Enabled) this.#attributes.set(table, wanted.AttributeName);
    else this.#attributes.delete(table);
    return { TimeToLiveSpecification: wanted };
  }

  describe(input: Record<string, unknown>): unknown {
    const attribute = this.#attributes.get(String(input.TableName));
    const described =
      attribute === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute };
    return { TimeToLiveDescription: described };
  }
}

function post(
  endpoint: string,
  agent: Agent,
  key: string,
  operation: string,
  body: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    };
    const outgoing = request(endpoint, { method: 'POST', agent, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 500, text: Buffer.concat(chunks).toString() }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
