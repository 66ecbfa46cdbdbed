/**
 * The ledger: what each opening of a lease should be on the bill with, and for whom it was open. Times are ISO 8601 in UTC.
 *
 * An entry begins where the lease opens and is whole once it has closed. It is read from the deployment's table, or from a file that
 * `hourglass bill --json` has left, so that a bill can be judged without the account.
 */
import { type BillingClock, paidHours } from '@hourglass/lease';
import * as z from 'zod';
import { OperationFailed } from '../errors.ts';

const time = z.iso.datetime();
const count = z.int().nonnegative();

/** A task that ran while the endpoints were there. */
export const LedgerRun = z.object({
  /** `mirror:<repository>` or `command:<name>`. */
  task: z.string(),
  acceptedAt: time,
  /** From its start to its end. */
  seconds: z.number().nonnegative(),
});
export type LedgerRun = z.output<typeof LedgerRun>;

export const LedgerEntry = z.object({
  /** Counts the openings. */
  fence: count,
  /** Of the endpoints' stack; null: nothing was ever created. */
  createdAt: time.nullable(),
  deletedAt: time,
  /** The creation failed. */
  failed: z.boolean(),
  /** From `createdAt` to the first claim of a task: the creation took so long at most. Absent: nothing was claimed, or an older release wrote it. */
  createSeconds: z.number().nonnegative().optional(),
  endpoints: count,
  zones: count,
  /** Of all endpoints and Zones together, as each reading of the bill counts them. */
  hours: z.object({ anchored: z.number(), clock: z.number() }),
  /** Requests that ended in a run of this opening. */
  requests: count,
  fargateSeconds: z.number().nonnegative(),
  runs: z.array(LedgerRun),
});
export type LedgerEntry = z.output<typeof LedgerEntry>;

/** What was measured here, in seconds; null: too little is known. */
export const LedgerTimes = z.object({
  /** From the birth of the endpoints' stack to the first claim of a task, the middle one. */
  create: z.number().nonnegative().nullable(),
  /** Of the endpoints' deletion, as the lease has learned it. */
  delete: z.number().nonnegative().nullable(),
});

export const Ledger = z.object({
  version: z.literal(1),
  deployment: z.string(),
  region: z.string(),
  /** Null: not known. */
  account: z.string().nullable(),
  /** The deployment's setting `billing`. */
  billing: z.enum(['anchored', 'clock', 'unknown']),
  maxDelaySeconds: count,
  /** How long before the paid hour's end it closes until a deletion was measured. Absent, as `times`, in ledgers of older releases. */
  teardownLeadSeconds: count.optional(),
  times: LedgerTimes.optional(),
  /** Oldest first. */
  entries: z.array(LedgerEntry),
});
export type Ledger = z.output<typeof Ledger>;

/** @throws OperationFailed that says what is wrong with the file */
export function readLedgerText(text: string, name: string): Ledger {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new OperationFailed(`${name} is no JSON: give what \`hourglass bill --json\` has printed, or its ledger`);
  }
  // The whole answer of `bill --json` will do as well.
  const inner = (given as { ledger?: unknown } | null)?.ledger;
  const { data, error } = Ledger.safeParse(inner ?? given);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw new OperationFailed(`${name} is no ledger: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
}

export interface Opening {
  readonly openedAtMs: number | null;
  readonly closedAtMs: number;
  readonly endpoints: number;
  readonly zones: number;
}

/** Endpoint-hours under both readings. */
export function hoursOf({ openedAtMs, closedAtMs, endpoints, zones }: Opening): LedgerEntry['hours'] {
  const of = (clock: BillingClock) =>
    openedAtMs === null ? 0 : paidHours(clock, openedAtMs, closedAtMs) * endpoints * zones;
  return { anchored: of('anchored'), clock: of('clock') };
}
