/**
 * The bill of this world's interface endpoints, by the hour: which hours AWS counts of a life that begins and ends within one is not published, so that
 * the world's owner says which of the two readings holds here.
 */
import type { EndpointLifetime } from '../ec2/network.ts';

/** `anchored`: hours count from the endpoint's creation; `clock`: each UTC hour touched is one. */
export type BillReading = 'anchored' | 'clock';

/** One line of the bill: what one usage type has come to in one hour. */
export interface BillLine {
  /** Where the hour begins, in UTC. */
  readonly startMs: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly quantity: number;
  readonly unit: string;
  readonly usd: number;
}

export const HOUR_MS = 3_600_000;
const SERVICE = 'Amazon Virtual Private Cloud';
/** Of an endpoint, Zone and hour in Tokyo; other Regions of this world cost the same. https://aws.amazon.com/privatelink/pricing/ */
const USD_PER_HOUR = 0.014;
/** What usage types begin with. https://docs.aws.amazon.com/global-infrastructure/latest/regions/usage-codes.html */
const USAGE_CODES: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'APN1-',
  'ap-northeast-3': 'APN3-',
  'ap-southeast-1': 'APS1-',
  'ap-southeast-2': 'APS2-',
  'eu-central-1': 'EUC1-',
  'eu-west-1': 'EU-',
  'us-east-1': 'USE1-',
  'us-east-2': 'USE2-',
  'us-west-2': 'USW2-',
};

/** All lines of all endpoints until then, each by itself. A line stands in the hour in which its paid hour begins. */
export function billOf(
  endpoints: readonly EndpointLifetime[],
  { reading, region, account, nowMs }: { reading: BillReading; region: string; account: string; nowMs: number },
): BillLine[] {
  const dimensions = {
    SERVICE,
    USAGE_TYPE: `${USAGE_CODES[region] ?? ''}VpcEndpoint-Hours`,
    LINKED_ACCOUNT: account,
    RECORD_TYPE: 'Usage',
    REGION: region,
    OPERATION: 'VpcEndpoint',
  };
  return endpoints
    .filter(({ type }) => type === 'Interface')
    .flatMap(({ createdAtMs, deletedAtMs = nowMs, zones }) => {
      const firstMs = Math.floor(createdAtMs / HOUR_MS) * HOUR_MS;
      const sinceMs = reading === 'clock' ? firstMs : createdAtMs;
      const hours = Math.max(1, Math.ceil((deletedAtMs - sinceMs) / HOUR_MS));
      return Array.from({ length: hours }, (_, hour) => ({
        startMs: firstMs + hour * HOUR_MS,
        dimensions,
        quantity: zones,
        unit: 'Hrs',
        usd: zones * USD_PER_HOUR,
      }));
    });
}
