/**
 * Invariant 4, of endpoints that nobody needs: they are gone before the paid hour ends, and no hour is bought for them. Only a handler that
 * failed, died or was slow while they lived excuses it; a lost event, a call that had to be repeated, or a firing that comes a minute late does not.
 */
import type { Cloud, Trace } from '@hourglass/cloud';
import { isPaused } from './lease-record.ts';
import type { Seen } from './lease-table.ts';
import type { Report } from './violation.ts';

const HOUR_MS = 3_600_000;
/** A deletion that begins later than this before the hour's end ends in the next hour: it takes two minutes, and a firing may be a minute late. */
const LATEST_DELETION_MS = 90_000;
/** Should the event be lost that announces a closing lease, its timer fires two minutes later, and may be one minute late. */
const LATEST_CALL_MS = 200_000;
/** So long they may stand whatever happens: their hour, outages and pauses between tries. */
const LONGEST_IDLE_MS = 10 * HOUR_MS;
const SLOW_MS = 1_000;

export class IdleEndpoints {
  readonly #cloud: Cloud;
  readonly #report: Report;
  #isExcused = false;
  #sinceMs: number | undefined;
  /** The paid hour's end when they became idle; it may move once, to the same hour's end by the other reading of the bill. */
  #paidUntilMs: number | null = null;
  #extensions = 0;
  #closingSinceMs: number | undefined;
  #emptySinceMs: number | undefined;

  constructor(cloud: Cloud, report: Report) {
    this.#cloud = cloud;
    this.#report = report;
  }

  onTrace(trace: Trace): void {
    const isOwn = trace.kind === 'invocation-end' && !/-(fetcher|pusher)$/.test(trace.functionName);
    const isLate = isOwn && (trace.outcome !== 'ok' || trace.virtualMs > SLOW_MS);
    if (isLate) this.#isExcused = true;
    // Each opening is judged by itself.
    if (trace.kind === 'stack' && /^(CREATE_IN_PROGRESS|DELETE_COMPLETE)$/.test(trace.status)) this.#isExcused = false;
  }

  /** @param containers that run */
  check({ lease }: Seen, endpoints: number, containers: number): void {
    const nowMs = this.#cloud.clock.nowMs();
    this.#checkContainers(endpoints > 0 && containers === 0, lease, nowMs);
    // What waits while everything is paused needs none.
    const needed = lease && lease.running + (isPaused(lease) ? 0 : lease.pending) > 0;
    if (endpoints === 0 || !lease || needed) {
      this.#sinceMs = undefined;
      return;
    }
    if (this.#sinceMs === undefined) {
      this.#sinceMs = nowMs;
      this.#paidUntilMs = lease.paidUntilMs;
      this.#extensions = 0;
      this.#closingSinceMs = undefined;
    }
    if (nowMs - this.#sinceMs > LONGEST_IDLE_MS) {
      this.#reportIdle('Endpoints stand idle for many hours');
      this.#sinceMs = nowMs;
    }
    this.#checkHour(lease, nowMs);
  }

  /** A claim alone needs no endpoints for long: its container runs, or it has ended, or there will be none. */
  #checkContainers(isEmpty: boolean, lease: Seen['lease'], nowMs: number): void {
    if (!isEmpty) this.#emptySinceMs = undefined;
    else this.#emptySinceMs ??= nowMs;
    if (this.#emptySinceMs === undefined || nowMs - this.#emptySinceMs <= LONGEST_IDLE_MS) return;
    const since = new Date(this.#emptySinceMs).toISOString();
    const work = `${lease?.pending} pending, ${lease?.running} running`;
    this.#report(4, `Endpoints stand for many hours, and no container has run since ${since}: ${work}.`);
    this.#emptySinceMs = nowMs;
  }

  #checkHour({ phase, paidUntilMs }: NonNullable<Seen['lease']>, nowMs: number): void {
    if (this.#isExcused || paidUntilMs === null || this.#paidUntilMs === null) return;
    if (phase === 'closing') this.#checkDeletion(nowMs);
    if (phase !== 'open') return;
    if (paidUntilMs !== this.#paidUntilMs) {
      this.#extensions += 1;
      const isOtherReading = this.#extensions === 1 && paidUntilMs - this.#paidUntilMs < HOUR_MS;
      if (!isOtherReading) this.#reportIdle('An hour is bought for nobody');
      this.#paidUntilMs = paidUntilMs;
    }
    if (nowMs <= paidUntilMs - LATEST_DELETION_MS) return;
    this.#reportIdle('The paid hour is over before endpoints can be deleted that nobody needs');
    this.#isExcused = true;
  }

  #checkDeletion(nowMs: number): void {
    this.#closingSinceMs ??= nowMs;
    if (nowMs <= this.#closingSinceMs + LATEST_CALL_MS) return;
    if (this.#cloud.parts.cloudformation.stacks().every(({ status }) => status.startsWith('DELETE_'))) return;
    this.#reportIdle('Nobody asks for the deletion of endpoints that nobody needs');
    this.#isExcused = true;
  }

  #reportIdle(what: string): void {
    this.#report(4, `${what}, idle since ${new Date(this.#sinceMs ?? 0).toISOString()}.`);
  }
}
