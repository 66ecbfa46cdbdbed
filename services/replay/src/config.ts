import { text } from '@hourglass/shared';
import * as z from 'zod';

export const replayEnv = z.object({
  LEASE_ID: text,
  TABLE_NAME: text,
  BUS_NAME: text,
  FAILED_QUEUE_ARN: text,
  FAILED_QUEUE_URL: text,
  REPLAY_QUEUE_ARN: text,
});

export type ReplayEnv = z.input<typeof replayEnv>;
export type ReplayConfig = z.output<typeof replayEnv>;
