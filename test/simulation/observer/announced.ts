/** What has ended is announced: whoever listens on the bus hears of each end that is in the history, once at least (invariant 1). */
import type { Trace } from '@hourglass/cloud';
import type { Report } from './violation.ts';

/** What history says of a request's end. */
export interface Ending {
  status: string;
  request: { requestId: string };
}

export class Announced {
  readonly #report: Report;
  /** In words, by what identifies each. */
  readonly #ended = new Map<string, string>();
  readonly #heard = new Set<string>();

  constructor(report: Report) {
    this.#report = report;
  }

  onEnded(taskKey: string, { status, request: { requestId } }: Ending): void {
    this.#ended.set(`${taskKey}#${requestId}#${status}`, `${taskKey}#${requestId} ended as ${status}`);
  }

  onTrace(trace: Trace): void {
    if (trace.kind !== 'event' || (trace.detailType !== 'TaskSucceeded' && trace.detailType !== 'TaskFailed')) return;
    const { taskKey, requestId, next = 'succeeded' } = trace.detail as Record<string, string>;
    this.#heard.add(`${taskKey}#${requestId}#${next}`);
  }

  checkSettled(): void {
    for (const [key, what] of this.#ended) {
      if (!this.#heard.has(key)) this.#report(1, `${what}, and no event announces it.`);
    }
  }
}
