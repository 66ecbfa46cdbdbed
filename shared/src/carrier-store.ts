/**
 * What lies in the direct carrier's bucket, by key. A pack is written before the manifest that names it by their common key; what is written makes
 * S3 reach the bus, and that wakes whoever goes on.
 *
 *   packs/<token>/<run>       a pack, read by the pusher only; each run of the fetcher has its own, so that none overwrites what is being read
 *   manifests/<token>/<run>   what the source showed and which pack goes with it: wakes the pusher
 *   ended/<token>             the fetcher has written the attempt's end to the table: wakes the runner
 *   asks/<repository>/<run>   a look at a source that found something new: wakes the pusher, which asks for the mirror
 */
import * as z from 'zod';

export const MANIFESTS = 'manifests/';
export const PACKS = 'packs/';
export const ENDED = 'ended/';
export const ASKS = 'asks/';

/** The pack that goes with a manifest. */
export const packKeyOf = (manifestKey: string): string => PACKS + manifestKey.slice(MANIFESTS.length);

/** The attempt that a key is about. */
export const tokenOf = (key: string): string => key.split('/')[1] ?? '';

/**
 * `Object Created`, as far as it is read. The key is as it is in S3, not encoded.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export const ObjectCreated = {
  name: 'Object Created',
  sources: ['aws.s3'],
  version: 1,
  detail: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string().min(1) }) }),
} as const;

/** What the runner asks the fetcher to do, and what a clock does. */
export const FetchOrder = z.union([
  z.strictObject({ token: z.string().min(1).max(128) }),
  z.strictObject({
    look: z.strictObject({ repository: z.string(), sourceUrl: z.string(), destination: z.string() }),
  }),
  /** Keeps the function from being put away after weeks without a call. */
  z.strictObject({ ping: z.literal(true) }),
]);
export type FetchOrder = z.output<typeof FetchOrder>;

/** What a look that found something new asks for. */
export const Ask = z.strictObject({ repository: z.string(), sourceUrl: z.string() });
