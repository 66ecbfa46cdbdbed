/** What a check of the account or of a deployment has found. */
import * as z from 'zod';

export const Finding = z.object({
  /** Which check: a kebab-case name that stays the same. */
  check: z.string(),
  level: z.enum(['ok', 'warning', 'fault']),
  /** What was looked at: a resource's name or ARN. */
  subject: z.string(),
  /** What is so. */
  message: z.string(),
  /** How to mend it; null if nothing is to be mended. */
  mend: z.string().nullable(),
});
export type Finding = z.output<typeof Finding>;
