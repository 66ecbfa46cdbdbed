/** What the server sends a page while it is open, one event a line of `/events`. */
import { HistoryEntry, Status } from '@hourglass/operations/model';
import * as z from 'zod';

export const FeedEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('status'), status: Status }),
  /** Nothing has changed but the time. */
  z.object({ kind: z.literal('clock'), now: z.string(), minutesLeft: z.int().nullable() }),
  /** What has ended, newest first. */
  z.object({ kind: z.literal('history'), entries: z.array(HistoryEntry) }),
  /** Too much was missed: read anew. */
  z.object({ kind: z.literal('reset') }),
  /** The deployment cannot be read now; what was sent before is old. */
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
export type FeedEvent = z.output<typeof FeedEvent>;
