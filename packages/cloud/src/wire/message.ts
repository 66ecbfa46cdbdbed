/**
 * A request and an answer as both doors (in process, HTTP) hand them over, and what a codec does with them.
 */
import type { AwsError } from '../errors.ts';
import type { RawResponse, Service } from '../service.ts';

export interface WireRequest {
  readonly method: string;
  /** Without the query string, still percent-encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as it came, where it came as bytes: what is no UTF-8 is lost in `body`. */
  readonly bytes?: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface Decoded {
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

export interface Codec {
  /** Throws AwsError for what it cannot read. */
  decode(request: WireRequest, service: Service): Decoded;
  encode(output: unknown, operation: string, service: Service, requestId: string): WireResponse;
  encodeError(error: AwsError, service: Service, requestId: string): WireResponse;
}

export function rawResponse(output: RawResponse): WireResponse {
  return { status: output.status, headers: output.headers, body: output.body };
}
