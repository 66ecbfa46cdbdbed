/** What learning has saved: a month of real pushes, played by a lease that learns and by one that forgets. */
import { costOfLearning, type Ledger } from '@hourglass/operations/bill';
import { describe, expect, it } from 'vitest';
import { palletsLedger } from './bills.ts';

const ledger = palletsLedger();
const slow = (seconds: number): Ledger => ({
  ...ledger,
  times: { create: 150, delete: seconds },
  entries: ledger.entries.map((entry) => ({ ...entry, runs: entry.runs.map((run) => ({ ...run, seconds: 90 })) })),
});

describe('what learning has saved', () => {
  it('is nothing where nothing ran', () => {
    expect(costOfLearning({ ...ledger, entries: [] }, 0.014)).toBeNull();
  });

  it('is counted of the ledger’s own requests, in hours and money by both readings', () => {
    const cost = costOfLearning(slow(120), 0.014);
    const runs = ledger.entries.flatMap((entry) => entry.runs);
    expect(cost).toMatchObject({ requests: runs.length, since: runs.map((run) => run.acceptedAt).sort()[0] });
    const { learning, forgetting } = cost?.endpointHours ?? { learning: null, forgetting: null };
    expect(learning?.anchored).toBeGreaterThan(0);
    for (const reading of ['anchored', 'clock'] as const) {
      const hours = (forgetting?.[reading] ?? 0) - (learning?.[reading] ?? 0);
      expect(cost?.savedUsd[reading]).toBeCloseTo(hours * 0.014, 3);
    }
    expect(costOfLearning(slow(120), null)?.savedUsd).toEqual({ anchored: null, clock: null });
  });

  it('is much where deletions take longer than the settings think, and are found out', () => {
    const cost = costOfLearning(slow(600), 0.014);
    // Closing 7 minutes before the hour's end is too late for a deletion of 10: each opening pays an hour more.
    expect(cost?.endpointHours).toMatchObject({ learning: { anchored: 64 }, forgetting: { anchored: 120 } });
    expect(cost?.savedUsd.anchored).toBeCloseTo(56 * 0.014, 6);
  });
});
