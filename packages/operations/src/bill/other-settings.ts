/** What the same requests would have cost with another `billing`, by the very functions that it runs. */
import { simulatePolicy } from '@hourglass/cost/policy';
import { type BillingClock, defaultSettings } from '@hourglass/lease';
import type { Ledger } from './ledger.ts';
import { workloadOf } from './workload.ts';

export type BillingSetting = Ledger['billing'];

export interface SettingCost {
  readonly billing: BillingSetting;
  readonly endpointHours: number;
  readonly usd: number | null;
}

/** Cheapest first; none if nothing ran. @param reading how the bill counts */
export function costOfSettings(ledger: Ledger, reading: BillingClock, usdPerHour: number | null): SettingCost[] {
  const asked = workloadOf(ledger);
  if (asked === undefined) return [];
  const { teardownLeadMs } = defaultSettings;
  return (['unknown', 'anchored', 'clock'] as const)
    .map((billing) => {
      const policy = { billingClock: billing, teardownLeadMs, learnsLead: true };
      const endpointHours = simulatePolicy(asked.workload, policy)[reading] * asked.endpoints;
      return { billing, endpointHours, usd: usdPerHour === null ? null : endpointHours * usdPerHour };
    })
    .sort((a, b) => a.endpointHours - b.endpointHours);
}
