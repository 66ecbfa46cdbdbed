/**
 * The synthesized deployment in the simulated AWS, with virtual tasks: the real templates, bundles, roles and SDK clients, and a clock
 * that jumps. What a scenario asks of it is in its words.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Cloud, type CloudOptions, createCloud, type Trace } from '@hourglass/cloud';
import { type Lease, MINUTE_MS, type TaskItem } from '@hourglass/lease';
import {
  createDynamoDbStore,
  type EndedLease,
  listEndedLeases,
  readBatch,
  writeResult,
} from '@hourglass/lease-dynamodb';
import { inject } from 'vitest';
import { addOutside } from './hooks.ts';

export const TABLE = 'hourglass-test';
const START_MS = Date.UTC(2026, 0, 5, 9);

type Runner = NonNullable<NonNullable<CloudOptions['tasks']>['taskRunner']>;

export interface Deployment {
  cloud: Cloud;
  /** The control plane's outputs. */
  outputs: Readonly<Record<string, string>>;
  traces: Trace[];
  /** What has run, by repository or command, with its virtual times; those of one `task` shared it, one after the other. */
  runs: { key: string; token: string; task: string; startMs: number; endMs: number }[];
  /** What comes of the next works, and what they report; by default each takes a minute and succeeds. */
  behave: { durationMs: number; exitCode: number; report?: Record<string, unknown> };
  /** With the rights of an on-premises client. */
  client: EventBridgeClient;
  /** Puts an event on the bus as an on-premises client does. */
  put(detailType: string, detail: object, source?: string): Promise<void>;
  requestMirror(repository: string, more?: object): Promise<void>;
  /** Lets virtual minutes pass. */
  pass(minutes: number): Promise<void>;
  lease(): Promise<Lease>;
  items(): Promise<Map<string, TaskItem>>;
  ended(): Promise<EndedLease[]>;
  events(detailType: string): Record<string, unknown>[];
  messages(queue: string): string[];
  /** Virtual minutes since the start. */
  minute(): number;
  close(): Promise<void>;
}

export async function deploy(options: CloudOptions = {}, assembly = inject('assembly')): Promise<Deployment> {
  const runs: Deployment['runs'] = [];
  const behave: Deployment['behave'] = { durationMs: MINUTE_MS, exitCode: 0 };
  const traces: Trace[] = [];
  const taskRunner: Runner = async ({ environment }) => {
    const task = environment.WORK_ID ?? '';
    const { tokens } = await readBatch(document, TABLE, task);
    const keys = new Map([...(await items()).values()].map(({ taskKey, claim }) => [claim?.token, taskKey]));
    const { durationMs, exitCode, report } = behave;
    const batch = tokens.map((token, turn) => {
      const startMs = cloud.clock.nowMs() + turn * durationMs;
      return { key: keys.get(token) ?? '?', token, task, startMs, endMs: Number.POSITIVE_INFINITY };
    });
    runs.push(...batch);
    const effect = async () => {
      for (const run of batch) {
        run.endMs = run.startMs + durationMs;
        const result = {
          status: exitCode === 0 ? 'succeeded' : 'failed',
          message: 'as asked',
          ...(report && { report }),
        } as const;
        if (batch.length > 1 || report) await writeResult(document, TABLE, run.token, result);
      }
    };
    return { durationMs: durationMs * batch.length, exitCode, effect };
  };
  const cloud = createCloud({ dynamo: 'memory', startMs: START_MS, tasks: { taskRunner }, ...options });
  cloud.onTrace((trace) => traces.push(trace));
  addOutside(cloud);
  const { outputs } = await cloud.deploy(assembly, TABLE);
  const requestHandler = cloud.requestHandler();
  const region = cloud.region;
  const document = DynamoDBDocumentClient.from(
    new DynamoDBClient({ region, requestHandler, credentials: cloud.credentialsFor('root') }),
  );
  const client = new EventBridgeClient({
    region,
    requestHandler,
    credentials: cloud.createUser('on-premises', [outputs.ClientPolicyArn ?? '']),
  });
  const store = createDynamoDbStore(document, TABLE);
  const load = () => store.load('test', { all: true });
  async function items(): Promise<Map<string, TaskItem>> {
    return new Map((await load()).items);
  }
  async function put(DetailType: string, detail: object, Source = 'hourglass.client'): Promise<void> {
    const entry = { EventBusName: TABLE, Source, DetailType, Detail: JSON.stringify(detail) };
    const { Entries } = await client.send(new PutEventsCommand({ Entries: [entry] }));
    if (Entries?.[0]?.ErrorCode) throw new Error(Entries[0].ErrorMessage);
  }
  return {
    cloud,
    outputs,
    traces,
    runs,
    behave,
    client,
    put,
    requestMirror: (repository, more = {}) =>
      put('MirrorRequested', { version: 1, repository, sourceUrl: `https://git.test/${repository}`, ...more }),
    pass: (minutes) => cloud.driver.advanceBy(minutes * MINUTE_MS),
    lease: async () => (await load()).lease,
    items,
    ended: () => listEndedLeases(document, TABLE, 'test'),
    events: (detailType) =>
      traces.flatMap((trace) =>
        trace.kind === 'event' && trace.detailType === detailType ? [trace.detail as Record<string, unknown>] : [],
      ),
    messages: (name) => {
      const queue = cloud.queues.all().find((one) => one.name === `hourglass-test-${name}`);
      if (!queue) throw new Error(`there is no queue ${name}`);
      return queue.peek().map(({ body }) => body);
    },
    minute: () => (cloud.clock.nowMs() - START_MS) / MINUTE_MS,
    close: () => cloud.close(),
  };
}
