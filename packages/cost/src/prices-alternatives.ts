/**
 * Prices of what one could buy instead of leased endpoints. AWS publishes them on pages that change without notice, so each has its
 * page and the day it was last known to hold, and each can be overridden.
 */

export interface DatedPrice {
  readonly usd: number;
  readonly per: 'hour' | 'GB' | 'GB-month';
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

const AS_OF = '2025-06-01';
const VPC_PRICING = 'https://aws.amazon.com/vpc/pricing/';
const PRIVATELINK_PRICING = 'https://aws.amazon.com/privatelink/pricing/';
const EC2_PRICING = 'https://aws.amazon.com/ec2/pricing/on-demand/';
const EBS_PRICING = 'https://aws.amazon.com/ebs/pricing/';

function prices(natHour: number, natGb: number, t4gNanoHour: number, gp3GbMonth: number): AlternativePrices {
  return {
    natGatewayHour: { usd: natHour, per: 'hour', sourceUrl: VPC_PRICING, asOf: AS_OF },
    natGatewayGb: { usd: natGb, per: 'GB', sourceUrl: VPC_PRICING, asOf: AS_OF },
    natInstanceHour: { usd: t4gNanoHour, per: 'hour', sourceUrl: EC2_PRICING, asOf: AS_OF },
    gp3GbMonth: { usd: gp3GbMonth, per: 'GB-month', sourceUrl: EBS_PRICING, asOf: AS_OF },
    publicIpv4Hour: { usd: 0.005, per: 'hour', sourceUrl: VPC_PRICING, asOf: AS_OF },
    endpointGb: { usd: 0.01, per: 'GB', sourceUrl: PRIVATELINK_PRICING, asOf: AS_OF },
  };
}

const byRegion: Readonly<Record<string, AlternativePrices>> = {
  'ap-northeast-1': prices(0.062, 0.062, 0.0054, 0.096),
  'eu-west-1': prices(0.048, 0.048, 0.0046, 0.088),
  'us-east-1': prices(0.045, 0.045, 0.0042, 0.08),
  'us-east-2': prices(0.045, 0.045, 0.0042, 0.08),
  'us-west-2': prices(0.045, 0.045, 0.0042, 0.08),
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
