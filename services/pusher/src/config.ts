import { text } from '@hourglass/shared';
import * as z from 'zod';

export const pusherEnv = z.object({
  TABLE_NAME: text,
  /** Of the lease that has no endpoints. */
  LEASE_ID: text,
  BUS_NAME: text,
  BUCKET_NAME: text,
});

export type PusherEnv = z.input<typeof pusherEnv>;
export type PusherConfig = z.output<typeof pusherEnv>;
