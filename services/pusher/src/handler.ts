import { GetObjectCommand } from '@aws-sdk/client-s3';
import { endAttempt, isUnderWay, readOpenWork } from '@hourglass/lease-dynamodb';
import {
  ASKS,
  Ask,
  AttemptEnded,
  CLIENT_SOURCE,
  createPublisher,
  dynamoDbDocument,
  eventBridge,
  eventOf,
  MANIFESTS,
  MirrorRequested,
  ObjectCreated,
  on,
  ownTime,
  PermanentError,
  parseEnv,
  route,
  s3,
  serve,
} from '@hourglass/shared';
import { pusherEnv } from './config.ts';
import { pushAttempt } from './push-attempt.ts';

const { TABLE_NAME, LEASE_ID, BUS_NAME, BUCKET_NAME } = parseEnv(pusherEnv, process.env);
const document = dynamoDbDocument();
const client = s3();
const publish = createPublisher(eventBridge(), BUS_NAME);

async function readObject(Key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET_NAME, Key }));
  return (await Body?.transformToString()) ?? '';
}

/** From a byte on, so that a read that broke is taken up where it broke. */
async function readFrom(Key: string, from: number, abortSignal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const get = new GetObjectCommand({ Bucket: BUCKET_NAME, Key, ...(from > 0 && { Range: `bytes=${from}-` }) });
  const { Body } = await client.send(get, abortSignal ? { abortSignal } : {});
  return Body as unknown as AsyncIterable<Uint8Array>;
}

export const handler = serve<unknown, void>('pusher', async (event, logger, context) => {
  const signal = ownTime(context);
  const stored = on(ObjectCreated, async ({ object: { key } }) => {
    if (key.startsWith(ASKS)) {
      const asked = Ask.parse(JSON.parse(await readObject(key)));
      await publish([
        eventOf(
          MirrorRequested,
          {
            ...asked,
            requestId: `look-${key.slice(key.lastIndexOf('/') + 1)}`,
            origin: { door: 'schedule' },
          },
          CLIENT_SOURCE,
        ),
      ]);
      return;
    }
    if (!key.startsWith(MANIFESTS))
      throw new PermanentError(`The object ${key} is no manifest; see the rule that sent it.`);
    await pushAttempt(key, {
      readWork: async (token) => {
        const work = await readOpenWork(document, TABLE_NAME, token);
        if (work?.requestId !== undefined) logger.setCorrelationId(work.requestId);
        return work;
      },
      isUnderWay: (token) => isUnderWay(document, TABLE_NAME, token),
      endAttempt: (token, result) => endAttempt(document, TABLE_NAME, token, result),
      publishEnd: (token) => publish([eventOf(AttemptEnded, { leaseId: LEASE_ID, token })]),
      readObject,
      packAt: (packKey) => ({ open: (from, signal) => readFrom(packKey, from, signal) }),
      signal,
      note: (message) => logger.info(message),
    });
  });
  await route([stored], event, logger);
});
