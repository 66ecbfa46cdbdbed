/** What a deployment has learned of its own times, and what that has saved. Durations are seconds; null: too little is known. */
import * as z from 'zod';

const time = z.iso.datetime();
/** What the lease goes by: smoothed as TCP smooths its round trips (RFC 6298). */
const Estimate = z.object({ usual: z.number(), spread: z.number() }).nullable();
const Readings = z.object({ anchored: z.number(), clock: z.number() });

/** As it stands in the lease, and is gone by. */
export const Learned = z.object({
  /** Of the endpoints' deletion. */
  deletion: Estimate,
  /** Of a task, from its claim to its end. */
  task: Estimate,
  /** Of a hundred requests, how many came soon after an hour that had just ended. */
  followUps: z.number(),
  /** So long before its paid hour's end the lease closes; `configured`: before the first deletion was measured. */
  teardownLead: z.object({ now: z.number(), configured: z.number() }),
});
export type Learned = z.output<typeof Learned>;

/** The same requests, played by a lease that learns and by one that forgets; by both readings of the bill. */
export const LearningCost = z.object({
  /** When the first of these requests came. */
  since: time.nullable(),
  requests: z.int(),
  endpointHours: z.object({ learning: Readings, forgetting: Readings }),
  /** What the second costs more; below zero: learning was dearer. Null: the price is not known. */
  savedUsd: z.object({ anchored: z.number().nullable(), clock: z.number().nullable() }),
});
export type LearningCost = z.output<typeof LearningCost>;

export const Learning = z.object({
  learned: Learned,
  /** From the birth of the endpoints' stack to the first claim of a task: so long the creation took at most. */
  creation: z.object({ count: z.int(), median: z.number(), slow: z.number() }).nullable(),
  /** Null: nothing ran yet. */
  cost: LearningCost.nullable(),
});
export type Learning = z.output<typeof Learning>;
