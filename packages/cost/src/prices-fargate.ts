/**
 * What a Fargate task costs that runs Linux on ARM.
 *
 * Prices: AWS Price List, service `AmazonECS`, usage types `<prefix>-Fargate-ARM-vCPU-Hours:perCPU` and `<prefix>-Fargate-ARM-GB-Hours`, on demand.
 * A task is billed by the second from its image's pull to its end, a minute at least: https://aws.amazon.com/fargate/pricing/
 */
export interface FargatePrice {
  readonly usdPerVcpuHour: number;
  readonly usdPerGbHour: number;
  /** The publication date of the price list that says so. */
  readonly asOf: string;
}

/** By Region; those that nobody has looked up are not in it. */
export const fargatePrices: Readonly<Record<string, FargatePrice>> = {
  'ap-northeast-1': { usdPerVcpuHour: 0.04045, usdPerGbHour: 0.00442, asOf: '2026-09-06' },
};

/** @returns USD for so many billed seconds of a task of this size. */
export function fargateUsd(price: FargatePrice, size: { vcpus: number; memoryGb: number }, seconds: number): number {
  return (seconds / 3600) * (size.vcpus * price.usdPerVcpuHour + size.memoryGb * price.usdPerGbHour);
}
