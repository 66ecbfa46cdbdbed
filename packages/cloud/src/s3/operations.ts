/** The operations on objects. */
import { createHash } from 'node:crypto';
import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import { type Operation, RawResponse } from '../service.ts';
import type { Buckets, Upload } from './buckets.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html: all but the last. */
const LEAST_PART = 5 * 1024 ** 2;

interface Input {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId?: string;
  readonly PartNumber?: number;
  readonly Range?: string;
  readonly ChecksumSHA256?: string;
  readonly Body: Uint8Array;
}

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes);
const etagOf = (bytes: Uint8Array) => `"${createHash('md5').update(bytes).digest('hex')}"`;

export function createS3Operations(core: CloudCore, buckets: Buckets): Record<string, Operation> {
  const publish = (bucket: string, key: string, bytes: Buffer, reason: string) => {
    if (!buckets.get(bucket)?.notifiesBus) return;
    core.emitServiceEvent({
      source: 'aws.s3',
      detailType: 'Object Created',
      resources: [`arn:${core.partition}:s3:::${bucket}`],
      detail: {
        version: '0',
        bucket: { name: bucket },
        object: { key, size: bytes.length, etag: etagOf(bytes).slice(1, -1), sequencer: core.newHex(18) },
        'request-id': core.newHex(16),
        requester: core.account,
        'source-ip-address': '10.0.0.1',
        reason,
      },
    });
  };
  const known = ({ Bucket }: Input) => {
    if (buckets.get(Bucket) !== undefined) return;
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', { httpStatus: 404 });
  };
  const uploadOf = ({ UploadId, Bucket, Key }: Input): Upload & { id: string } => {
    const upload = buckets.upload(UploadId ?? '');
    if (upload?.bucket !== Bucket || upload.key !== Key) {
      const message =
        'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
      throw new AwsError('NoSuchUpload', message, { httpStatus: 404 });
    }
    return { ...upload, id: UploadId ?? '' };
  };
  return {
    ListBuckets: () => {
      const listed = buckets.allNames().map((name) => `<Bucket><Name>${name}</Name></Bucket>`);
      return xml('ListAllMyBucketsResult', `<Buckets>${listed.join('')}</Buckets>`);
    },
    GetBucketPolicy: ({ Bucket }: Input) => {
      const policy = buckets.policyOf(Bucket);
      if (policy !== undefined)
        return new RawResponse(200, { 'content-type': 'application/json' }, JSON.stringify(policy));
      throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', { httpStatus: 404 });
    },
    HeadObject: ({ Bucket, Key }: Input) => {
      const object = buckets.find(Bucket, Key);
      if (object === undefined) return new RawResponse(404, {}, '');
      return new RawResponse(200, { 'content-length': String(object.bytes.length) }, '');
    },
    GetObject: ({ Bucket, Key, Range }: Input) => {
      const object = buckets.find(Bucket, Key);
      if (object === undefined) {
        throw new AwsError('NoSuchKey', 'The specified key does not exist.', { httpStatus: 404 });
      }
      if ((object.region ?? core.region) !== core.region) {
        const message =
          'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.';
        throw new AwsError('PermanentRedirect', message, { httpStatus: 301 });
      }
      const { bytes } = object;
      const from = Number(/^bytes=(\d+)-$/.exec(Range ?? '')?.[1] ?? 0);
      if (from > 0 && from >= bytes.length) {
        throw new AwsError('InvalidRange', 'The requested range is not satisfiable', { httpStatus: 416 });
      }
      const part = bytes.subarray(from);
      const headers = { 'content-length': String(part.length), etag: etagOf(bytes) };
      return from === 0
        ? new RawResponse(200, headers, part)
        : new RawResponse(
            206,
            { ...headers, 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` },
            part,
          );
    },
    PutObject: (input: Input) => {
      known(input);
      const bytes = checked(input);
      buckets.put(input.Bucket, input.Key, { bytes });
      publish(input.Bucket, input.Key, bytes, 'PutObject');
      return new RawResponse(200, { etag: etagOf(bytes) }, '');
    },
    CreateMultipartUpload: (input: Input) => {
      known(input);
      const id = core.newHex(64);
      buckets.begin(id, input.Bucket, input.Key);
      return xml('InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`);
    },
    UploadPart: (input: Input) => {
      const { parts } = uploadOf(input);
      const bytes = checked(input);
      parts.set(input.PartNumber ?? 0, bytes);
      const sha256 = hash(bytes).digest('base64');
      return new RawResponse(200, { etag: etagOf(bytes), 'x-amz-checksum-sha256': sha256 }, '');
    },
    CompleteMultipartUpload: (input: Input) => {
      const upload = uploadOf(input);
      const bytes = assemble(upload, Buffer.from(input.Body).toString());
      buckets.put(upload.bucket, upload.key, { bytes });
      buckets.end(upload.id);
      publish(upload.bucket, upload.key, bytes, 'CompleteMultipartUpload');
      return xml('CompleteMultipartUploadResult', `<Key>${upload.key}</Key><ETag>${etagOf(bytes)}</ETag>`);
    },
    AbortMultipartUpload: (input: Input) => {
      buckets.end(uploadOf(input).id);
      return new RawResponse(204, {}, '');
    },
  };
}

function checked({ Body, ChecksumSHA256 }: Input): Buffer {
  const bytes = Buffer.from(Body);
  if (ChecksumSHA256 !== undefined && hash(bytes).digest('base64') !== ChecksumSHA256) {
    throw new AwsError('BadDigest', 'The SHA256 you specified did not match the calculated checksum.');
  }
  return bytes;
}

/** The parts that the request names, as it describes them. */
function assemble({ parts }: Upload, request: string): Buffer {
  const named = [...request.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => {
    const of = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(part)?.[1];
    return {
      number: Number(of('PartNumber')),
      etag: of('ETag')?.replaceAll('&quot;', '"'),
      sha256: of('ChecksumSHA256'),
    };
  });
  if (named.length === 0) throw new AwsError('MalformedXML', 'The XML you provided was not well-formed');
  const pieces = named.map(({ number, etag, sha256 }, index) => {
    const bytes = parts.get(number);
    if (index > 0 && number <= (named[index - 1]?.number ?? 0)) {
      throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
    }
    const isSame = bytes && etagOf(bytes) === etag && (sha256 === undefined || hash(bytes).digest('base64') === sha256);
    if (!isSame) {
      const message =
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
      throw new AwsError('InvalidPart', message);
    }
    if (index < named.length - 1 && bytes.length < LEAST_PART) {
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    }
    return bytes;
  });
  return Buffer.concat(pieces);
}

function xml(name: string, inner: string): RawResponse {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${name}>`;
  return new RawResponse(200, { 'content-type': 'application/xml' }, body);
}
