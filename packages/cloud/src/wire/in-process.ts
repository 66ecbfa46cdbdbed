/**
 * The door in process: what a real SDK client takes as its `requestHandler`. No socket, no serialisation beyond the client's own.
 */
import { Readable } from 'node:stream';
import type { WireRequest, WireResponse } from './message.ts';

/** What an SDK client hands to its request handler (Smithy's HttpRequest, as far as it is read here). */
export interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** Structurally Smithy's HttpHandler. */
export interface RequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: SdkRequest): Promise<{ response: SdkResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

export interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | Readable;
}

/** A request handler over `answer`. */
export function createRequestHandler(answer: (request: WireRequest) => Promise<WireResponse>): RequestHandler {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request) {
      const response = await answer({
        method: request.method,
        path: request.path,
        query: withoutNulls(request.query ?? {}),
        headers: lowerCase(request.headers),
        body: bodyText(request.body),
        ...(request.body instanceof Uint8Array && { bytes: request.body }),
      });
      // Bytes are an object's content, which clients read as a stream.
      const body =
        typeof response.body === 'string' ? new TextEncoder().encode(response.body) : Readable.from([response.body]);
      return { response: { statusCode: response.status, headers: { ...response.headers }, body } };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}

function bodyText(body: unknown): string {
  if (body === undefined || body === null) {
    return '';
  }
  if (typeof body === 'string') {
    return body;
  }
  if (body instanceof Uint8Array) {
    return new TextDecoder().decode(body);
  }
  throw new TypeError('the simulated AWS takes no streamed request bodies');
}

function withoutNulls(query: Record<string, string | string[] | null>): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value ?? '']));
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
