/**
 * REST XML as S3 speaks it, for calls without XML in their request: the bucket in the host's name, or as the path's first part.
 * Operations answer with a `RawResponse`; only errors are XML.
 * Source: Amazon S3 user guide, "Virtual hosting of general purpose buckets"; API reference, "Error responses".
 */
import { AwsError } from '../errors.ts';
import { restJsonCodec } from './json.ts';
import type { Codec } from './message.ts';
import { escapeXml } from './query.ts';

export const restXmlCodec: Codec = {
  decode(request, service) {
    if (service.routes !== undefined) return restJsonCodec.decode(request, service);
    const { method, path, headers, query } = request;
    const [, ofHost] = /^(.+)\.s3[.-][^/]*$/.exec(headers.host ?? '') ?? [];
    const [Bucket, ...rest] = [...(ofHost === undefined ? [] : [ofHost]), ...path.slice(1).split('/')].map(
      decodeURIComponent,
    );
    const Key = rest.join('/');
    if (method === 'HEAD' && Key !== '') return { operation: 'HeadObject', input: { Bucket, Key } };
    if (method === 'GET' && Bucket === '') return { operation: 'ListBuckets', input: {} };
    if (method === 'GET' && Key === '' && query.policy !== undefined) {
      return { operation: 'GetBucketPolicy', input: { Bucket } };
    }
    if (method !== 'GET' || Key === '') {
      throw new AwsError('NotImplemented', `the simulated ${service.id} knows no ${method} ${path}`, {
        httpStatus: 501,
      });
    }
    return { operation: 'GetObject', input: { Bucket, Key } };
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
