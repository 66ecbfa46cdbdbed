/**
 * What learning has saved: the ledger's own requests, played once by the lease as it is, which measures deletions, tasks and follow-ups and goes by them, and
 * once by one that forgets all of it and goes by its settings. The rest of both worlds is the same.
 */
import { simulatePolicy } from '@hourglass/cost/policy';
import { defaultSettings, SECOND_MS } from '@hourglass/lease';
import type { LearningCost } from '../model/learning.ts';
import type { Ledger } from './ledger.ts';
import { workloadOf } from './workload.ts';

/** Null if nothing ran. @param usdPerHour null: the price is not known */
export function costOfLearning(ledger: Ledger, usdPerHour: number | null): LearningCost | null {
  const asked = workloadOf(ledger);
  if (asked === undefined) return null;
  const { teardownLeadSeconds } = ledger;
  const teardownLeadMs =
    teardownLeadSeconds === undefined ? defaultSettings.teardownLeadMs : teardownLeadSeconds * SECOND_MS;
  const play = (forgets: boolean) => {
    const policy = { billingClock: ledger.billing, teardownLeadMs, learnsLead: true, forgets };
    const { anchored, clock } = simulatePolicy(asked.workload, policy);
    return { anchored: anchored * asked.endpoints, clock: clock * asked.endpoints };
  };
  const [withLearning, without] = [play(false), play(true)];
  const saved = (reading: 'anchored' | 'clock') =>
    usdPerHour === null ? null : Math.round((without[reading] - withLearning[reading]) * usdPerHour * 10_000) / 10_000;
  return {
    since: asked.workload.arrivalsMs[0] === undefined ? null : new Date(asked.workload.arrivalsMs[0]).toISOString(),
    requests: asked.workload.arrivalsMs.length,
    endpointHours: { learning: withLearning, forgetting: without },
    savedUsd: { anchored: saved('anchored'), clock: saved('clock') },
  };
}
