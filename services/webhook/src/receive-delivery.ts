/**
 * The door for git servers. A delivery whose sender is the right one is always answered with 2xx and a body that says what was done and why: servers
 * pause and end hooks that are answered otherwise. Only a wrong signature is 401, a body that cannot be read 400, one that is too large 413.
 *
 * A push asks for a mirror of the configured address. One that does not say what was pushed, or is too large to be read, asks for a mirror of
 * every repository that its source may speak of: most of these find nothing new, and none is missed.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  type AdmissionRules,
  admitRequest,
  type DetailOf,
  eventOf,
  MirrorRequested,
  PermanentError,
  type Publish,
  WEBHOOK_SOURCE,
} from '@hourglass/shared';
import { createMatcher, type Delivery, type Matcher, type Outcome, readDelivery } from '@hourglass/webhooks';
import type { WebhookConfig, WebhookSource } from './config.ts';
import type { ReadSecrets } from './secrets.ts';

export interface HookCall extends Omit<Delivery, 'secrets' | 'receivedAtMs'> {
  /** The name in the address. */
  readonly source: string;
}

export interface HookEffects {
  readonly readSecrets: ReadSecrets;
  readonly publish: Publish;
  readonly nowMs: () => number;
}

/** What the server's page of deliveries shows as the answer. */
export interface HookAnswer {
  readonly statusCode: 200 | 202 | 400 | 401 | 404 | 413;
  readonly body: {
    readonly outcome: Outcome['outcome'] | 'unknown';
    readonly why: string | null;
    readonly deliveryId: string | null;
    /** Of the mirrors that were asked for. */
    readonly requestId?: string;
    readonly repositories?: readonly string[];
  };
}

interface Source extends WebhookSource {
  readonly matcher: Matcher;
}

/** Ids of deliveries that one execution environment remembers, to say that they came before; what it forgets the intake knows. */
const REMEMBERED = 1_000;

type Rules = AdmissionRules & Pick<WebhookConfig, 'WEBHOOKS' | 'REPOSITORY_SOURCES'>;

/**
 * @returns a function that throws what fails on our side: it becomes a 500, which some servers send again
 */
export function createHookDoor(rules: Rules, effects: HookEffects): (call: HookCall) => Promise<HookAnswer> {
  const addresses = rules.REPOSITORY_SOURCES;
  const sources = new Map<string, Source>(
    Object.entries(rules.WEBHOOKS).map(([name, source]) => [
      name,
      { ...source, matcher: createMatcher(source, addresses) },
    ]),
  );
  const asked = new Set<string>();

  /** @returns the requests' id, or undefined if this delivery has asked for them before */
  async function askFor(
    repositories: readonly string[],
    call: HookCall,
    deliveryId: string | null,
  ): Promise<string | undefined> {
    const requestId = requestIdOf(call, deliveryId);
    if (asked.has(requestId)) return undefined;
    // As far as it can be shown: a server may send anything as its id.
    const delivery = deliveryId?.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, 128);
    const origin = { door: 'hook', ...(delivery !== undefined && { delivery }) };
    const events = repositories.map((repository) => {
      const detail = { version: 1, requestId, repository, sourceUrl: addresses[repository], origin };
      const admitted = admitRequest(MirrorRequested.name, detail, rules);
      return eventOf(MirrorRequested, admitted.detail as DetailOf<typeof MirrorRequested>, WEBHOOK_SOURCE);
    });
    await effects.publish(events);
    asked.add(requestId);
    for (const oldest of asked) {
      if (asked.size <= REMEMBERED) break;
      asked.delete(oldest);
    }
    return requestId;
  }

  return async (call) => {
    const source = sources.get(call.source);
    if (source === undefined) {
      const why = `There is no source of this name. Add it to "webhooks" of the configuration, or correct the address.`;
      return { statusCode: 404, body: { outcome: 'unknown', why, deliveryId: null } };
    }
    const read = await readWith(source, call, effects);
    const { outcome, deliveryId } = read;
    const known = { outcome, deliveryId };
    if (outcome === 'ping' || outcome === 'ignored') return { statusCode: 200, body: { ...known, why: read.why } };
    if (outcome === 'refused' && !(read.status === 413 && read.authentic)) {
      return { statusCode: read.status, body: { ...known, why: read.why } };
    }
    const repositories = repositoriesOf(source, read);
    if (repositories.length === 0)
      return { statusCode: 200, body: { ...known, outcome: 'ignored', why: unknownWhy(read) } };
    try {
      const requestId = await askFor(repositories, call, deliveryId);
      const because =
        requestId === undefined ? 'This delivery came before, and its mirrors have been asked for.' : read.why;
      if (outcome === 'refused') {
        const why = `${read.why} So a mirror of everything that this source may speak of was asked for.`;
        return { statusCode: 413, body: { ...known, why, repositories, ...(requestId && { requestId }) } };
      }
      const statusCode = requestId === undefined ? 200 : 202;
      return { statusCode, body: { ...known, why: because, repositories, ...(requestId && { requestId }) } };
    } catch (error) {
      // The configuration contradicts itself; that the server's hook ends for it would make it worse.
      if (!(error instanceof PermanentError)) throw error;
      return { statusCode: 200, body: { ...known, outcome: 'ignored', why: error.message } };
    }
  };
}

/** A signature that does not fit may be one by a secret that is newer than what is kept. */
async function readWith(source: Source, call: HookCall, { readSecrets, nowMs }: HookEffects): Promise<Outcome> {
  const receivedAtMs = nowMs();
  const kept = await readSecrets(source.parameter);
  const read = readDelivery(source.server, { ...call, secrets: kept, receivedAtMs });
  if (read.outcome !== 'refused' || read.authentic) return read;
  const fresh = await readSecrets(source.parameter, { fresh: true });
  if (fresh.length === kept.length && fresh.every((secret, index) => secret === kept[index])) return read;
  return readDelivery(source.server, { ...call, secrets: fresh, receivedAtMs });
}

function repositoriesOf({ matcher }: Source, { repository }: Outcome): readonly string[] {
  const isNamed = repository.names.length + repository.cloneUrls.length > 0;
  return isNamed ? matcher.match(repository) : matcher.repositories;
}

function unknownWhy({ repository }: Outcome): string {
  const [name] = [...repository.names, 'This repository'];
  const shown = name?.replaceAll(/[^\p{L}\p{N} ._/~-]/gu, '?').slice(0, 100);
  return `${shown} is none of the configured repositories: nothing was done. If it is to be mirrored, add it with its source to "repositories"; if it is there under another address, add that host to "hosts" of this source.`;
}

/** The same for a delivery that is sent again; with the body, since some servers give one id to deliveries of several pushes. */
function requestIdOf({ source, body }: HookCall, deliveryId: string | null): string {
  if (deliveryId === null) return `hook:${source}:${randomUUID()}`;
  const hash = createHash('sha256').update(`${deliveryId}\n`).update(body).digest('hex');
  return `hook:${source}:${hash.slice(0, 32)}`;
}
