/** One opening of the endpoints that has ended: paid from the stack's creation to its deletion. */
import * as z from 'zod';

const time = z.iso.datetime();

export const Opening = z.object({
  /** The how many-th. */
  fence: z.int(),
  /** Null: nothing was ever created. */
  openedAt: time.nullable(),
  closedAt: time,
  /** The creation failed; `message`: AWS's own words for it, where it had any. */
  failed: z.boolean(),
  message: z.string().nullable(),
});
export type Opening = z.output<typeof Opening>;
