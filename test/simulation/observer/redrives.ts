/** What died redrives along with a lease that opens anyway: at most once in six hours, and three times each. Then it rests until a person moves it. */
import type { Cloud, FaultedCall } from '@hourglass/cloud';
import type { Report } from './violation.ts';

const EVERY_MS = 6 * 3_600_000;
/** Clocks differ by seconds. */
const SLACK_MS = 60_000;
/** What comes later than this was moved by a person, as far as anybody knows. */
const LASTS_MS = 15 * 60_000;
const MOST = 3;

export class Redrives {
  readonly #cloud: Cloud;
  readonly #report: Report;
  #lastMs = Number.NEGATIVE_INFINITY;
  /** The invocation that began the last one. */
  #lastBy = '';

  constructor(cloud: Cloud, report: Report) {
    this.#cloud = cloud;
    this.#report = report;
  }

  onCall({ operation, invoker, input }: FaultedCall): void {
    if (!invoker) return;
    const nowMs = this.#cloud.clock.nowMs();
    const sinceLastMs = nowMs - this.#lastMs;
    if (operation === 'StartMessageMoveTask') {
      // The SDK makes a call again whose answer was lost: that is the same redrive.
      const by = `${invoker.requestId}/${invoker.attempt}`;
      if (by !== this.#lastBy && sinceLastMs < EVERY_MS - SLACK_MS) {
        this.#report(1, `What died has had two redrives within ${Math.round(sinceLastMs / 60_000)} minutes.`);
      }
      this.#lastMs = nowMs;
      this.#lastBy = by;
    }
    if (operation === 'PutEvents' && invoker.functionName.endsWith('-replay') && sinceLastMs < LASTS_MS) {
      for (const { Detail } of input.Entries as { Detail: string }[]) {
        const redrives = Number(/:replay-(\d+)"/.exec(Detail)?.[1] ?? 0);
        if (redrives > MOST)
          this.#report(1, `Nobody has said so, and what died redrives for the ${redrives}th time: ${Detail}`);
      }
    }
  }
}
