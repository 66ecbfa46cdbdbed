/** What became of requests. Times are ISO 8601 in UTC. */
import * as z from 'zod';

const time = z.iso.datetime();

/** What runs a request: a Fargate task in an hour of paid endpoints, or two functions that need none. */
export const Carrier = z.enum(['fargate', 'direct']);
export type Carrier = z.output<typeof Carrier>;

/** By which way a request came in. `hook`: a git server's own webhook. */
export const Door = z.enum(['bus', 'webhook', 'hook', 'schedule', 'operator', 'replay']);
export type Door = z.output<typeof Door>;

/** One ref that a mirror changed, or that the destination did not take. Ids are null where there is nothing. */
export const RefChange = z.object({
  ref: z.string(),
  action: z.enum(['create', 'update', 'force', 'delete', 'rejected']),
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** The destination's own word for a rejection. */
  reason: z.string().optional(),
});
export type RefChange = z.output<typeof RefChange>;

/** What a mirror has carried; each field as far as it is known. */
export const Carried = z.object({
  /** How it went: the relay's own way, or git's. */
  via: z.string().optional(),
  /** Of packs, from the source to the destination. */
  bytes: z.number().optional(),
  /** Refs that the mirror has now. */
  refs: z.int().optional(),
  created: z.int().optional(),
  updated: z.int().optional(),
  forced: z.int().optional(),
  deleted: z.int().optional(),
  rejected: z.int().optional(),
  /** The first of them; `changesOmitted` more are not kept. */
  changes: z.array(RefChange).optional(),
  changesOmitted: z.int().optional(),
  /** What was no failure and looks like a mistake, or was not carried: a sentence each. */
  warnings: z.array(z.string()).optional(),
});
export type Carried = z.output<typeof Carried>;

/** One try to run the task. */
export const AttemptRecord = z.object({
  token: z.string(),
  claimedAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  taskArn: z.string().nullable(),
  /** Null: it succeeded, or still runs. */
  error: z.string().nullable(),
});
export type AttemptRecord = z.output<typeof AttemptRecord>;

/**
 * `succeeded`; `failed`: after its last attempt, and there is a dead letter; `superseded`: its attempt failed, and a later request that had come
 * meanwhile was run in its place; `handedOver`: the direct carrier could not do it, and a Fargate task was asked for; `joined`: another request for the same task was waiting already or was asked to run again, and covers it.
 */
export const Result = z.enum(['succeeded', 'failed', 'superseded', 'joined', 'handedOver']);
export type Result = z.output<typeof Result>;

export const HistoryEntry = z.object({
  requestId: z.string(),
  /** `mirror:<repository>` or `command:<name>`. */
  task: z.string(),
  result: Result,
  acceptedAt: time,
  /** Of a joined request: when it joined. */
  finishedAt: time,
  /** Of a failure: why. */
  reason: z.string().nullable(),
  carrier: Carrier,
  door: Door.nullable(),
  /** What the git server calls its delivery. */
  delivery: z.string().nullable(),
  /** The request that it joined. */
  joins: z.string().nullable(),
  startBy: time.nullable(),
  startedAt: time.nullable(),
  attempts: z.int(),
  fence: z.int().nullable(),
  taskArn: z.string().nullable(),
  logStream: z.string().nullable(),
  durationSeconds: z.number().nullable(),
  carried: Carried.nullable(),
});
export type HistoryEntry = z.output<typeof HistoryEntry>;
