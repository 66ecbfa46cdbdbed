/** What `hourglass simulate` is asked for, as it was typed and as it is meant. */
import {
  endpointPrices,
  type FunctionPrices,
  functionPrices,
  type PolicyName,
  policyNames,
  regionsWithFunctionPrices,
} from '@hourglass/cost';
import type { BillingClock } from '@hourglass/lease';
import { UsageError } from '../errors.ts';

export interface SimulateOptions {
  trace: string[];
  policy: PolicyName | 'all';
  billing: BillingClock | 'both';
  maxDelay: string;
  endpoints: string;
  zones: string;
  price?: string;
  region: string;
  create: string;
  delete: string;
  teardownLead?: string;
  durations?: string;
  taskMedian: string;
  seed: string;
  carrier: 'fargate' | 'direct';
  json?: boolean;
  html?: string;
}

export interface SimulateRequest {
  policies: readonly PolicyName[];
  billings: readonly BillingClock[];
  maxDelayMs: number;
  createMs: number;
  deleteMs: number;
  teardownLeadMs: number | null;
  taskMedianMs: number;
  seed: number;
  endpoints: number;
  zones: number;
  usdPerHour: number;
  /** The day on which the price list was read; `null`: the price is the user's own, or has not been confirmed. */
  priceConfirmedOn: string | null;
  /** Of the direct carrier; none if it was not asked for. */
  functionPrices: FunctionPrices | undefined;
}

/** @throws UsageError an option is not what it should be. */
export function readOptions(options: SimulateOptions): SimulateRequest {
  const teardownLeadMs =
    options.teardownLead === undefined ? null : readDuration('--teardown-lead', options.teardownLead);
  const createMs = readDuration('--create', options.create);
  const deleteMs = readDuration('--delete', options.delete);
  if (createMs + deleteMs === 0) throw new UsageError('--create and --delete cannot both be 0');
  return {
    policies: options.policy === 'all' ? policyNames : [options.policy],
    billings: options.billing === 'both' ? ['anchored', 'clock'] : [options.billing],
    maxDelayMs: readDuration('--max-delay', options.maxDelay),
    createMs,
    deleteMs,
    teardownLeadMs,
    taskMedianMs: readDuration('--task-median', options.taskMedian),
    seed: readCount('--seed', options.seed, 0, 2 ** 32 - 1),
    endpoints: readCount('--endpoints', options.endpoints, 1, 1_000),
    zones: readCount('--zones', options.zones, 1, 10),
    ...readPrice(options),
    functionPrices: options.carrier === 'direct' ? readFunctionPrices(options.region) : undefined,
  };
}

function readFunctionPrices(region: string): FunctionPrices {
  const known = functionPrices(region);
  if (known !== undefined) return known;
  throw new UsageError(
    `--carrier direct: the price table has no prices of functions for ${region}, only for ${regionsWithFunctionPrices.join(', ')}`,
  );
}

function readPrice({ region, price }: SimulateOptions): Pick<SimulateRequest, 'usdPerHour' | 'priceConfirmedOn'> {
  const known = Object.hasOwn(endpointPrices, region) ? endpointPrices[region] : undefined;
  if (!known) {
    throw new UsageError(
      `--region ${region}: no such Region with CodeCommit: ${Object.keys(endpointPrices).join(', ')}`,
    );
  }
  if (price !== undefined) {
    if (!/^\d*\.?\d+$/.test(price) || Number(price) <= 0) {
      throw new UsageError(`--price ${price}: must be a number of USD above 0`);
    }
    return { usdPerHour: Number(price), priceConfirmedOn: null };
  }
  if (known.usdPerHour === null) {
    throw new UsageError(
      `--region ${region}: the price table has no price for it; give it with --price, as on https://aws.amazon.com/privatelink/pricing/`,
    );
  }
  return { usdPerHour: known.usdPerHour, priceConfirmedOn: known.confirmedOn };
}

const UNIT_SECONDS = { d: 86_400, h: 3_600, m: 60, s: 1 };

/** `90s`, `15m`, `1h30m`, `2d`, or whole seconds. @returns milliseconds. */
function readDuration(option: string, text: string): number {
  const parts = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s?)?$/.exec(text);
  if (!parts || text === '') {
    throw new UsageError(`${option} ${text}: must be a duration that is not negative, such as 90s, 15m or 1h30m`);
  }
  const units = Object.values(UNIT_SECONDS);
  return parts.slice(1).reduce((sum, part, index) => sum + Number(part ?? 0) * (units[index] ?? 0), 0) * 1_000;
}

function readCount(option: string, text: string, least: number, most: number): number {
  const count = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= least && count <= most)) {
    throw new UsageError(`${option} ${text}: must be a whole number from ${least} to ${most}`);
  }
  return count;
}
