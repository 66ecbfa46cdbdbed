/** The message in the failed-mirrors queue: what it says, and the ids of requests that ask for it anew. */
import { createHash } from 'node:crypto';
import * as z from 'zod';

/** The message in the failed-mirrors queue. */
export const DeadTask = z.object({
  version: z.literal(1),
  leaseId: z.string(),
  taskKey: z.string(),
  requestId: z.string(),
  task: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('mirror'), repository: z.string(), sourceUrl: z.string(), destination: z.string() }),
    z.object({ kind: z.literal('command'), name: z.string() }),
  ]),
  attempts: z.number().int(),
  /** How often replay has asked for it before. */
  replays: z.number().int(),
  message: z.string().nullable(),
  /** Who moved it back, if that was the operator: it is then no redrive, whenever it comes. */
  by: z.literal('operator').optional(),
});
export type DeadTask = z.output<typeof DeadTask>;

/** A sender may have written such an id too: more digits than a count has are a part of its own id. */
const REPLAY = /:replay-(\d{1,9})$/;

/** A replayed request's id is the first one's with `:replay-N`; N counts up. */
export function replaysOf(requestId: string): number {
  return Number(REPLAY.exec(requestId)?.[1] ?? 0);
}

export function nextReplayId(requestId: string): string {
  const first = requestId.replace(REPLAY, '');
  // A request id has room for 128 characters; a longer one is named by its digest.
  const short = first.length <= 110 ? first : createHash('sha256').update(first).digest('hex');
  return `${short}:replay-${replaysOf(requestId) + 1}`;
}
