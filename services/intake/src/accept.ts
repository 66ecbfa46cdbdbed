/**
 * Accepts a batch of requests: what breaks its contract or is not admitted is refused with RequestRejected and kept, the rest extends the lease, a
 * transaction for up to two dozen of them.
 */
import {
  claimWindow,
  type Fact,
  identityOf,
  type Lease,
  MAX_ITEMS_PER_WRITE,
  type Origin,
  type Request,
  SECOND_MS,
  taskKeyOf,
} from '@hourglass/lease';
import {
  type AdmissionRules,
  admitRequest,
  advanceAndAnnounce,
  type DestinationRules,
  describeIssues,
  eventOf,
  ignoredKeys,
  isRefusal,
  OPERATOR_SOURCE,
  type OutgoingEvent,
  PermanentError,
  REPLAY_SOURCE,
  REQUEST_SOURCES,
  type RequestDetail,
  RequestRejected,
  type ServiceEffects,
  taskOf,
  WEBHOOK_SOURCE,
  WorkWaiting,
} from '@hourglass/shared';
import * as z from 'zod';
import { type Ask, doAsk, readAsk } from './operate.ts';

export interface AcceptEffects extends ServiceEffects {
  /** Keeps the original of a refused request, with the reason. */
  keepRejected(body: string, reason: string): Promise<void>;
  warn(message: string, error?: Error): void;
}

export interface AcceptRules extends AdmissionRules, DestinationRules {
  MAX_DELAY_SECONDS: number;
  REPOSITORY_DELAY_SECONDS: Record<string, number>;
  CARRIERS: { carrier: 'fargate' | 'direct'; others: string[]; directLeaseId: string };
}

/** One message of the intake queue: the EventBridge envelope as JSON. */
export interface Message {
  messageId: string;
  body: string;
}

interface Accepted {
  messageId: string;
  request: Request;
}

/** @returns the messages that must come again, because something of ours failed. */
export async function acceptRequests(
  messages: Message[],
  rules: AcceptRules,
  effects: AcceptEffects,
): Promise<string[]> {
  const failed: string[] = [];
  const accepted: Accepted[] = [];
  const asks: { messageId: string; ask: Ask }[] = [];
  const rejected: { messageId: string; body: string; reason: string }[] = [];
  for (const { messageId, body } of messages) {
    try {
      const envelope = readEnvelope(body);
      const ask = readAsk(envelope.id, envelope.source, envelope['detail-type'], envelope.detail);
      if (ask) asks.push({ messageId, ask });
      else accepted.push({ messageId, request: readRequest(envelope, rules, effects) });
    } catch (error) {
      if (error instanceof PermanentError) {
        rejected.push({ messageId, body, reason: error.message });
      } else {
        // Whatever this one message has hit, the batch around it goes on.
        effects.warn('This request comes again', error as Error);
        failed.push(messageId);
      }
    }
  }
  for (const { messageId, body, reason } of rejected) {
    try {
      await reject(body, reason, effects);
    } catch (error) {
      effects.warn('This rejected request comes again', error as Error);
      failed.push(messageId);
    }
  }
  for (const own of [leaseOf(false, rules, effects), leaseOf(true, rules, effects)]) {
    const ofLease = accepted.filter(({ request }) => isDirect(request, rules) === own.isDirect);
    for (let start = 0; start < ofLease.length; start += MAX_ITEMS_PER_WRITE) {
      failed.push(...(await acceptTogether(ofLease.slice(start, start + MAX_ITEMS_PER_WRITE), own.effects)));
    }
  }
  for (const { messageId, ask } of asks) {
    try {
      // Who asks for a pause means every lease; an ask that is interrupted between them comes again, and counts once in each.
      for (const own of hasDirect(rules) ? [true, false] : [false])
        await doAsk(ask, leaseOf(own, rules, effects).effects);
    } catch (error) {
      effects.warn(`${ask.name} comes again`, error as Error);
      failed.push(messageId);
    }
  }
  return failed;
}

/** Commands need a container, and so a lease that has endpoints. */
function isDirect({ task }: Request, { CARRIERS }: AcceptRules): boolean {
  if (task.kind !== 'mirror') return false;
  return (CARRIERS.carrier === 'direct') !== CARRIERS.others.includes(task.repository);
}

function hasDirect({ CARRIERS: { carrier, others } }: AcceptRules): boolean {
  return carrier === 'direct' || others.length > 0;
}

function leaseOf(direct: boolean, { CARRIERS }: AcceptRules, effects: AcceptEffects) {
  const settings = { ...effects.settings, hasEndpoints: false };
  return { isDirect: direct, effects: direct ? { ...effects, leaseId: CARRIERS.directLeaseId, settings } : effects };
}

/** @returns the messages that must come again. */
async function acceptTogether(batch: Accepted[], effects: AcceptEffects): Promise<string[]> {
  try {
    await acceptBatch(
      batch.map(({ request }) => request),
      effects,
    );
    return [];
  } catch (error) {
    const isOnesFault = batch.length > 1 && isRefusal(error);
    effects.warn(isOnesFault ? 'These requests are tried one by one' : 'These requests come again', error as Error);
    if (!isOnesFault) return batch.map(({ messageId }) => messageId);
    // They would be refused together each time, until all of them were dead letters for the fault of one.
    const failed: string[] = [];
    for (const one of batch) failed.push(...(await acceptTogether([one], effects)));
    return failed;
  }
}

