/** One request from the door to its result, wherever it is now. */
import * as z from 'zod';
import { AttemptRecord, Carried, Carrier, Door } from './history.ts';

const time = z.iso.datetime();

export const LifeStep = z.object({
  at: time,
  what: z.string(),
  /** The same as a word, for programs and other languages. */
  code: z.enum([
    'accepted',
    'again',
    'joins',
    'claimed',
    'claimedDirect',
    'taken',
    'begun',
    'taskSucceeded',
    'mirrorSucceeded',
    'taskFailed',
    'mirrorFailed',
    'succeeded',
    'superseded',
    'handedOver',
    'dead',
    'discarded',
  ]),
  /** What `what` holds beside: a door, a delivery, another request, an attempt's number, AWS's or git's own words. */
  values: z.object({
    door: Door.nullable().optional(),
    delivery: z.string().optional(),
    joins: z.string().optional(),
    attempt: z.int().optional(),
    fence: z.int().optional(),
    message: z.string().optional(),
  }),
});
export type LifeStep = z.output<typeof LifeStep>;

export const RequestLife = z.object({
  requestId: z.string(),
  task: z.string(),
  state: z.enum([
    'waiting',
    'held',
    'running',
    'succeeded',
    'failed',
    'superseded',
    'joined',
    'handedOver',
    'discarded',
  ]),
  acceptedAt: time,
  finishedAt: time.nullable(),
  reason: z.string().nullable(),
  /** What has run it last. */
  carrier: Carrier,
  door: Door.nullable(),
  delivery: z.string().nullable(),
  source: z.string().nullable(),
  destination: z.string().nullable(),
  /** Of a request that joined another: that one's id, and what became of it. */
  joins: z.string().nullable(),
  joinedState: z.string().nullable(),
  /** The request that asked anew, after a replay. */
  replayedAs: z.string().nullable(),
  startBy: time.nullable(),
  steps: z.array(LifeStep),
  attempts: z.array(AttemptRecord),
  fence: z.int().nullable(),
  taskArn: z.string().nullable(),
  logGroup: z.string().nullable(),
  logStream: z.string().nullable(),
  carried: Carried.nullable(),
  /** Its part of what its opening of the endpoints has cost; null as long as that is not known. */
  shareUsd: z.number().nullable(),
});
export type RequestLife = z.output<typeof RequestLife>;
