/** One line of a log. */
import * as z from 'zod';

export const LogLine = z.object({ at: z.iso.datetime(), message: z.string() });
export type LogLine = z.output<typeof LogLine>;
