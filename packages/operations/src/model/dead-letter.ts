/** A request that rests in a queue because nothing more is tried for it by itself. */
import * as z from 'zod';

export const DeadLetter = z.object({
  /** `failed`: after its last attempt. `refused`: at the door, as it broke its contract or is not admitted. */
  kind: z.enum(['failed', 'refused']),
  requestId: z.string().nullable(),
  task: z.string().nullable(),
  attempts: z.int(),
  /** How often it was replayed before. */
  replays: z.int(),
  reason: z.string().nullable(),
  sentAt: z.iso.datetime(),
  messageId: z.string(),
});
export type DeadLetter = z.output<typeof DeadLetter>;
