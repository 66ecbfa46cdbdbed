/**
 * What was asked for: no accepted request is lost (invariant 1), and what was pushed by then is in the mirror once nothing is owed for it any
 * more (6). A request that nothing is owed for, and whose push is not in the mirror, must rest in the failed-mirrors queue.
 */
import type { Cloud, FaultedCall, Trace } from '@hourglass/cloud';
import { DIRECT_LEASE_ID, TABLE } from '../names.ts';
import type { Sources } from '../sources.ts';
import { Announced, type Ending } from './announced.ts';
import { itemsPut, type Seen } from './lease-table.ts';
import type { Report } from './violation.ts';

interface Wanted {
  /** The newest push that an accepted request announced. */
  acceptedHead: number;
  /** Pushes up to this one have been given up and announced. */
  reportedHead: number;
}

/** What history says of an attempt, or of a request that was given up without one. */
interface Ended extends Ending {
  token: string | null;
}

interface DeadMessage {
  taskKey: string;
  requestId: string;
  attempts: number;
  message: string | null;
}

/** Fargate's want of capacity passes, and so does a throttled call: nobody is given up for it. */
const NO_CAPACITY = /Capacity is unavailable|RESOURCE:|reached the limit on the number|Rate exceeded|Throttl/;

/** An attempt that has packed, and whose pack S3 does not take or give time after time, was one. */
const OF_THE_STORE = /\bpack\b/;

/** A function that nobody has called for weeks wakes at the first call. */
const PUT_AWAY = /following state: (Inactive|Pending)/;

/** What does not pass by itself. */
const DENIED = /not authorized|AccessDenied/;

/** What is given up because the endpoints cannot be had, or the destination cannot, needs no last attempt. */
const NEEDS_NO_ATTEMPT = /endpoints could not be created|The destination \S+ cannot be made/;

/** In the place of a task's key. */
const OPERATOR = 'operator';

export class Requests {
  readonly #cloud: Cloud;
  readonly #sources: Sources;
  readonly #report: Report;
  readonly #wanted = new Map<string, Wanted>();
  readonly #accepted = new Set<string>();
  /** Those of the direct carrier's lease, and those among them that the other lease was asked for. */
  readonly #direct = new Set<string>();
  readonly #handedOver = new Set<string>();
  /** The task keys that are the direct carrier's. */
  readonly #carried = new Set<string>();
  /** By their tokens. */
  readonly #transactions = new Set<string>();
  /** What the operator has asked of the lease, and it has taken. */
  readonly #asked = new Set<string>();
  readonly #announced: Announced;
  readonly #copied = new Map<string, { startedAtMs: number }>();
  readonly #acceptances: { taskKey: string; head: number; atMs: number }[] = [];
  /** The fewest attempts that a task has had by any configuration so far. */
  #attempts = Number.POSITIVE_INFINITY;

  constructor(cloud: Cloud, sources: Sources, report: Report) {
    this.#cloud = cloud;
    this.#sources = sources;
    this.#report = report;
    this.#announced = new Announced(report);
  }

  get accepted(): number {
    return this.#accepted.size;
  }

  get handedOver(): number {
    return this.#handedOver.size;
  }

  isAccepted(identity: string): boolean {
    return this.#accepted.has(identity) || this.#asked.has(identity);
  }

  copied({ token, startedAtMs }: { token: string; startedAtMs: number }): void {
    this.#copied.set(token, { startedAtMs });
  }

  /** Items of both leases. */
  onWrite({ input }: FaultedCall, before: Pick<Seen, 'items'>, after: Pick<Seen, 'items'>): void {
    // Its answer was lost, and the SDK made the same transaction again, which DynamoDB takes for the first.
    const transaction = String(input.ClientRequestToken ?? '');
    if (transaction !== '' && this.#transactions.has(transaction)) return;
    this.#transactions.add(transaction);
    const { variables } = this.#cloud.functions.find(`${TABLE}-runner`).settings;
    this.#attempts = Math.min(this.#attempts, Number(variables.MAX_ATTEMPTS));
    const written = new Set<string | null>();
    for (const item of itemsPut(input)) {
      const { pk, sk } = item as { pk: string; sk: string };
      const [, leaseId, requestId] = /^request#([^#]+)#(.*)$/.exec(pk) ?? [];
      // What an operator asks of a lease is no request of a task.
      if (requestId !== undefined && sk === OPERATOR) this.#asked.add(`${sk}#${requestId}`);
      else if (requestId !== undefined) this.#onAccepted(`${sk}#${requestId}`, leaseId === DIRECT_LEASE_ID);
      if (!pk.startsWith('history#')) continue;
      const ended = item.data as Ended;
      written.add(ended.token);
      this.#announced.onEnded(pk.split('#').at(-1) ?? '', ended);
      const claim = before.items.find((item) => item.claim?.token === ended.token)?.claim;
      this.#onEnded(pk, ended, pk.startsWith(`history#${DIRECT_LEASE_ID}#`) ? claim?.claimedAtMs : undefined);
    }
    for (const { taskKey, request, claim } of before.items) {
      // A request that is tried again has not ended.
      const isOpen = after.items.some(
        (item) => item.taskKey === taskKey && item.request.requestId === request.requestId,
      );
      if (!claim || isOpen || written.has(claim.token)) continue;
      this.#report(
        1,
        `The attempt ${claim.token} was the last of ${taskKey}#${request.requestId}, and no history says how it ended.`,
      );
    }
  }

