/**
 * What comes by the other doors in the simulated months: deliveries of git servers, the same ones sent again, and the repositories' own schedules. Drawn from a
 * stream of their own, so that the arrivals and faults of a seed are what they are without them.
 *
 * A server sends once. What is answered with 5xx, or not at all, it (or a person on its page of deliveries) sends again some minutes later, until it is taken.
 */
import { createHash, createHmac } from 'node:crypto';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import type { ServerName } from '@hourglass/webhooks';
import { deliveryIdOf, type Kind, sample } from '@hourglass/webhooks/testing';
import { putSecrets, secretOf } from '../scenarios/hooks.ts';
import { createRandom } from './random.ts';
import type { SimulatedWorld } from './world.ts';

const DAY_MS = 24 * HOUR_MS;

/** All that have an id of their own for a delivery; Backlog's has none, so its pushes are known only when they are asked for. */
const SERVERS = [
  'github',
  'gitlab',
  'gitea',
  'forgejo',
  'gogs',
  'bitbucket',
  'gitbucket',
  'azure-devops',
  'generic',
  'backlog',
] as const satisfies readonly ServerName[];
const KINDS = ['push', 'push', 'tag', 'delete', 'utf-8', 'other', 'ping'] as const satisfies readonly Kind[];

export interface Delivery {
  readonly atMs: number;
  readonly server: ServerName;
  readonly kind: Kind;
  readonly id: string;
  /** The whole delivery once more, so much later. */
  readonly againAfterMs: number | undefined;
  /** Between one try and the next where it was not taken. */
  readonly retryMs: number;
}

/** About two a day, now and then several within minutes. */
export function drawDeliveries(seed: number, startMs: number, days: number): Delivery[] {
  const random = createRandom(seed, 'deliveries');
  const deliveries: Delivery[] = [];
  const add = (atMs: number) => {
    deliveries.push({
      atMs: Math.round(atMs),
      server: random.pick(SERVERS),
      kind: random.pick(KINDS),
      id: `delivery-${seed}-${deliveries.length + 1}`,
      againAfterMs: random.chance(0.3) ? random.pick([1_000, 5 * MINUTE_MS, HOUR_MS, DAY_MS]) : undefined,
      retryMs: random.between(1, 30) * MINUTE_MS,
    });
  };
  for (let atMs = startMs; ; ) {
    atMs -= Math.log(1 - random.next()) * (DAY_MS / 2);
    if (atMs >= startMs + days * DAY_MS) return deliveries;
    for (let more = random.chance(0.2) ? random.between(2, 5) : 1; more > 0; more -= 1) {
      add(atMs + random.next() * 10 * MINUTE_MS);
    }
  }
}

export interface Doors {
  /** Deliveries that were answered. */
  readonly answered: number;
  /** Requests that a schedule made. */
  readonly scheduled: number;
  /** Ends the schedules, without which nothing comes to rest. */
  stop(): Promise<void>;
}

/** @param world whose assembly has a source of each server, and a schedule */
export function openDoors(world: SimulatedWorld, seed: number, days: number): Doors {
  const { cloud, sources, observer, startMs } = world;
  const { clock } = cloud;
  putSecrets(cloud);
  const [base] = Object.values(cloud.parts.httpApi.basePaths());
  const counts = { answered: 0, scheduled: 0 };

  async function send(delivery: Delivery, times: number): Promise<void> {
    const { headers, body, query, outcome } = writeDelivery(delivery);
    const requestId = `hook:${delivery.server}:${idOf(delivery.id, body)}`;
    // Pushed before anybody hears of it.
    if (
      outcome === 'push' &&
      delivery.server !== 'backlog' &&
      sources.headOf(keyOf(delivery), requestId) === undefined
    ) {
      sources.push(keyOf(delivery), requestId);
    }
    const { status } = await cloud.parts.httpApi.answer({
      method: 'POST',
      path: `${base}/hooks/${delivery.server}`,
      query,
      headers,
      body,
    });
    if (status >= 500) {
      clock.schedule(clock.nowMs() + delivery.retryMs, 'a delivery is sent again', () => send(delivery, times));
      return;
    }
    counts.answered += 1;
    if (status !== 200 && status !== 202) {
      const message = `A good delivery of ${delivery.server} (${delivery.kind}, ${delivery.id}) was answered ${status}.`;
      observer.violations.push({ invariant: 1, atMs: clock.nowMs(), message });
    }
    if (times === 1 && delivery.againAfterMs !== undefined) {
      clock.schedule(clock.nowMs() + delivery.againAfterMs, 'a delivery comes again', () => send(delivery, 2));
    }
  }

  // What has no id before it is asked for: by the clock, and by a server that gives none.
  cloud.onTrace((trace) => {
    if (trace.kind !== 'event' || trace.detailType !== 'MirrorRequested') return;
    const {
      requestId = trace.id,
      repository,
      origin,
    } = trace.detail as Record<string, string> & {
      origin?: { door?: string };
    };
    const taskKey = `mirror:${repository}`;
    const isNew = origin?.door === 'schedule' || String(requestId).startsWith('hook:backlog:');
    if (!isNew || sources.headOf(taskKey, requestId) !== undefined) return;
    if (origin?.door === 'schedule') counts.scheduled += 1;
    sources.push(taskKey, requestId);
  });

  for (const delivery of drawDeliveries(seed, startMs, days)) {
    if (sample(delivery.server, delivery.kind, secretOf(delivery.server)) === undefined) continue;
    clock.schedule(delivery.atMs, `a delivery of ${delivery.server}`, () => send(delivery, 1));
  }

  return {
    get answered() {
      return counts.answered;
    },
    get scheduled() {
      return counts.scheduled;
    },
    async stop() {
      const groupName = 'hourglass-test-mirrors';
      for (const { input } of cloud.schedules.list(groupName, undefined)) {
        await cloud.core.call(
          'scheduler',
          'DeleteSchedule',
          { Name: input.Name, groupName },
          { kind: 'root', arn: 'root' },
        );
      }
    },
  };
}

const keyOf = ({ server }: Delivery) => `mirror:of-${server}`;

/** As the webhook makes a request's id of a delivery's. */
function idOf(deliveryId: string, body: string): string {
  return createHash('sha256').update(`${deliveryId}\n`).update(body).digest('hex').slice(0, 32);
}

/** The sample with an id of its own, and signed anew where that is in what is signed. */
function writeDelivery({ server, kind, id }: Delivery) {
  const secret = secretOf(server);
  const { delivery, outcome } = sample(server, kind, secret) as NonNullable<ReturnType<typeof sample>>;
  const old = deliveryIdOf(server) ?? '';
  const withId = (text: string) => (old === '' ? text : text.replaceAll(old, id));
  const body = withId(Buffer.from(delivery.body).toString());
  const headers = Object.fromEntries(
    Object.entries(delivery.headers).map(([name, value]) => [name, withId(String(value))]),
  );
  if (server === 'generic') {
    headers['x-hub-signature-256'] = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  }
  return { headers, body, outcome, query: Object.fromEntries(new URLSearchParams(delivery.query ?? '')) };
}
