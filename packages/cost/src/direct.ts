/** What mirrors cost that need no endpoint and no task: the direct carrier's functions, store and events, and nothing while nothing is pushed. */
import { HOUR_MS } from '@hourglass/lease';
import { observedDays } from './baselines.ts';
import type { FunctionPrices } from './prices-functions.ts';
import type { SimulationRow } from './simulation.ts';
import type { Workload } from './workload.ts';

/** What one mirror, or one look that finds nothing new, uses. */
export interface DirectUse {
  readonly invocations: number;
  /** Over all of its functions, cold starts in it. */
  readonly gbSeconds: number;
  readonly s3Puts: number;
  readonly s3Gets: number;
  /** Packs are deleted within a day. */
  readonly storedGbDays: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly events: number;
  readonly schedules: number;
  readonly logKb: number;
  readonly gitRequests: number;
}

const FUNCTION_GB = 0.5;

/**
 * A mirror of some commits: fetcher and pusher 2 s each, cold start in it; the lease's own functions six calls of 0.3 s. Pack and manifest are put and
 * got once, a pack of 1 MB. Write units as a request of its own takes them; of its eight events two are S3's, which are paid for as ours are. CodeCommit is listed, pushed to and listed.
 */
export const MIRROR_USE: DirectUse = {
  invocations: 8,
  gbSeconds: (2 * 2 + 6 * 0.3) * FUNCTION_GB,
  s3Puts: 2,
  s3Gets: 2,
  storedGbDays: 0.001,
  writeUnits: 20,
  readUnits: 20,
  events: 8,
  schedules: 2,
  logKb: 5,
  gitRequests: 3,
};

/** A look by a timer that ends at the source's list: the fetcher 1 s, two calls of the lease's functions, no pack and no push. */
export const LOOK_USE: DirectUse = {
  invocations: 3,
  gbSeconds: (1 + 2 * 0.3) * FUNCTION_GB,
  s3Puts: 0,
  s3Gets: 0,
  storedGbDays: 0,
  writeUnits: 12,
  readUnits: 8,
  events: 1,
  schedules: 1,
  logKb: 2,
  gitRequests: 0,
};

/** From a push to the start of its mirror where no function is warm. */
const COLD_START_SECONDS = 1;
const DAYS_PER_MONTH = 365 / 12;
const HOURS_PER_MONTH = 730;
const FREE_GIT_REQUESTS = 10_000;

export interface DirectParts {
  readonly lambda: number;
  readonly s3: number;
  readonly dynamoDb: number;
  readonly eventsAndLogs: number;
}

/** USD, by what is paid; git requests are counted by the month. */
export function directParts(use: DirectUse, price: FunctionPrices): DirectParts {
  return {
    lambda: use.gbSeconds * price.lambdaGbSecond + use.invocations * price.lambdaRequest,
    s3: use.s3Puts * price.s3Put + use.s3Gets * price.s3Get + (use.storedGbDays / DAYS_PER_MONTH) * price.s3GbMonth,
    dynamoDb: use.writeUnits * price.dynamoDbWriteUnit + use.readUnits * price.dynamoDbReadUnit,
    eventsAndLogs: use.events * price.event + use.schedules * price.schedule + (use.logKb / 1e6) * price.logGb,
  };
}

export function directUsd(use: DirectUse, price: FunctionPrices): number {
  return Object.values(directParts(use, price)).reduce((sum, usd) => sum + usd, 0);
}

/** USD for so many mirrors a month. */
export function directUsdPerMonth(mirrorsPerMonth: number, price: FunctionPrices): number {
  const billedGit = Math.max(0, mirrorsPerMonth * MIRROR_USE.gitRequests - FREE_GIT_REQUESTS);
  return mirrorsPerMonth * directUsd(MIRROR_USE, price) + billedGit * price.gitRequest;
}

/** As a policy's row, with nothing of endpoints in it. */
export type DirectRow = Omit<SimulationRow, 'policy'> & { readonly policy: 'direct' };

/** The row of a trace: every push is a mirror of its own, which is the most that it can be. */
export function simulateDirect(
  input: Workload & { readonly trace: string },
  billing: SimulationRow['billing'],
  price: FunctionPrices,
): DirectRow {
  const { fromMs, toMs } = observedDays(input);
  const months = (toMs - fromMs) / HOUR_MS / HOURS_PER_MONTH;
  const requests = input.arrivalsMs.length;
  return {
    trace: input.trace,
    policy: 'direct',
    billing,
    maxDelaySeconds: input.maxDelayMs / 1_000,
    requests,
    leases: 0,
    paidHours: 0,
    paidEndpointHours: 0,
    usdPerMonth: Math.round(directUsdPerMonth(requests / months, price) * 1e6) / 1e6,
    ratioToOptimum: 0,
    waitSeconds: { p50: COLD_START_SECONDS, p95: COLD_START_SECONDS, max: COLD_START_SECONDS },
    deletedUnderTask: 0,
  };
}
