/**
 * The one clock of the simulated AWS. Nothing in this room reads the wall clock for a decision: everything that happens later is a
 * timer here, ordered by time and then by the order of its scheduling. Who moves the clock is the driver (`driver.ts`).
 *
 * The clock also counts the work that is under way. A piece of work is `busy` while its code runs, and not while it sleeps on this
 * clock. Time stands still (or passes at wall speed) while anything is busy, so a handler's own duration never skips a deadline.
 */

/** A scheduled moment. Keep it to cancel it. */
export interface TimerHandle {
  readonly atMs: number;
  readonly label: string;
}

/** What services see of the clock. Times are UTC epoch milliseconds. */
export interface Clock {
  nowMs(): number;
  /** Runs `fn` at `atMs` (at once if that has passed, but never before this call returns). The driver awaits what `fn` returns. */
  schedule(atMs: number, label: string, fn: () => void | Promise<void>): TimerHandle;
  cancel(handle: TimerHandle): void;
  /** The earliest moment anything is due at, if anything is. */
  nextDueMs(): number | undefined;
  /** Sleeps on this clock. The caller must be inside `run`, or a timer's `fn`: its work counts as not busy meanwhile. */
  sleep(durationMs: number, label: string): Promise<void>;
  /** Marks the caller's work as waiting (for a message to come, say) until the returned function is called, once. */
  pauseWork(): () => void;
  /** Runs work that came from outside (an HTTP request), so that time does not move on under it. */
  run<T>(fn: () => T | Promise<T>): Promise<T>;
  /** Marks the begin of busy work; the returned function ends it (once; further calls do nothing). */
  beginWork(): () => void;
  /**
   * While held, time passes at wall speed instead of jumping: a real process is running. The returned function releases (once).
   */
  hold(label: string): () => void;
}
