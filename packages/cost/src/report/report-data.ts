/** What the report is made of. */
import type { BillingClock } from '@hourglass/lease';
import type { AlternativePrices } from '../prices-alternatives.ts';
import type { PolicyName, SimulationDetail, SimulationRow } from '../simulation.ts';

export interface ReportData {
  /** When the report was made; epoch milliseconds. */
  readonly generatedAtMs: number;
  readonly region: string;
  readonly endpoints: number;
  readonly zones: number;
  /** One interface endpoint in one Zone for one hour, and where that can be read. */
  readonly price: {
    readonly usdPerEndpointHour: number;
    readonly sourceUrl: string;
    /** ISO 8601 day on which it was last known to hold; `null`: not confirmed, or the user's own. */
    readonly asOf: string | null;
  };
  /** The delay that the report is about. Rows with other delays show what changing it would save. */
  readonly maxDelaySeconds: number;
  readonly createSeconds: number;
  readonly deleteSeconds: number;
  /** `null`: learned from the deletions. */
  readonly teardownLeadSeconds: number | null;
  /** Usual length of a task, in seconds; for what is billed by task. */
  readonly taskSeconds: number;
  /** Where the tasks' lengths come from, in words: `lognormal, median 90 s, seed 1`. */
  readonly taskSource: string;
  readonly rows: readonly SimulationRow[];
  readonly details: readonly SimulationDetail[];
  /** Data in and out, for what is billed by the gigabyte; nothing unless said. */
  readonly gbPerMonth?: number;
  /** In place of the dated table's. */
  readonly alternativePrices?: Partial<AlternativePrices>;
}

/** The order in which policies are shown: what is to be replaced first, what nobody can beat last. */
export const policyOrder: readonly PolicyName[] = [
  'always-on',
  'per-task',
  'poll-30',
  'hourglass-default',
  'hourglass',
  'optimum',
];

/** How the policies are called on the page. */
export const policyLabels: Readonly<Record<PolicyName, string>> = {
  'always-on': 'Always on',
  'per-task': 'Opened for each task',
  'poll-30': 'Polled every 30 min',
  'hourglass-default': 'Hourglass, as deployed',
  hourglass: 'Hourglass, tuned to the bill',
  optimum: 'Best possible',
};

export const policyMeanings: Readonly<Record<PolicyName, string>> = {
  'always-on': 'The endpoints are never deleted.',
  'per-task': 'Each task creates its own endpoints and deletes them.',
  'poll-30': 'Created when asked for; a check every 30 minutes deletes what is old.',
  'hourglass-default': 'The policy for a bill whose way of counting hours is not known.',
  hourglass: 'The policy set for the very way in which the bill counts the hour.',
  optimum: 'What one who knows the future would have paid. Nobody can pay less.',
};

export const readingLabels: Readonly<Record<BillingClock, string>> = {
  anchored: 'Hour from creation',
  clock: 'Clock hour',
};

export const readings: readonly BillingClock[] = ['anchored', 'clock'];
