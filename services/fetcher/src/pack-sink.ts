/**
 * A pack into S3, part by part. One part is a plain object; more are a multipart upload, whose parts S3 checks by their SHA-256. What is abandoned
 * goes by the bucket's lifecycle.
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  NoSuchUpload,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { PackSink } from '@hourglass/relay/halves';

export function createPackSink(client: S3Client, Bucket: string, Key: string, abortSignal: AbortSignal): PackSink {
  let UploadId: string | undefined;
  let mayBeDone = false;
  const parts: { PartNumber: number; ETag: string | undefined; ChecksumSHA256: string }[] = [];
  return {
    async write({ number, bytes, sha256, isLast }) {
      const ChecksumSHA256 = sha256.toString('base64');
      if (number === 1 && isLast) {
        await client.send(new PutObjectCommand({ Bucket, Key, Body: bytes, ChecksumSHA256 }), { abortSignal });
        return;
      }
      if (UploadId === undefined) {
        const create = new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'SHA256' });
        ({ UploadId } = await client.send(create, { abortSignal }));
      }
      const upload = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: number, Body: bytes, ChecksumSHA256 });
      const { ETag } = await client.send(upload, { abortSignal });
      parts[number - 1] = { PartNumber: number, ETag, ChecksumSHA256 };
    },
    async complete() {
      if (UploadId === undefined) return;
      const complete = new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } });
      await client.send(complete, { abortSignal }).catch((error: Error) => {
        // Of a call that was sent again the first may have completed it, and its answer was lost: then the upload is no more, and the object is
        // there, whose sum the pusher checks in any case.
        const isGone = error instanceof NoSuchUpload;
        if (isGone && (mayBeDone || (error.$metadata.attempts ?? 1) > 1)) return;
        mayBeDone ||= !isGone;
        throw error;
      });
    },
    async abort() {
      if (UploadId !== undefined) await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    },
  };
}
