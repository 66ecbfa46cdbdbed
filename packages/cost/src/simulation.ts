/** What a simulation gives: one row for each trace, policy, billing clock and delay, and beside it the leases behind the row. */
import type { BillingClock } from '@hourglass/lease';

export const policyNames = ['always-on', 'per-task', 'poll-30', 'hourglass', 'hourglass-default', 'optimum'] as const;
export type PolicyName = (typeof policyNames)[number];

/** Seconds between a request's arrival and the start of its task. */
export interface WaitSeconds {
  p50: number;
  p95: number;
  max: number;
}

/** One line of the answer; these are the keys of `hourglass simulate --json`. */
export interface SimulationRow {
  /** The trace as it was named: a file, or `git:PATH`. */
  trace: string;
  policy: PolicyName;
  billing: BillingClock;
  maxDelaySeconds: number;
  requests: number;
  leases: number;
  /** Per endpoint and Zone. */
  paidHours: number;
  /** `paidHours` times endpoints times Zones. */
  paidEndpointHours: number;
  usdPerMonth: number;
  /** `paidHours` over the optimum's, for the same billing clock and delay. */
  ratioToOptimum: number;
  waitSeconds: WaitSeconds;
  /** Tasks whose endpoints were deleted before they had ended. */
  deletedUnderTask: number;
}

/** Endpoints from the moment their creation was asked for until their deletion had finished. Epoch milliseconds. */
export interface LeaseSpan {
  openedAtMs: number;
  closedAtMs: number;
  /** As the bill of the simulated billing clock counts them, per endpoint and Zone. */
  paidHours: number;
}

/** The same key fields as the row's; `waits[i]` belongs to `pushes[i]`. */
export interface SimulationDetail {
  trace: string;
  policy: PolicyName;
  billing: BillingClock;
  maxDelaySeconds: number;
  leases: LeaseSpan[];
  /** Arrival of each request, oldest first. Epoch milliseconds. */
  pushes: number[];
  /** Seconds that each request waited for its task's start. */
  waits: number[];
}
