/** What else one could buy for the same work, and for how much a month. Computing time is left out: all ways need it. */

import type { AlternativePrices, DatedPrice } from '../prices-alternatives.ts';
import { HOURS_PER_MONTH } from '../simulate.ts';

/** Room for the operating system of a NAT instance. */
const ROOT_VOLUME_GB = 8;
/** A public address is billed by the second, with at least one minute each time it is held. */
const SHORTEST_ADDRESS_SECONDS = 60;

export interface Workload {
  readonly endpoints: number;
  readonly zones: number;
  readonly endpointHour: DatedPrice;
  readonly requestsPerMonth: number;
  /** Usual length of a task, in seconds. */
  readonly taskSeconds: number;
  /** Traffic to and from AWS's services and the git hosts. */
  readonly gbPerMonth: number;
  /** Hourglass's own endpoints, all of them. */
  readonly hourglassUsdPerMonth: number;
}

export interface Alternative {
  readonly name: string;
  readonly usdPerMonth: number;
  /** How the figure comes about, in words. */
  readonly reckoning: string;
  /** What it takes or gives up, in words. */
  readonly but: string;
  readonly prices: readonly DatedPrice[];
}

/** Hourglass itself is not among them. Dearest first. */
export function priceAlternatives(work: Workload, price: AlternativePrices): Alternative[] {
  const { endpoints, zones, endpointHour, gbPerMonth, requestsPerMonth } = work;
  const always = endpoints * zones * endpointHour.usd * HOURS_PER_MONTH;
  const address = price.publicIpv4Hour.usd * HOURS_PER_MONTH;
  const addressHours = (requestsPerMonth * Math.max(SHORTEST_ADDRESS_SECONDS, work.taskSeconds)) / 3600;
  const oneOf = work.hourglassUsdPerMonth / Math.max(1, endpoints);
  const list: Alternative[] = [
    {
      name: 'NAT gateway',
      usdPerMonth: zones * (price.natGatewayHour.usd * HOURS_PER_MONTH + address) + gbPerMonth * price.natGatewayGb.usd,
      reckoning: `${count(zones, 'gateway')} and public address, always on, and ${gbPerMonth} GB through it`,
      but: 'Nothing to run, but the subnet gets a way to the whole internet.',
      prices: [price.natGatewayHour, price.natGatewayGb, price.publicIpv4Hour],
    },
    {
      name: 'Endpoints always on',
      usdPerMonth: always + gbPerMonth * price.endpointGb.usd,
      reckoning: `${count(endpoints, 'endpoint')} in ${count(zones, 'Zone')}, ${HOURS_PER_MONTH} hours, and ${gbPerMonth} GB through them`,
      but: 'Nothing to run, no waiting, and nearly every hour paid for nothing.',
      prices: [endpointHour, price.endpointGb],
    },
    {
      name: 'NAT instance',
      usdPerMonth:
        zones * (price.natInstanceHour.usd * HOURS_PER_MONTH + address + ROOT_VOLUME_GB * price.gp3GbMonth.usd),
      reckoning: `${count(zones, 't4g.nano')} with its volume and public address, always on`,
      but: 'A server of your own to patch and watch; when it is down, so is the mirror. A way to the whole internet.',
      prices: [price.natInstanceHour, price.gp3GbMonth, price.publicIpv4Hour],
    },
    {
      name: 'Lambda in the VPC, one endpoint always on',
      usdPerMonth: zones * endpointHour.usd * HOURS_PER_MONTH + gbPerMonth * price.endpointGb.usd,
      reckoning: `git-codecommit alone in ${count(zones, 'Zone')}; images and logs do not pass through the VPC`,
      but: 'A run may take 15 minutes at most, and the disk is small: large first mirrors do not fit.',
      prices: [endpointHour, price.endpointGb],
    },
    {
      name: 'Lambda in the VPC, one endpoint leased',
      usdPerMonth: oneOf,
      reckoning: 'git-codecommit alone, opened and closed by Hourglass',
      but: 'The same limits of 15 minutes and a small disk. Not built today: an estimate of what it would cost.',
      prices: [endpointHour],
    },
    {
      name: 'Public subnet',
      usdPerMonth: addressHours * price.publicIpv4Hour.usd,
      reckoning: 'one public address for each task, for as long as it runs',
      but: 'The task leaves the sealed subnet: it has a public address and a way to the whole internet.',
      prices: [price.publicIpv4Hour],
    },
  ];
  return list.sort((one, other) => other.usdPerMonth - one.usdPerMonth);
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}
