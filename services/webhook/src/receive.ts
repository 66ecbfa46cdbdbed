/**
 * The door for requests in Hourglass' own words, and for EventBridge API destinations: one request, one event of EventBridge with a request as its
 * detail, or a list of these. A list is taken as far as it goes: what is refused keeps nothing else from being asked for.
 */
import {
  type AdmissionRules,
  admitRequest,
  eventOf,
  ignoredKeys,
  MirrorRequested,
  type OutgoingEvent,
  PermanentError,
  type Publish,
  TaskRequested,
  WEBHOOK_SOURCE,
} from '@hourglass/shared';
import type { WebhookConfig } from './config.ts';

type Rules = AdmissionRules & Pick<WebhookConfig, 'REPOSITORY_SOURCES'>;

/** What EventBridge delivers at once: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const MAX_BODY_BYTES = 262_144;
/** A request needs a few hundred. */
const MAX_REQUEST_BYTES = 16_384;
const MAX_REQUESTS = 100;

export interface Received {
  statusCode: 202 | 400;
  body:
    | (({ requestId: string } | { requestIds: string[] }) & { ignored?: string[] })
    | { error: string; requestIds?: string[] };
}

/**
 * 202: everything is on the bus. 400: some of it breaks its contract, and sending that again cannot help; `requestIds` has what was taken
 * nevertheless. Anything that fails on our side is thrown, and becomes a 500 that API destinations send again.
 * `ignored` has keys that no request knows, which changed nothing.
 * @param newId makes the id that a request gets if neither it nor its event bears one
 */
export async function receiveRequest(
  body: string,
  newId: () => string,
  rules: Rules,
  publish: Publish,
): Promise<Received> {
  let given: unknown;
  try {
    given = parseBody(body);
  } catch (error) {
    return refused([error]);
  }
  const taken: Admitted[] = [];
  const faults: unknown[] = [];
  for (const [index, one] of (Array.isArray(given) ? given : [given]).entries()) {
    try {
      taken.push(admit(one, newId(), rules));
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      faults.push(Array.isArray(given) ? new PermanentError(`Number ${index + 1}: ${error.message}`) : error);
    }
  }
  await publish(taken.map(({ event }) => event));
  const requestIds = taken.map(({ id }) => id);
  if (faults.length > 0) return refused(faults, Array.isArray(given) ? requestIds : undefined);
  const keys = [...new Set(taken.flatMap(({ ignored }) => ignored))].slice(0, 20);
  const ignored = keys.length > 0 && { ignored: keys };
  if (Array.isArray(given)) return { statusCode: 202, body: { requestIds, ...ignored } };
  return { statusCode: 202, body: { requestId: requestIds[0] ?? '', ...ignored } };
}

function refused(errors: unknown[], requestIds?: string[]): Received {
  const messages = errors.map((error) => {
    if (error instanceof PermanentError) return error.message;
    throw error;
  });
  return { statusCode: 400, body: { error: messages.join(' '), ...(requestIds && { requestIds }) } };
}

interface Admitted {
  event: OutgoingEvent;
  id: string;
  ignored: string[];
}

function admit(given: unknown, newId: string, rules: Rules): Admitted {
  if (!isObject(given)) throw new PermanentError('The body must be a JSON object.');
  if (Buffer.byteLength(JSON.stringify(given)) > MAX_REQUEST_BYTES) {
    throw new PermanentError(`The request is over the limit of ${MAX_REQUEST_BYTES} bytes.`);
  }
  const { request, name, id } = unwrap(given);
  const detail = withOurSource({ version: 1, requestId: id ?? newId, ...request }, rules);
  const isTask = name === TaskRequested.name || (name === undefined && 'name' in detail && !('repository' in detail));
  const contract = isTask ? TaskRequested : MirrorRequested;
  const admitted = admitRequest(name ?? contract.name, detail, rules);
  return {
    event: eventOf(contract, admitted.detail, WEBHOOK_SOURCE),
    id: admitted.detail.requestId ?? detail.requestId,
    ignored: ignoredKeys(contract.name, detail),
  };
}

/** Where the configuration names a repository's source, a mirror takes that, whatever the request says or leaves out. */
function withOurSource<T extends object>(detail: T, { REPOSITORY_SOURCES }: Rules): T {
  const { repository } = detail as { repository?: unknown };
  if (typeof repository !== 'string' || !Object.hasOwn(REPOSITORY_SOURCES, repository)) return detail;
  return { ...detail, sourceUrl: REPOSITORY_SOURCES[repository] };
}

/** An event as EventBridge sends it on. It is sent again under its own id, which so is the request's. */
function unwrap(given: Record<string, unknown>): { request: object; name?: string; id?: string } {
  const { 'detail-type': name, detail, id } = given;
  if (typeof name !== 'string' || !isObject(detail)) return { request: given };
  return { request: detail, name, ...(typeof id === 'string' && { id }) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseBody(body: string): unknown {
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw new PermanentError(`The body is over the limit of ${MAX_BODY_BYTES} bytes.`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new PermanentError('The body is not JSON.');
  }
  if (!Array.isArray(parsed)) return parsed;
  if (parsed.length === 0) throw new PermanentError('The body must be a JSON object, or a list of some.');
  if (parsed.length <= MAX_REQUESTS) return parsed;
  throw new PermanentError(`The list is over the limit of ${MAX_REQUESTS} requests.`);
}
