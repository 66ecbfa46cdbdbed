/**
 * What else one could do for the same work, and for how much a month. Computing time is left out where a task would be the same Fargate task.
 */

import { count } from '../count.ts';
import { directUsdPerMonth } from '../direct.ts';
import type { AlternativePrices, DatedPrice } from '../prices-alternatives.ts';
import type { FunctionPrices } from '../prices-functions.ts';
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
}

export interface Alternative {
  readonly name: string;
  /** `null`: it does not work, and `but` says why. */
  readonly usdPerMonth: number | null;
  /** How the figure comes about, in words. */
  readonly reckoning: string;
  /** What it takes or gives up, in words. */
  readonly but: string;
  readonly prices: readonly DatedPrice[];
}

/** Hourglass's leased endpoints are not among them. Dearest first, what does not work last. @param functions none: ways of functions are left out */
export function priceAlternatives(
  work: Workload,
  price: AlternativePrices,
  functions: FunctionPrices | undefined,
): Alternative[] {
  const { endpoints, zones, endpointHour, gbPerMonth, requestsPerMonth } = work;
  const always = endpoints * zones * endpointHour.usd * HOURS_PER_MONTH;
  const address = price.publicIpv4Hour.usd * HOURS_PER_MONTH;
  const addressHours = (requestsPerMonth * Math.max(SHORTEST_ADDRESS_SECONDS, work.taskSeconds)) / 3600;
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
      name: 'Function beside one endpoint, always on',
      usdPerMonth: zones * endpointHour.usd * HOURS_PER_MONTH + gbPerMonth * price.endpointGb.usd,
      reckoning: `git-codecommit alone in ${count(zones, 'Zone')}; a function's code and logs do not pass through the VPC`,
      but: 'A run may take 30 minutes at most (15 until 19 November 2026; plan with 15), and nearly every hour is paid for nothing.',
      prices: [endpointHour, price.endpointGb],
    },
    {
      name: 'Public address for each task',
      usdPerMonth: addressHours * price.publicIpv4Hour.usd,
      reckoning: 'a public subnet, and one address for each task, for as long as it runs',
      but: 'The task leaves the sealed subnet: it has a public address and a way to the whole internet.',
      prices: [price.publicIpv4Hour],
    },
    ...(functions === undefined ? [] : waysOfFunctions(work, functions)),
    {
      name: 'Push from on-premises itself',
      usdPerMonth: 0,
      reckoning: '`git push --mirror` to CodeCommit’s public endpoint after each push',
      but: 'The simplest way where it is allowed. On-premises needs a way to AWS’s public endpoints, credentials for CodeCommit, and somebody who sees it fail.',
      prices: [],
    },
    {
      name: 'Egress-only IPv6',
      usdPerMonth: null,
      reckoning: 'an egress-only internet gateway costs nothing by the hour',
      but: 'CodeCommit has no IPv6 address, so nothing there can be reached so.',
      prices: [],
    },
  ];
  return list.sort((one, other) => (other.usdPerMonth ?? -1) - (one.usdPerMonth ?? -1));
}

function waysOfFunctions({ requestsPerMonth, taskSeconds }: Workload, price: FunctionPrices): Alternative[] {
  const dated = (usd: number, per: DatedPrice['per'], page: string, asOf = price.asOf): DatedPrice => ({
    usd,
    per,
    sourceUrl: `https://aws.amazon.com/${page}/pricing/`,
    asOf,
  });
  const minutes = Math.ceil(Math.max(taskSeconds, 1) / 60);
  return [
    {
      name: 'Hourglass, direct carrier',
      usdPerMonth: directUsdPerMonth(requestsPerMonth, price),
      reckoning:
        'a function in the VPC fetches into S3, one outside pushes; computing, requests and storage are in the figure',
      but: 'Mirrors over http(s) only, of what a function carries in 15 minutes; the rest goes to the leased endpoints. The pack and the logs leave the VPC by AWS’s own plane, and one function is outside it.',
      prices: [
        dated(price.lambdaGbSecond, 'GB-second', 'lambda'),
        dated(price.s3Put, 'request', 's3'),
        dated(price.dynamoDbWriteUnit, 'write unit', 'dynamodb'),
      ],
    },
    {
      name: 'CodeBuild',
      usdPerMonth: requestsPerMonth * minutes * price.codeBuildMinute,
      reckoning: `${count(minutes, 'minute')} of the smallest machine for each push`,
      but: 'Outside the VPC it does not reach the source; in the VPC it has no public address, so CodeCommit needs an endpoint or a NAT as well.',
      prices: [dated(price.codeBuildMinute, 'minute', 'codebuild', null)],
    },
  ];
}
