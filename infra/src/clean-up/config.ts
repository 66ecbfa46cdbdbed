/** The environment of the clean-up function. */
import { z } from 'zod';

export const cleanUpEnv = z.object({
  LEASE_ID: z.string().min(1),
  STACK_NAME: z.string().min(1),
  SCHEDULE_GROUP: z.string().min(1),
  SCHEDULER_ROLE_ARN: z.string().min(1),
  UNDELIVERED_QUEUE_ARN: z.string().min(1),
  /** Its own ARN, for the schedules that call it again. */
  FUNCTION_ARN: z.string().min(1),
});

export type CleanUpEnv = z.input<typeof cleanUpEnv>;
