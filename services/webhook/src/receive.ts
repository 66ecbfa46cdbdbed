/** The door for webhooks and API destinations: checks the key, checks the request, and puts it on the bus. */
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type AdmissionRules,
  admitRequest,
  eventOf,
  MirrorRequested,
  PermanentError,
  type Publish,
  TaskRequested,
  WEBHOOK_SOURCE,
} from '@hourglass/shared';

export interface ReceiveRules extends AdmissionRules {
  API_KEY_SHA256: string;
}

/** An EventBridge entry may hold 1 MB, and a request needs a few hundred bytes. */
const MAX_BODY_BYTES = 16_384;

export interface Received {
  statusCode: 202 | 400 | 401;
  body: { requestId: string } | { error: string };
}

/**
 * 202: the request is on the bus. 400: it breaks its contract, and sending it again cannot help. 401: the key is wrong or missing.
 * Anything that fails on our side is thrown, and becomes a 500 that API destinations send again.
 * @param requestId the id that the request gets if it bears none
 */
export async function receiveRequest(
  apiKey: string | undefined,
  body: string,
  requestId: string,
  rules: ReceiveRules,
  publish: Publish,
): Promise<Received> {
  if (!isKey(apiKey, rules.API_KEY_SHA256)) {
    return { statusCode: 401, body: { error: 'The header x-api-key is missing or wrong.' } };
  }
  try {
    const detail = { version: 1, requestId, ...parseBody(body) };
    const contract = 'name' in detail && !('repository' in detail) ? TaskRequested : MirrorRequested;
    const admitted = admitRequest(contract.name, detail, rules);
    const id = admitted.detail.requestId ?? requestId;
    await publish([eventOf(contract, admitted.detail, WEBHOOK_SOURCE)]);
    return { statusCode: 202, body: { requestId: id } };
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return { statusCode: 400, body: { error: error.message } };
  }
}

function isKey(apiKey: string | undefined, sha256: string): boolean {
  const given = createHash('sha256')
    .update(apiKey ?? '')
    .digest();
  return apiKey !== undefined && timingSafeEqual(given, Buffer.from(sha256, 'hex'));
}

function parseBody(body: string): Record<string, unknown> {
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw new PermanentError(`The body is over the limit of ${MAX_BODY_BYTES} bytes.`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new PermanentError('The body is not JSON.');
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  throw new PermanentError('The body must be a JSON object.');
}
