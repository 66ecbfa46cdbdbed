/** What the server answers a page. Times are ISO 8601 in UTC unless a name ends in `Ms`. */
import { DeadLetter, Door, HistoryEntry, LogLine, MonthCost, RequestLife, Result } from '@hourglass/operations/model';
import * as z from 'zod';

const time = z.iso.datetime();

export const Start = z.object({
  deployment: z.string(),
  region: z.string(),
  allowActions: z.boolean(),
  /** A page that hears nothing for a few times as long has lost the server. */
  everyMs: z.int(),
});
export type Start = z.output<typeof Start>;

export const RepositoryRow = z.object({
  name: z.string(),
  /** Of the last mirror that succeeded; null: none is known. */
  mirroredAt: time.nullable(),
  /** The last that became of it. */
  last: z
    .object({
      requestId: z.string(),
      result: Result,
      finishedAt: time,
      door: Door.nullable(),
      refsChanged: z.int().nullable(),
      reason: z.string().nullable(),
    })
    .nullable(),
  usualSeconds: z.number().nullable(),
});
export type RepositoryRow = z.output<typeof RepositoryRow>;

export const RepositoryPage = z.object({ total: z.int(), offset: z.int(), rows: z.array(RepositoryRow) });
export type RepositoryPage = z.output<typeof RepositoryPage>;

export const HistoryPage = z.object({
  entries: z.array(HistoryEntry),
  /** Ask for what ended before; null: that was all. */
  beforeMs: z.number().nullable(),
});
export type HistoryPage = z.output<typeof HistoryPage>;

export const Failures = z.object({
  letters: z.array(DeadLetter),
  /** Null: they could not be listed, and why. */
  unreadable: z.string().nullable(),
  entries: z.array(HistoryEntry),
});
export type Failures = z.output<typeof Failures>;

export const Request = z.object({ lives: z.array(RequestLife) });
export type Request = z.output<typeof Request>;

export const Log = z.object({ lines: z.array(LogLine) });
export type Log = z.output<typeof Log>;

/** Everything between two moments, at most as fine as it was asked for. */
export const Timeline = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  /** Older than this was not read, as there is too much of it. */
  readFromMs: z.number(),
  leases: z.array(
    z.object({
      fence: z.int(),
      fromMs: z.number(),
      /** Null: it is open. */
      toMs: z.number().nullable(),
      paidUntilMs: z.number(),
      failed: z.boolean(),
    }),
  ),
  /** Neighbours that would fall on one point are one, with their number. */
  tasks: z.array(
    z.object({
      fromMs: z.number(),
      toMs: z.number(),
      count: z.int(),
      failed: z.int(),
      task: z.string(),
      requestId: z.string(),
    }),
  ),
  pushes: z.array(z.object({ atMs: z.number(), count: z.int() })),
  /** Endpoints that a poll every half hour would have had. */
  poll: z.array(z.object({ fromMs: z.number(), toMs: z.number() })),
});
export type Timeline = z.output<typeof Timeline>;

export const DoorRow = z.object({
  door: Door,
  /** Of those that are known here. */
  deliveries: z.int(),
  last: z.object({ at: time, task: z.string(), requestId: z.string(), delivery: z.string().nullable() }).nullable(),
});
export const Doors = z.object({ since: time.nullable(), doors: z.array(DoorRow), refused: z.array(DeadLetter) });
export type Doors = z.output<typeof Doors>;

export const Found = z.object({
  repositories: z.array(z.string()),
  requests: z.array(z.object({ requestId: z.string(), task: z.string(), state: z.string() })),
});
export type Found = z.output<typeof Found>;

/** Durations in seconds; null: too little is known. */
const Spread = z.object({ count: z.int(), median: z.number(), slow: z.number() }).nullable();
export const Learned = z.object({
  openings: z.int(),
  failedOpenings: z.int(),
  /** From acceptance to the start of the task. */
  requestToStart: Spread,
  requestToMirrored: Spread,
  task: Spread,
  tasks: z.array(z.object({ task: z.string(), count: z.int(), medianSeconds: z.number() })),
});
export type Learned = z.output<typeof Learned>;

/** Of the day, in UTC as the bill has it; the month's is in the status. */
export const Cost = z.object({ today: MonthCost });
export type Cost = z.output<typeof Cost>;

export const ActionAsked = z.discriminatedUnion('action', [
  z.object({ action: z.literal('replay'), task: z.string().optional() }),
  z.object({ action: z.literal('discard'), requestId: z.string().min(1), reason: z.string().min(1).max(500) }),
  z.object({ action: z.literal('request'), task: z.string().min(1) }),
  z.object({ action: z.literal('pause'), task: z.string().optional() }),
  z.object({ action: z.literal('resume'), task: z.string().optional() }),
  z.object({ action: z.literal('close') }),
]);
export type ActionAsked = z.output<typeof ActionAsked>;

export const Acted = z.object({ requestId: z.string().nullable() });
export type Acted = z.output<typeof Acted>;

/** With every status but 200. */
export const Refused = z.object({ code: z.string(), message: z.string() });
export type Refused = z.output<typeof Refused>;
