/** What the same requests would have cost had the deployment been told otherwise how the bill counts, by the very functions that it runs. */
import { simulatePolicy } from '@hourglass/cost/policy';
import { type BillingClock, defaultSettings } from '@hourglass/lease';
import type { Ledger } from './ledger.ts';

export type BillingSetting = Ledger['billing'];

export interface SettingCost {
  readonly billing: BillingSetting;
  readonly endpointHours: number;
  readonly usd: number | null;
}

/** Cheapest first; none if nothing ran. @param reading how the bill counts */
export function costOfSettings(ledger: Ledger, reading: BillingClock, usdPerHour: number | null): SettingCost[] {
  const runs = ledger.entries
    .flatMap((entry) => entry.runs)
    .toSorted((a, b) => Date.parse(a.acceptedAt) - Date.parse(b.acceptedAt));
  const last = ledger.entries.at(-1);
  if (runs.length === 0 || last === undefined) return [];
  const workload = {
    arrivalsMs: runs.map(({ acceptedAt }) => Date.parse(acceptedAt)),
    durationsMs: runs.map(({ seconds }) => Math.max(1, Math.round(seconds)) * 1000),
    maxDelayMs: ledger.maxDelaySeconds * 1000,
    createMs: 150_000,
    deleteMs: 120_000,
  };
  const { teardownLeadMs } = defaultSettings;
  return (['unknown', 'anchored', 'clock'] as const)
    .map((billing) => {
      const policy = { billingClock: billing, teardownLeadMs, learnsLead: true };
      const endpointHours = simulatePolicy(workload, policy, reading) * last.endpoints * last.zones;
      return { billing, endpointHours, usd: usdPerHour === null ? null : endpointHours * usdPerHour };
    })
    .sort((a, b) => a.endpointHours - b.endpointHours);
}
