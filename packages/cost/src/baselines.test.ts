/** Hourglass against the poll that it replaces. */
import { MINUTE_MS, paidHours, SECOND_MS } from '@hourglass/lease';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { perTask, pollEveryHalfHour } from './baselines.ts';
import { replayLease } from './replay-lease.ts';
import type { Workload } from './workload.ts';

function workloadOf(requests: [number, number][]): Workload {
  const sorted = requests.sort(([a], [b]) => a - b);
  return {
    arrivalsMs: sorted.map(([at]) => at * SECOND_MS),
    durationsMs: sorted.map(([, lasts]) => lasts * SECOND_MS),
    maxDelayMs: 0,
    createMs: 150 * SECOND_MS,
    deleteMs: 120 * SECOND_MS,
  };
}

function hoursOf(spans: readonly { openedAtMs: number; closedAtMs: number }[]): number {
  return spans.reduce((sum, { openedAtMs, closedAtMs }) => sum + paidHours('anchored', openedAtMs, closedAtMs), 0);
}

describe('Hourglass under the anchored bill', () => {
  it('is never dearer than a poll that cuts no task short', () => {
    const request = fc.tuple(fc.integer({ min: 0, max: 2 * 86_400 }), fc.integer({ min: 0, max: 1_500 }));
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 25 }), (requests) => {
        const workload = workloadOf(requests);
        const poll = pollEveryHalfHour(workload);
        fc.pre(poll.deletedUnderTask === 0);
        const settings = { billingClock: 'anchored' as const, teardownLeadMs: 180 * SECOND_MS, learnsLead: false };
        expect(hoursOf(replayLease(workload, settings).spans)).toBeLessThanOrEqual(hoursOf(poll.spans));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a baseline', () => {
  it('per task is gone as soon as nothing runs, and takes along what comes before', () => {
    const { spans, startsMs } = perTask(
      workloadOf([
        [0, 60],
        [100, 60],
        [3_600, 60],
      ]),
    );
    expect(spans.map(({ closedAtMs }) => closedAtMs / SECOND_MS)).toEqual([330, 3_930]);
    expect(startsMs.map((startMs) => startMs / SECOND_MS)).toEqual([150, 150, 3_750]);
  });

  it('polled is gone at the first half hour after it has been up for 45 minutes', () => {
    const { spans } = pollEveryHalfHour(
      workloadOf([
        [0, 60],
        [5_000, 60],
      ]),
    );
    expect(spans.map(({ closedAtMs }) => closedAtMs / MINUTE_MS)).toEqual([62, 152]);
  });
});
