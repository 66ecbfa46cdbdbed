/**
 * REST XML as S3 speaks it: the bucket in the host's name, or as the path's first part.
 * Operations answer with a `RawResponse`; only errors are XML.
 * Source: Amazon S3 user guide, "Virtual hosting of general purpose buckets"; API reference, "Error responses".
 */
import { AwsError } from '../errors.ts';
import { restJsonCodec } from './json.ts';
import type { Codec, WireRequest } from './message.ts';
import { escapeXml } from './query.ts';

export const restXmlCodec: Codec = {
  decode(request, service) {
    if (service.routes !== undefined) return restJsonCodec.decode(request, service);
    const { method, path, headers, query, body, bytes } = request;
    const [, ofHost] = /^(.+)\.s3[.-][^/]*$/.exec(headers.host ?? '') ?? [];
    const [Bucket, ...rest] = [...(ofHost === undefined ? [] : [ofHost]), ...path.slice(1).split('/')].map(
      decodeURIComponent,
    );
    const Key = rest.join('/');
    if (method === 'GET' && Bucket === '') return { operation: 'ListBuckets', input: {} };
    if (method === 'GET' && Key === '' && query.policy !== undefined) {
      return { operation: 'GetBucketPolicy', input: { Bucket } };
    }
    const operation = operationOf(method, Key, query);
    if (operation === undefined) {
      throw new AwsError('NotImplemented', `the simulated ${service.id} knows no ${method} ${path}`, {
        httpStatus: 501,
      });
    }
    const input = {
      Bucket,
      Key,
      UploadId: query.uploadId,
      PartNumber: query.partNumber === undefined ? undefined : Number(query.partNumber),
      Range: headers.range,
      ChecksumSHA256: headers['x-amz-checksum-sha256'],
      Body: bytes ?? Buffer.from(body),
    };
    return { operation, input };
  },
  encode(_output, operation) {
    throw new TypeError(`${operation} answers with no RawResponse`);
  },
  encodeError(error, _service, requestId) {
    const code = error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code;
    return {
      status: error.httpStatus,
      headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
      body:
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(error.message)}</Message>` +
        `<RequestId>${requestId}</RequestId></Error>`,
    };
  },
};

function operationOf(method: string, key: string, query: WireRequest['query']): string | undefined {
  if (key === '') return undefined;
  if (method === 'HEAD') return 'HeadObject';
  if (method === 'GET') return 'GetObject';
  if (method === 'PUT') return query.uploadId === undefined ? 'PutObject' : 'UploadPart';
  if (method === 'POST' && query.uploads !== undefined) return 'CreateMultipartUpload';
  if (query.uploadId === undefined) return undefined;
  if (method === 'POST') return 'CompleteMultipartUpload';
  return method === 'DELETE' ? 'AbortMultipartUpload' : undefined;
}
