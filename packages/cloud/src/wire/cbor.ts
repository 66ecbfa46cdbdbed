/**
 * RPC v2 CBOR, which newer clients speak with CloudWatch: the operation in the path, the body as CBOR, a `Date` as seconds with a tag.
 * Source: Smithy, "Smithy RPC v2 CBOR protocol".
 */
import { cbor, dateToTag } from '@smithy/core/cbor';
import { AwsError } from '../errors.ts';
import type { Codec, WireResponse } from './message.ts';

export const cborCodec: Codec = {
  decode(request, service) {
    const operation = /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(request.path)?.[1] ?? '';
    if (!Object.hasOwn(service.operations, operation)) {
      throw new AwsError(
        'UnknownOperationException',
        `the simulated ${service.id} knows no operation "${request.path}"`,
      );
    }
    const bytes = request.bytes ?? new Uint8Array();
    return { operation, input: bytes.length === 0 ? {} : cbor.deserialize(bytes) };
  },
  encode: (output, _operation, _service, requestId) => answer(200, output ?? {}, requestId),
  encodeError: (error, _service, requestId) =>
    answer(error.httpStatus, { __type: error.code, message: error.message, ...error.members }, requestId),
};

function answer(status: number, value: unknown, requestId: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor', 'x-amzn-requestid': requestId },
    body: cbor.serialize(tagDates(value)),
  };
}

function tagDates(value: unknown): unknown {
  if (value instanceof Date) return dateToTag(value);
  if (Array.isArray(value)) return value.map(tagDates);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .map(([key, entry]) => [key, tagDates(entry)]),
  );
}
