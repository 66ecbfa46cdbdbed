/** What every policy is given: the same requests, and the same cloud. All times are whole milliseconds. */
import type { LeaseSpan } from './simulation.ts';

/** Requests, oldest first; request `i` arrives at `arrivalsMs[i]` and its task runs for `durationsMs[i]`. */
export interface Workload {
  arrivalsMs: readonly number[];
  durationsMs: readonly number[];
  /** How long a request may wait for its start; the creation time at least. */
  maxDelayMs: number;
  /** From asking for the endpoints to the first task that can start. */
  createMs: number;
  /** From asking for the deletion until nothing is billed any more. */
  deleteMs: number;
}

/** What a policy made of a workload. */
export interface Outcome {
  /** Oldest first, from the ask for the creation to the end of the deletion. */
  spans: { openedAtMs: number; closedAtMs: number }[];
  /** When each task started. */
  startsMs: number[];
  /** Tasks whose endpoints went away before they had ended. */
  deletedUnderTask: number;
}

/** Hours over all spans. */
export function sumHours(spans: readonly LeaseSpan[]): number {
  return spans.reduce((sum, { paidHours }) => sum + paidHours, 0);
}

/** When request `index` must have started, as far as no deletion is in its way. */
export function startByMs({ arrivalsMs, maxDelayMs, createMs }: Workload, index: number): number {
  return (arrivalsMs[index] ?? 0) + Math.max(maxDelayMs, createMs);
}
