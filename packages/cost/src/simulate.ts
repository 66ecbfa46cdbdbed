/** One trace through several policies under one or both billing clocks. */
import { type BillingClock, defaultSettings, HOUR_MS, paidHours } from '@hourglass/lease';
import { alwaysOn, observedDays, perTask, pollEveryHalfHour } from './baselines.ts';
import { findOptimum } from './optimum.ts';
import { replayLease } from './replay-lease.ts';
import type { LeaseSpan, PolicyName, SimulationDetail, SimulationRow, WaitSeconds } from './simulation.ts';
import { type Outcome, sumHours, type Workload } from './workload.ts';

/** Hours of a month, as AWS's own calculators count them. */
export const HOURS_PER_MONTH = 730;

export interface SimulationInput extends Workload {
  /** How the trace is named in the answer. */
  trace: string;
  policies: readonly PolicyName[];
  billings: readonly BillingClock[];
  /** `null`: begins with the default lead, and learns from the deletions. */
  teardownLeadMs: number | null;
  endpoints: number;
  zones: number;
  /** Per endpoint, Zone and hour. */
  usdPerHour: number;
}

export interface Simulation {
  rows: SimulationRow[];
  /** One for each row, in the same order. */
  details: SimulationDetail[];
}

export function simulate(input: SimulationInput): Simulation {
  const simulation: Simulation = { rows: [], details: [] };
  // What does not depend on the billing clock is played once.
  const played = new Map<string, Outcome>();
  const play = (policy: PolicyName, billing: BillingClock): Outcome => {
    const key = policy === 'hourglass' || policy === 'optimum' ? `${policy}/${billing}` : policy;
    const outcome = played.get(key) ?? playPolicy(input, policy, billing);
    played.set(key, outcome);
    return outcome;
  };
  for (const billing of input.billings) {
    const bill = ({ spans }: Outcome): LeaseSpan[] =>
      spans.map((span) => ({ ...span, paidHours: paidHours(billing, span.openedAtMs, span.closedAtMs) }));
    const bestHours = sumHours(bill(play('optimum', billing)));
    for (const policy of input.policies) {
      const outcome = play(policy, billing);
      const leases = bill(outcome);
      const waits = outcome.startsMs.map((startMs, index) => (startMs - (input.arrivalsMs[index] ?? 0)) / 1_000);
      const key = { trace: input.trace, policy, billing, maxDelaySeconds: input.maxDelayMs / 1_000 };
      simulation.details.push({ ...key, leases, pushes: [...input.arrivalsMs], waits });
      simulation.rows.push({ ...key, ...sumUp(input, outcome, leases, waits, bestHours) });
    }
  }
  return simulation;
}

function playPolicy(input: SimulationInput, policy: PolicyName, billing: BillingClock): Outcome {
  const { teardownLeadMs } = input;
  const lead = {
    teardownLeadMs: teardownLeadMs ?? defaultSettings.teardownLeadMs,
    learnsLead: teardownLeadMs === null,
  };
  switch (policy) {
    case 'always-on':
      return alwaysOn(input);
    case 'per-task':
      return perTask(input);
    case 'poll-30':
      return pollEveryHalfHour(input);
    case 'hourglass':
      return replayLease(input, { billingClock: billing, ...lead });
    case 'hourglass-default':
      return replayLease(input, { billingClock: 'unknown', ...lead });
    case 'optimum':
      return findOptimum(input, billing);
  }
}

function sumUp(
  input: SimulationInput,
  outcome: Outcome,
  leases: LeaseSpan[],
  waits: number[],
  bestHours: number,
): Omit<SimulationRow, 'trace' | 'policy' | 'billing' | 'maxDelaySeconds'> {
  const hours = sumHours(leases);
  const paidEndpointHours = hours * input.endpoints * input.zones;
  const { fromMs, toMs } = observedDays(input);
  const months = (toMs - fromMs) / HOUR_MS / HOURS_PER_MONTH;
  return {
    requests: input.arrivalsMs.length,
    leases: leases.length,
    paidHours: hours,
    paidEndpointHours,
    usdPerMonth: round((paidEndpointHours * input.usdPerHour) / months, 4),
    ratioToOptimum: round(hours / bestHours, 4),
    waitSeconds: distributionOf(waits),
    deletedUnderTask: outcome.deletedUnderTask,
  };
}

/** The nearest rank: each value is one that was waited. */
function distributionOf(waits: readonly number[]): WaitSeconds {
  const sorted = [...waits].sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: rank(0.5), p95: rank(0.95), max: rank(1) };
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
