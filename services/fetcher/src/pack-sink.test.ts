/** A pack into S3 by the real SDK client, over answers that S3 has given. */
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { createPackSink } from './pack-sink.ts';

const error = (code: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>said so</Message></Error>`;
const gone: [number, string] = [404, error('NoSuchUpload')];
const done: [number, string] = [200, '<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>'];
/** Sent after the status: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
const failedAfterAll: [number, string] = [200, error('InternalError')];

/** @param answers to CompleteMultipartUpload, the last of them for good; it is tried twice, as the relay does after an error */
async function complete(...answers: [number, string][]): Promise<number> {
  let asked = 0;
  const client = new S3Client({
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    requestHandler: {
      async handle({ method, query = {} }: { method: string; query?: Record<string, unknown> }) {
        const isCompletion = method === 'POST' && query.uploadId !== undefined;
        const begun = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>';
        const [statusCode, xml] = isCompletion
          ? (answers[Math.min(asked++, answers.length - 1)] as [number, string])
          : ([200, method === 'POST' ? begun : ''] as const);
        return { response: { statusCode, headers: { etag: '"e"' }, body: new Blob([xml]).stream() } };
      },
    } as never,
  });
  const sink = createPackSink(client, 'bucket', 'key', AbortSignal.timeout(60_000));
  for (const number of [1, 2]) {
    await sink.write({ number, bytes: Buffer.from('x'), sha256: Buffer.alloc(32), isLast: number === 2 });
  }
  const whole = { bytes: 2, sha256: '' };
  await sink.complete(whole).catch(() => sink.complete(whole));
  return asked;
}

describe('a pack of several parts', () => {
  it('that S3 completes, and fails after it has answered 200, is completed again', async () => {
    expect(await complete(failedAfterAll, done)).toBe(2);
    await expect(complete(failedAfterAll)).rejects.toThrow('said so');
  });

  it('whose completion was answered to nobody is there, though S3 then knows no such upload', async () => {
    const lost: [number, string] = [500, error('InternalError')];
    expect(await complete(lost, gone)).toBe(2);
    expect(await complete(lost, lost, lost, gone)).toBe(4);
  });

  it('whose upload somebody has taken away is not there', async () => {
    await expect(complete(gone)).rejects.toThrow('said so');
  });
});
