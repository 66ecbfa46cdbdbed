import { admissionEnv, count, json, leaseEnv, text } from '@hourglass/shared';
import * as z from 'zod';

export const intakeEnv = z.object({
  ...leaseEnv,
  ...admissionEnv,
  /** The repository's name is appended. */
  DESTINATION_PREFIX: text,
  /** Repositories whose mirror has another name. */
  DESTINATIONS: json(z.record(z.string(), z.string())),
  /** How long a request may wait that does not say so itself. */
  MAX_DELAY_SECONDS: count(0),
  /** Repositories for whose mirrors that is another time. */
  REPOSITORY_DELAY_SECONDS: json(z.record(z.string(), z.int().nonnegative())),
  /**
   * What carries a repository's mirrors, and which lease has those of the direct carrier: `others` are the repositories for which it is not `carrier`.
   */
  CARRIERS: json(
    z.object({
      carrier: z.enum(['fargate', 'direct']),
      others: z.array(z.string()),
      directLeaseId: z.string(),
    }),
  ),
  /** Where the original of a refused request rests. */
  REJECTED_QUEUE_URL: text,
});

export type IntakeEnv = z.input<typeof intakeEnv>;
export type IntakeConfig = z.output<typeof intakeEnv>;
