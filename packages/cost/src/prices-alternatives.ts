/**
 * Prices of what one could buy instead of leased endpoints. AWS publishes them on pages that change without notice, so each has its
 * page and the day it was last known to hold, as the endpoints' in prices.ts, and each can be overridden.
 */

export interface DatedPrice {
  readonly usd: number;
  readonly per: 'hour' | 'GB' | 'GB-month' | 'GB-second' | 'request' | 'write unit' | 'minute';
  readonly sourceUrl: string;
  /** ISO 8601 day on which the price was last known to hold; `null`: not confirmed, or the user's own. */
  readonly asOf: string | null;
}

export interface AlternativePrices {
  readonly natGatewayHour: DatedPrice;
  readonly natGatewayGb: DatedPrice;
  /** A t4g.nano on demand: the smallest that forwards packets. */
  readonly natInstanceHour: DatedPrice;
  /** Its root volume. */
  readonly gp3GbMonth: DatedPrice;
  /** Each public IPv4 address in use, by the second, since 1 February 2024. */
  readonly publicIpv4Hour: DatedPrice;
  /** Data through interface endpoints: the first tier. */
  readonly endpointGb: DatedPrice;
}

const VPC_PRICING = 'https://aws.amazon.com/vpc/pricing/';
const PRIVATELINK_PRICING = 'https://aws.amazon.com/privatelink/pricing/';
const EC2_PRICING = 'https://aws.amazon.com/ec2/pricing/on-demand/';
const EBS_PRICING = 'https://aws.amazon.com/ebs/pricing/';

/** USD, and the day on which the price list said so by somebody's published word; `null`: remembered (see prices.ts). */
type Known = readonly [usd: number, asOf: string | null];

/** The same in every Region. */
const PUBLIC_IPV4_HOUR: Known = [0.005, '2026-09-29'];
const ENDPOINT_GB: Known = [0.01, '2026-09-29'];

function prices(natHour: Known, natGb: Known, t4gNanoHour: Known, gp3GbMonth: Known): AlternativePrices {
  const dated = ([usd, asOf]: Known, per: DatedPrice['per'], sourceUrl: string): DatedPrice => ({
    usd,
    per,
    sourceUrl,
    asOf,
  });
  return {
    natGatewayHour: dated(natHour, 'hour', VPC_PRICING),
    natGatewayGb: dated(natGb, 'GB', VPC_PRICING),
    natInstanceHour: dated(t4gNanoHour, 'hour', EC2_PRICING),
    gp3GbMonth: dated(gp3GbMonth, 'GB-month', EBS_PRICING),
    publicIpv4Hour: dated(PUBLIC_IPV4_HOUR, 'hour', VPC_PRICING),
    endpointGb: dated(ENDPOINT_GB, 'GB', PRIVATELINK_PRICING),
  };
}

const byRegion: Readonly<Record<string, AlternativePrices>> = {
  'ap-northeast-1': prices([0.062, '2026-09-25'], [0.062, '2026-09-25'], [0.0054, null], [0.096, null]),
  'eu-west-1': prices([0.048, '2026-05-01'], [0.048, '2026-05-01'], [0.0046, null], [0.088, null]),
  'us-east-1': prices([0.045, '2025-10-28'], [0.045, '2025-10-28'], [0.0042, '2026-09-24'], [0.08, null]),
  'us-east-2': prices([0.045, null], [0.045, null], [0.0042, null], [0.08, null]),
  'us-west-2': prices([0.045, '2026-10-01'], [0.045, null], [0.0042, null], [0.08, null]),
};

/** Regions whose alternatives are priced here. */
export const regionsWithAlternatives: readonly string[] = Object.keys(byRegion);

/**
 * The Region's prices, with the caller's own in place of those he names. `undefined` if the Region is not in the table and the
 * overrides do not fill every price.
 */
export function alternativePrices(
  region: string,
  overrides: Partial<AlternativePrices> = {},
): AlternativePrices | undefined {
  const known = Object.hasOwn(byRegion, region) ? byRegion[region] : undefined;
  if (known) return { ...known, ...overrides };
  const { natGatewayHour, natGatewayGb, natInstanceHour, gp3GbMonth, publicIpv4Hour, endpointGb } = overrides;
  if (!natGatewayHour || !natGatewayGb || !natInstanceHour || !gp3GbMonth || !publicIpv4Hour || !endpointGb) {
    return undefined;
  }
  return { natGatewayHour, natGatewayGb, natInstanceHour, gp3GbMonth, publicIpv4Hour, endpointGb };
}
