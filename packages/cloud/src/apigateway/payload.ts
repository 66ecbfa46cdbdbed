/**
 * Payload format 2.0: a request as the function's event, and the function's answer as a response.
 * Source: API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs".
 */
import type { CloudCore } from '../core.ts';
import type { WireRequest, WireResponse } from '../wire/message.ts';

export function toEvent(
  core: CloudCore,
  apiId: string,
  routeKey: string,
  path: string,
  request: WireRequest,
  requestId: string,
  pathParameters: Readonly<Record<string, string>> = {},
): object {
  const query = Object.entries(request.query).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, String(value)]),
  );
  const nowMs = core.clock.nowMs();
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: request.headers,
    ...(query.length === 0
      ? {}
      : {
          queryStringParameters: Object.fromEntries(
            Object.entries(request.query).map(([name, values]) => [name, [values].flat().join(',')]),
          ),
        }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: {
      accountId: core.account,
      apiId,
      domainName: `${apiId}.execute-api.${core.region}.amazonaws.com`,
      domainPrefix: apiId,
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: new Date(nowMs).toISOString(),
      timeEpoch: Math.trunc(nowMs),
    },
    ...bodyOf(request),
  };
}

/** Text types go as text, all others, and bodies that are packed, as base64. */
function bodyOf(request: WireRequest): { body?: string; isBase64Encoded: boolean } {
  if (request.body === '') {
    return { isBase64Encoded: false };
  }
  const type = request.headers['content-type'] ?? '';
  const isText = /^(text\/|application\/(json|javascript|xml|.*\+json))/.test(type);
  return isText && request.headers['content-encoding'] === undefined
    ? { body: request.body, isBase64Encoded: false }
    : { body: Buffer.from(request.bytes ?? request.body).toString('base64'), isBase64Encoded: true };
}

/** A value without `statusCode` is the body of a 200, as payload format 2.0 says. */
export function toResponse(payload: string): WireResponse {
  const value = JSON.parse(payload) as {
    statusCode?: number;
    headers?: Record<string, string | number | boolean>;
    body?: string;
    isBase64Encoded?: boolean;
  } | null;
  if (value?.statusCode === undefined) {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: payload };
  }
  const headers = Object.fromEntries(
    Object.entries(value.headers ?? {}).map(([name, entry]) => [name.toLowerCase(), String(entry)]),
  );
  const body = value.body ?? '';
  return {
    status: value.statusCode,
    headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers },
    body: value.isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  };
}
