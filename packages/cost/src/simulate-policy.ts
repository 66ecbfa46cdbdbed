/** One policy on one workload, as the bill counts it: what a deployment would have paid with another setting. */
import { type BillingClock, paidHours } from '@hourglass/lease';
import { type ReplaySettings, replayLease } from './replay-lease.ts';
import type { Workload } from './workload.ts';

export type { Workload } from './workload.ts';

/** @returns paid hours, of each endpoint and Zone, by each reading of the bill */
export function simulatePolicy(workload: Workload, policy: ReplaySettings): Record<BillingClock, number> {
  const { spans } = replayLease(workload, policy);
  const of = (bill: BillingClock) =>
    spans.reduce((sum, { openedAtMs, closedAtMs }) => sum + paidHours(bill, openedAtMs, closedAtMs), 0);
  return { anchored: of('anchored'), clock: of('clock') };
}