  /** Whether anything accepted is owed by nobody, or waits for what will not come. */
  check({ items }: Pick<Seen, 'items'>): void {
    for (const { taskKey, state, lastError, noCapacity } of items) {
      if (PUT_AWAY.test(lastError ?? '')) {
        this.#report(1, `${taskKey} counts as tried, and its function was only put away: ${lastError}`);
      }
      // What is dead waits for nothing, though it waited for capacity before its endpoints were denied.
      if (!noCapacity || state === 'dead' || !DENIED.test(lastError ?? '')) continue;
      this.#report(1, `${taskKey} waits for capacity, and nobody may run it: ${lastError}`);
    }
    const active = new Set(items.map(({ taskKey }) => taskKey));
    for (const [taskKey, wanted] of this.#wanted) {
      if (active.has(taskKey)) continue;
      const { mirrored } = this.#sources.of(taskKey);
      if (wanted.acceptedHead <= Math.max(mirrored, wanted.reportedHead)) continue;
      this.#report(
        6,
        `Push ${wanted.acceptedHead} of ${taskKey} was accepted, only ${mirrored} is in the mirror, and nothing is owed for it.`,
      );
      wanted.reportedHead = wanted.acceptedHead;
    }
  }

  /** A message in failed-mirrors stands for everything that its dead item stood for. */
  onQueueCall({ operation, input }: FaultedCall, { items }: Pick<Seen, 'items'>): void {
    if (operation !== 'SendMessage' || !String(input.QueueUrl).endsWith('-failed-mirrors')) return;
    const { taskKey, requestId, attempts, message } = JSON.parse(String(input.MessageBody)) as DeadMessage;
    if (attempts < this.#attempts && !NEEDS_NO_ATTEMPT.test(message ?? '')) {
      this.#report(1, `${taskKey} is given up after ${attempts} attempts: ${message}`);
    }
    if (NO_CAPACITY.test(message ?? '') && !OF_THE_STORE.test(message ?? '')) {
      this.#report(1, `${taskKey} is dead for want of capacity: ${message}`);
    }
    const wanted = this.#wanted.get(taskKey);
    if (!wanted) {
      this.#report(1, `A message names ${taskKey}, which nobody has asked for.`);
      return;
    }
    const isDead = items.some((item) => item.taskKey === taskKey && item.state === 'dead');
    const head = isDead ? wanted.acceptedHead : (this.#sources.headOf(taskKey, requestId) ?? 0);
    wanted.reportedHead = Math.max(wanted.reportedHead, head);
  }

  owed(): string[] {
    return ['intake', 'replay'].flatMap((name) => {
      const messages = this.#bodies(name).length;
      return messages > 0 ? [`${messages} messages lie in ${name}`] : [];
    });
  }

  onTrace(trace: Trace): void {
    this.#announced.onTrace(trace);
  }

  /** Every request was accepted or lies where a person finds it, and every end was announced. */
  checkSettled(): void {
    this.#announced.checkSettled();
    const kept = ['undelivered', 'unhandled', 'intake-dead'].flatMap((name) => this.#bodies(name));
    for (const request of this.#sources.requests()) {
      if (this.#accepted.has(request)) continue;
      const [, requestId] = request.split('#');
      if (!kept.some((body) => body.includes(`"${requestId}"`))) {
        this.#report(1, `The request ${request} was never accepted, and is in no queue.`);
      }
    }
  }

  #onAccepted(identity: string, isDirect: boolean): void {
    // Handed over, it is the request that it was.
    const isHandedOver = !isDirect && this.#direct.has(identity) && !this.#handedOver.has(identity);
    if (!isDirect && !this.#direct.has(identity) && this.#carried.has(identity.slice(0, identity.indexOf('#')))) {
      this.#report(1, `What is carried directly is handed over under an id of its own: ${identity}.`);
    }
    if (isHandedOver) this.#handedOver.add(identity);
    else if (this.#accepted.has(identity)) this.#report(1, `The request ${identity} is accepted for the second time.`);
    this.#accepted.add(identity);
    if (isDirect) {
      this.#direct.add(identity);
      this.#carried.add(identity.slice(0, identity.indexOf('#')));
    }
    const [taskKey = '', requestId = ''] = identity.split('#');
    const head = this.#sources.headOf(taskKey, requestId);
    if (head === undefined) {
      this.#report(1, `A request was accepted that nobody has sent: ${identity}.`);
      return;
    }
    const wanted = this.#wanted.get(taskKey) ?? { acceptedHead: 0, reportedHead: 0 };
    // A replay takes the push back from those that were given up.
    if (head <= wanted.reportedHead) wanted.reportedHead = head - 1;
    wanted.acceptedHead = Math.max(wanted.acceptedHead, head);
    this.#wanted.set(taskKey, wanted);
    this.#acceptances.push({ taskKey, head, atMs: this.#cloud.clock.nowMs() });
  }

  /** @param directSinceMs of an attempt of the direct carrier: when it was claimed; what it mirrors it has seen after that */
  #onEnded(pk: string, { status, token }: Ended, directSinceMs: number | undefined): void {
    if (status !== 'succeeded') return;
    const run = directSinceMs === undefined ? this.#copied.get(token ?? '') : { startedAtMs: directSinceMs };
    if (!run) {
      this.#report(1, `The attempt ${token} is reported as succeeded, and the destination does not equal the source.`);
      return;
    }
    const taskKey = pk.split('#').at(-1) ?? '';
    const { mirrored } = this.#sources.of(taskKey);
    for (const { head, atMs, ...other } of this.#acceptances) {
      if (other.taskKey !== taskKey || atMs > run.startedAtMs || head <= mirrored) continue;
      this.#report(6, `Push ${head} of ${taskKey} is not in the mirror after a successful run that began after it.`);
    }
  }

  #bodies(name: string): string[] {
    const queue = this.#cloud.queues.all().find((one) => one.name === `${TABLE}-${name}`);
    return queue?.peek().map(({ body }) => body) ?? [];
  }
}
