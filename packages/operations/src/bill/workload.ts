/** The requests of a ledger as the simulation takes them: what came when, how long it ran, and how long this deployment's endpoints take to come and go. */
import type { Workload } from '@hourglass/cost/policy';
import { SECOND_MS } from '@hourglass/lease';
import type { Ledger } from './ledger.ts';

/** As `hourglass simulate` takes them, where nothing was measured. */
const CREATE_SECONDS = 150;
const DELETE_SECONDS = 120;

export interface LedgerWorkload {
  readonly workload: Workload;
  /** Endpoints times Zones, as they are now. */
  readonly endpoints: number;
}

/** Undefined if nothing ran. */
export function workloadOf({ entries, maxDelaySeconds, times }: Ledger): LedgerWorkload | undefined {
  const runs = entries
    .flatMap((entry) => entry.runs)
    .toSorted((a, b) => Date.parse(a.acceptedAt) - Date.parse(b.acceptedAt));
  const last = entries.at(-1);
  if (runs.length === 0 || last === undefined) return undefined;
  const workload = {
    arrivalsMs: runs.map(({ acceptedAt }) => Date.parse(acceptedAt)),
    durationsMs: runs.map(({ seconds }) => Math.max(1, Math.round(seconds)) * SECOND_MS),
    maxDelayMs: maxDelaySeconds * SECOND_MS,
    createMs: Math.max(1, Math.round(times?.create ?? CREATE_SECONDS)) * SECOND_MS,
    deleteMs: Math.max(1, Math.round(times?.delete ?? DELETE_SECONDS)) * SECOND_MS,
  };
  return { workload, endpoints: last.endpoints * last.zones };
}
