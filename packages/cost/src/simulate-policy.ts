/** One policy on one workload, as one bill counts it: what a deployment would have paid had it been told otherwise. */
import { type BillingClock, paidHours } from '@hourglass/lease';
import { type ReplaySettings, replayLease } from './replay-lease.ts';
import type { Workload } from './workload.ts';

/** @returns paid hours, of each endpoint and Zone */
export function simulatePolicy(workload: Workload, policy: ReplaySettings, bill: BillingClock): number {
  return replayLease(workload, policy).spans.reduce(
    (sum, { openedAtMs, closedAtMs }) => sum + paidHours(bill, openedAtMs, closedAtMs),
    0,
  );
}
