import { randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { endAttempt, readCarried, readOpenWork } from '@hourglass/lease-dynamodb';
import {
  describeIssues,
  dynamoDbDocument,
  FetchOrder,
  givesUpSoon,
  ownTime,
  PermanentError,
  parseEnv,
  readSettings,
  s3,
  serve,
} from '@hourglass/shared';
import { fetcherEnv } from './config.ts';
import { fetchAttempt } from './fetch-attempt.ts';
import { lookAtSource } from './look-at-source.ts';
import { createPackSink } from './pack-sink.ts';
import { sourceOf } from './source-of.ts';

const config = parseEnv(fetcherEnv, readSettings(process.env));
const { TABLE_NAME, BUCKET_NAME, LEASE_ID } = config;
const document = dynamoDbDocument(givesUpSoon);
const client = s3();

export const handler = serve<unknown, void>('fetcher', async (event, logger, context) => {
  const order = FetchOrder.safeParse(event);
  if (!order.success) throw new PermanentError(`This is nothing to fetch: ${describeIssues(order.error)}.`);
  if ('ping' in order.data) return;
  const signal = ownTime(context);
  const effects = {
    describeSource: (work: { sourceUrl: string; destination: string }) => sourceOf(work, process.env, signal),
    async putObject(Key: string, text: string) {
      const Body = Buffer.from(text);
      // Without its length the SDK warns of an empty body as of a stream that it cannot send again.
      const object = { Body, ContentLength: Body.length, ChecksumAlgorithm: 'SHA256' } as const;
      await client.send(new PutObjectCommand({ Bucket: BUCKET_NAME, Key, ...object }));
    },
    newRunId: () => randomUUID(),
    note: (message: string) => logger.info(message),
  };
  if ('look' in order.data) {
    await lookAtSource(order.data.look, {
      ...effects,
      readCarried: (taskKey) => readCarried(document, TABLE_NAME, LEASE_ID, taskKey),
    });
    return;
  }
  await fetchAttempt(order.data.token, {
    ...effects,
    readWork: async (token) => {
      const work = await readOpenWork(document, TABLE_NAME, token);
      if (work?.requestId !== undefined) logger.setCorrelationId(work.requestId);
      return work;
    },
    endAttempt: (token, result) => endAttempt(document, TABLE_NAME, token, result),
    packSinkAt: (key) => createPackSink(client, BUCKET_NAME, key, signal),
    signal,
    maxPackBytes: config.MAX_PACK_BYTES,
  });
});
