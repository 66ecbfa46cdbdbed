/** The shares as CSV with the columns of FOCUS 1.0 (https://focus.finops.org), one row for each opening and repository. */
import type { Ledger } from './ledger.ts';
import type { OpeningShare } from './share-costs.ts';

export interface FocusSubject {
  readonly ledger: Omit<Ledger, 'entries'>;
  readonly shares: readonly OpeningShare[];
  /** ISO 8601 of the month's first moment, and of the next one's. */
  readonly from: string;
  readonly to: string;
  readonly usdPerHour: number | null;
}

type Row = Readonly<Record<string, string | number | null>>;

export function focusCsv({ ledger, shares, from, to, usdPerHour }: FocusSubject): string {
  const rows = shares.map(
    ({ entry, task, runs, endpointHours, usd }): Row => ({
      BilledCost: usd,
      BillingAccountId: ledger.account,
      BillingCurrency: 'USD',
      BillingPeriodEnd: to,
      BillingPeriodStart: from,
      ChargeCategory: 'Usage',
      ChargeDescription: `Interface endpoints of opening ${entry.fence}, the share of ${task ?? 'nobody: it carried nothing'}`,
      ChargeFrequency: 'Usage-Based',
      ChargePeriodEnd: entry.deletedAt,
      ChargePeriodStart: entry.createdAt,
      ConsumedQuantity: round(endpointHours),
      ConsumedUnit: 'Hours',
      EffectiveCost: usd,
      ListCost: usd,
      ListUnitPrice: usdPerHour,
      PricingQuantity: round(endpointHours),
      PricingUnit: 'Hours',
      ProviderName: 'AWS',
      PublisherName: 'AWS',
      RegionId: ledger.region,
      ResourceId: task,
      ResourceName: task,
      ResourceType: 'Repository',
      ServiceCategory: 'Networking',
      ServiceName: 'AWS PrivateLink',
      SubAccountId: ledger.account,
      Tags: JSON.stringify({ 'hourglass:lease': ledger.deployment }),
      x_Deployment: ledger.deployment,
      x_Fence: entry.fence,
      x_Runs: runs,
    }),
  );
  const names = Object.keys(rows[0] ?? EMPTY);
  return `${[names, ...rows.map((row) => names.map((name) => row[name] ?? null))].map((cells) => cells.map(cellOf).join(',')).join('\n')}\n`;
}

const EMPTY: Row = { BilledCost: null, ChargePeriodStart: null, ChargePeriodEnd: null };

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** A name that begins like a formula must not become one in a spreadsheet. */
function cellOf(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
