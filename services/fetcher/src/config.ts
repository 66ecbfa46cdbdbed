import { count, text } from '@hourglass/shared';
import * as z from 'zod';

export const fetcherEnv = z.object({
  TABLE_NAME: text,
  /** Of the lease that has no endpoints. */
  LEASE_ID: text,
  BUCKET_NAME: text,
  /** A bigger pack is left to a Fargate task. Under the relay's least bound every attempt would be refused, and nothing handed over. */
  MAX_PACK_BYTES: count(1024),
  /** What the deployment knows of source hosts and refs, as the task reads it. */
  SOURCE_NETWORKS: z.string(),
  REPOSITORY_REFS: z.string(),
});

export type FetcherEnv = z.input<typeof fetcherEnv>;
export type FetcherConfig = z.output<typeof fetcherEnv>;