async function acceptBatch(requests: Request[], effects: AcceptEffects): Promise<void> {
  const taskKeys = [...new Set(requests.map(({ task }) => taskKeyOf(task)))];
  const identities = requests.map(identityOf);
  await advanceAndAnnounce(
    effects,
    { taskKeys, identities },
    () => requests.map((request) => ({ type: 'requestAccepted', request })),
    { others: ({ facts, state }) => waitingIn(facts, state.lease, effects) },
  );
}

/**
 * A burst wakes the runner once. What joins another request and does not hasten it gives nothing to claim, since that one was announced, or it runs;
 * and while as many tasks run as may, the end of one is what all wait for.
 */
function waitingIn(facts: Fact[], lease: Lease, { leaseId, settings }: AcceptEffects): OutgoingEvent[] {
  const waiting = facts.filter(
    (fact) => fact.type === 'requestRemembered' && (fact.as === 'pending' || fact.as === 'hastened'),
  );
  if (waiting.length === 0 || claimWindow(lease, settings) === 0) return [];
  return [eventOf(WorkWaiting, { leaseId, requests: waiting.length })];
}

const Envelope = z.object({
  // EventBridge gives UUIDs; whoever writes into the queue itself may give no id that a request may not have.
  id: z.string().regex(/^[\w.:/-]{1,128}$/, 'must be an event id'),
  source: z.enum(REQUEST_SOURCES),
  'detail-type': z.string().max(128),
  detail: z.unknown(),
});

/** @throws PermanentError if the message is no event that may come here. */
function readEnvelope(body: string): z.output<typeof Envelope> {
  const envelope = Envelope.safeParse(parseJson(body));
  if (envelope.success) return envelope.data;
  throw new PermanentError(`This is no request event: ${describeIssues(envelope.error)}.`);
}

/** @throws PermanentError if it is no request that this deployment admits. */
function readRequest(envelope: z.output<typeof Envelope>, rules: AcceptRules, { nowMs, warn }: AcceptEffects): Request {
  const { id, source, detail } = envelope;
  const name = envelope['detail-type'];
  const admitted = admitRequest(name, detail, rules);
  const { requestId = id } = admitted.detail;
  const ignored = ignoredKeys(name, detail);
  if (ignored.length > 0) warn(`${name} ${requestId}: keys that are not known here were ignored: ${shorten(ignored)}`);
  const acceptedAtMs = nowMs();
  const delayMs = delaySecondsOf(admitted, rules) * SECOND_MS;
  return {
    requestId,
    origin: originOf(source, admitted),
    task: taskOf(admitted, rules),
    acceptedAtMs,
    startByMs: acceptedAtMs + delayMs,
  };
}

/** The door is the source's, but where that may know better: the webhook of a git server's hook, a client's bus of a schedule. */
function originOf(source: string, { kind, detail }: RequestDetail): Origin {
  const origin = kind === 'mirror' ? detail.origin : undefined;
  if (source === WEBHOOK_SOURCE) {
    if (origin?.door !== 'hook') return { door: 'webhook' };
    return { door: 'hook', ...(origin.delivery !== undefined && { delivery: origin.delivery }) };
  }
  if (source === OPERATOR_SOURCE) return { door: 'operator' };
  if (source === REPLAY_SOURCE) return { door: 'replay' };
  return { door: origin?.door === 'schedule' ? 'schedule' : 'bus' };
}

function shorten(keys: string[]): string {
  return JSON.stringify(keys.slice(0, 10).map((key) => key.slice(0, 64).toWellFormed()));
}

/** The request's own word goes first, then its repository's, then the deployment's. */
function delaySecondsOf({ kind, detail }: RequestDetail, rules: AcceptRules): number {
  if (detail.maxDelaySeconds !== undefined) return detail.maxDelaySeconds;
  const ofRepository = rules.REPOSITORY_DELAY_SECONDS;
  const isNamed = kind === 'mirror' && Object.hasOwn(ofRepository, detail.repository);
  return (isNamed ? ofRepository[detail.repository] : undefined) ?? rules.MAX_DELAY_SECONDS;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new PermanentError('The message is not JSON.');
  }
}

async function reject(body: string, reason: string, effects: AcceptEffects): Promise<void> {
  effects.warn(`Rejected: ${reason}`);
  await effects.keepRejected(body, reason);
  await effects.publish([eventOf(RequestRejected, { requestId: requestIdOf(body), reason })]);
}

/** The id that a refused request bears, if it can be read at all. */
function requestIdOf(body: string): string | null {
  try {
    const id: unknown = JSON.parse(body)?.detail?.requestId;
    return typeof id === 'string' && id.length <= 128 ? id.toWellFormed() : null;
  } catch {
    return null;
  }
}
