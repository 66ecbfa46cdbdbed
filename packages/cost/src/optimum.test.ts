/** The optimum against brute force over every set of leases on a grid of ten minutes, and what must hold of it. */
import { type BillingClock, HOUR_MS, MINUTE_MS, paidHours, SECOND_MS } from '@hourglass/lease';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findOptimum } from './optimum.ts';
import { replayLease } from './replay-lease.ts';
import { startByMs, type Workload } from './workload.ts';

const UNIT_MS = 10 * MINUTE_MS;
const CLOCKS: BillingClock[] = ['anchored', 'clock'];

function hoursOf(spans: readonly { openedAtMs: number; closedAtMs: number }[], billing: BillingClock): number {
  return spans.reduce((sum, { openedAtMs, closedAtMs }) => sum + paidHours(billing, openedAtMs, closedAtMs), 0);
}

/**
 * Tries every lease that begins and ends on the grid, one after the other, and lets each request be served by any of them. A request
 * that comes while a deletion is under way may wait for it, as the accounting model has it.
 */
function bruteForce(workload: Workload, billing: BillingClock): number {
  const { arrivalsMs, durationsMs, createMs, deleteMs } = workload;
  const all = 2 ** arrivalsMs.length - 1;
  const endMs = Math.max(...arrivalsMs.map((_, i) => startByMs(workload, i) + (durationsMs[i] ?? 0))) + HOUR_MS;
  const known = new Map<string, number>();
  const best = (served: number, goneMs: number): number => {
    if (served === all) return 0;
    const key = `${served}/${goneMs}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    let least = Number.POSITIVE_INFINITY;
    const mustMs = arrivalsMs.map((arrivalMs, i) => {
      if (served & (1 << i)) return Number.POSITIVE_INFINITY;
      const waits = arrivalMs >= goneMs - deleteMs && arrivalMs < goneMs;
      return Math.max(startByMs(workload, i), waits ? goneMs + createMs : 0);
    });
    const latestMs = Math.min(...mustMs) - createMs;
    for (let openMs = Math.max(goneMs, -HOUR_MS); openMs <= latestMs; openMs += UNIT_MS) {
      for (let dropMs = openMs + createMs; dropMs <= endMs; dropMs += UNIT_MS) {
        let now = served;
        for (const [i, arrivalMs] of arrivalsMs.entries()) {
          const startMs = Math.max(arrivalMs, openMs + createMs);
          if (startMs + (durationsMs[i] ?? 0) <= dropMs) now |= 1 << i;
        }
        if (now === served) continue;
        const hours = paidHours(billing, openMs, dropMs + deleteMs);
        if (hours < least) least = Math.min(least, hours + best(now, dropMs + deleteMs));
      }
    }
    known.set(key, least);
    return least;
  };
  return best(0, -2 * HOUR_MS);
}

const units = (max: number) => fc.integer({ min: 0, max }).map((n) => n * UNIT_MS);
const small: fc.Arbitrary<Workload> = fc
  .record({
    requests: fc.array(fc.tuple(units(20), units(12)), { minLength: 1, maxLength: 6 }),
    maxDelayMs: units(12),
    // Endpoints that come and go in no time would cost nothing.
    createMs: fc.constantFrom(UNIT_MS, 2 * UNIT_MS),
    deleteMs: units(2),
  })
  .map(({ requests, ...rest }) => {
    const sorted = requests.sort(([a], [b]) => a - b);
    return { ...rest, arrivalsMs: sorted.map(([at]) => at), durationsMs: sorted.map(([, lasts]) => lasts) };
  });

/** Requests to the second within a week, with the usual times. */
function weekOf(durations: fc.Arbitrary<number>, delayMinutes: fc.Arbitrary<number>): fc.Arbitrary<Workload> {
  const second = fc.integer({ min: 0, max: 7 * 86_400 });
  return fc
    .tuple(fc.array(fc.tuple(second, durations), { minLength: 1, maxLength: 80 }), delayMinutes)
    .map(([requests, delay]) => {
      const sorted = requests.sort(([a], [b]) => a - b);
      return {
        arrivalsMs: sorted.map(([at]) => at * SECOND_MS),
        durationsMs: sorted.map(([, lasts]) => lasts * SECOND_MS),
        maxDelayMs: delay * MINUTE_MS,
        createMs: 150 * SECOND_MS,
        deleteMs: 120 * SECOND_MS,
      };
    });
}
const anyWeek = weekOf(fc.integer({ min: 0, max: 7_200 }), fc.integer({ min: 0, max: 600 }));

describe('the optimum', () => {
  it('is never beaten by the policy, which cuts no task short and keeps every start-by', () => {
    fc.assert(
      fc.property(anyWeek, fc.constantFrom(...CLOCKS), fc.boolean(), (workload, billing, set) => {
        const outcome = replayLease(workload, {
          billingClock: set ? billing : 'unknown',
          teardownLeadMs: 180 * SECOND_MS,
          learnsLead: false,
        });
        const best = findOptimum(workload, billing);
        expect(hoursOf(outcome.spans, billing)).toBeGreaterThanOrEqual(hoursOf(best.spans, billing));
        expect(outcome.deletedUnderTask).toBe(0);
        for (const [index, startMs] of outcome.startsMs.entries()) {
          const arrivalMs = workload.arrivalsMs[index] ?? 0;
          const endMs = startMs + (workload.durationsMs[index] ?? 0);
          const span = outcome.spans.find(
            ({ openedAtMs, closedAtMs }) => openedAtMs <= startMs && startMs < closedAtMs,
          );
          expect(startMs).toBeGreaterThanOrEqual(Math.max(arrivalMs, (span?.openedAtMs ?? 0) + workload.createMs));
          expect(endMs).toBeLessThanOrEqual((span?.closedAtMs ?? 0) - workload.deleteMs);
          const going = outcome.spans.find(
            ({ closedAtMs }) => closedAtMs - workload.deleteMs <= arrivalMs && arrivalMs <= closedAtMs,
          );
          const afterDeletionMs = going ? going.closedAtMs + workload.createMs : 0;
          expect(startMs).toBeLessThanOrEqual(Math.max(startByMs(workload, index), afterDeletionMs));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is reached by the lazy policy for tasks of no length that can wait, under the anchored clock', () => {
    const patient = weekOf(fc.constant(0), fc.integer({ min: 10, max: 600 }));
    fc.assert(
      fc.property(patient, (workload) => {
        // A timer is never set closer than the patience, which opens a lease that is due just after a deletion a little early.
        const exact = { teardownLeadMs: workload.deleteMs, learnsLead: false, patienceMs: SECOND_MS };
        const settings = { billingClock: 'anchored' as const, ...exact };
        const { spans } = replayLease(workload, settings);
        // A push in the very moment in which the endpoints are let go of may miss them; who knows it beforehand waits for it.
        const lastCallsMs = spans.map(({ closedAtMs }) => closedAtMs - workload.deleteMs);
        fc.pre(!workload.arrivalsMs.some((atMs) => lastCallsMs.some((callMs) => Math.abs(atMs - callMs) <= SECOND_MS)));
        expect(hoursOf(spans, 'anchored')).toBe(hoursOf(findOptimum(workload, 'anchored').spans, 'anchored'));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(CLOCKS)('never costs more when more delay is allowed, under the %s clock', (billing) => {
    fc.assert(
      fc.property(anyWeek, fc.integer({ min: 1, max: 600 }), (workload, minutes) => {
        const patient = { ...workload, maxDelayMs: workload.maxDelayMs + minutes * MINUTE_MS };
        const [more, less] = [findOptimum(patient, billing), findOptimum(workload, billing)];
        expect(hoursOf(more.spans, billing)).toBeLessThanOrEqual(hoursOf(less.spans, billing));
      }),
      { numRuns: 500 },
    );
  });

  it.each(CLOCKS)('equals brute force under the %s clock', (billing) => {
    fc.assert(
      fc.property(small, (workload) => {
        expect(hoursOf(findOptimum(workload, billing).spans, billing)).toBe(bruteForce(workload, billing));
      }),
      { numRuns: 2_000 },
    );
  });
});
