/**
 * JSON bodies: AWS JSON 1.0 and 1.1 (the operation in `X-Amz-Target`) and REST JSON (the operation in method and path).
 * A `Date` travels as epoch seconds, bytes as base64.
 * Source: Smithy, "AWS JSON 1.0 protocol" and "AWS restJson1 protocol".
 */
import { AwsError } from '../errors.ts';
import type { RestRoute, Service } from '../service.ts';
import type { Codec, Decoded, WireRequest, WireResponse } from './message.ts';

/** AWS JSON, both versions: only the content type differs. */
export const awsJsonCodec: Codec = {
  decode(request, service) {
    const target = request.headers['x-amz-target'] ?? '';
    const dot = target.lastIndexOf('.');
    const operation = target.slice(dot + 1);
    if (target.slice(0, dot) !== service.targetPrefix || !Object.hasOwn(service.operations, operation)) {
      throw new AwsError('UnknownOperationException', `the simulated ${service.id} knows no operation "${target}"`);
    }
    return { operation, input: parseObject(request.body) };
  },
  encode(output, _operation, service, requestId) {
    return json(200, stringify(output ?? {}), contentType(service), requestId);
  },
  encodeError(error, service, requestId) {
    const response = json(error.httpStatus, errorBody(error), contentType(service), requestId);
    // Query-compatible services give older code names in this header (SQS: AWS.SimpleQueueService.NonExistentQueue).
    return error.queryCode === undefined
      ? response
      : { ...response, headers: { ...response.headers, 'x-amzn-query-error': `${error.queryCode};Sender` } };
  },
};

/** REST JSON. */
export const restJsonCodec: Codec = {
  decode(request, service) {
    for (const route of service.routes ?? []) {
      const labels = request.method === route.method ? matchPath(route.path, request.path) : undefined;
      if (labels !== undefined) {
        return decodeRoute(request, route, labels);
      }
    }
    throw new AwsError(
      'UnknownOperationException',
      `the simulated ${service.id} knows no ${request.method} ${request.path}`,
      {
        httpStatus: 404,
      },
    );
  },
  encode(output, operation, service, requestId) {
    const route = service.routes?.find((entry) => entry.operation === operation);
    return json(route?.status ?? 200, stringify(output ?? {}), 'application/json', requestId);
  },
  encodeError(error, _service, requestId) {
    const response = json(error.httpStatus, errorBody(error), 'application/json', requestId);
    return { ...response, headers: { ...response.headers, 'x-amzn-errortype': error.code } };
  },
};

function decodeRoute(request: WireRequest, route: RestRoute, labels: Record<string, string>): Decoded {
  const input: Record<string, unknown> = route.payload === undefined ? parseObject(request.body) : {};
  if (route.payload !== undefined) {
    input[route.payload] = request.body;
  }
  for (const [name, value] of Object.entries(request.query)) {
    input[route.query?.[name] ?? name] = value;
  }
  for (const [name, member] of Object.entries(route.headers ?? {})) {
    if (request.headers[name] !== undefined) {
      input[member] = request.headers[name];
    }
  }
  return { operation: route.operation, input: Object.assign(input, labels) };
}

const compiledPaths = new Map<string, { expression: RegExp; names: string[] }>();

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  let compiled = compiledPaths.get(pattern);
  if (compiled === undefined) {
    const names: string[] = [];
    const source = pattern.replace(/\{(\+?)([^}]+)\}/g, (_whole, greedy: string, name: string) => {
      names.push(name);
      return greedy === '' ? '([^/]+)' : '(.+)';
    });
    compiled = { expression: new RegExp(`^${source}/?$`), names };
    compiledPaths.set(pattern, compiled);
  }
  const match = compiled.expression.exec(path);
  return match === null
    ? undefined
    : Object.fromEntries(compiled.names.map((name, index) => [name, decodeURIComponent(match[index + 1] as string)]));
}

function parseObject(body: string): Record<string, unknown> {
  if (body === '') {
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return parsed as Record<string, unknown>;
    }
  } catch {
    // Reported below, with what is not an object.
  }
  throw new AwsError('SerializationException', 'the request body is not a JSON object');
}

function contentType(service: Service): string {
  return service.protocol === 'awsJson1.0' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1';
}

function errorBody(error: AwsError): string {
  return stringify({ __type: error.code, message: error.message, Message: error.message, ...error.members });
}

function json(status: number, body: string, type: string, requestId: string): WireResponse {
  return { status, headers: { 'content-type': type, 'x-amzn-requestid': requestId }, body };
}

function stringify(value: unknown): string {
  return JSON.stringify(value, replace);
}

function replace(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  if (original instanceof Date) {
    return original.getTime() / 1000;
  }
  return original instanceof Uint8Array ? Buffer.from(original).toString('base64') : value;
}
