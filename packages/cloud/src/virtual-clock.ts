/**
 * The clock as the driver has it. Services see only `Clock`.
 */
import type { Clock, TimerHandle } from './clock.ts';
import { type Timer, TimerHeap } from './timer-heap.ts';

/** The clock itself, with what only the driver may call. */
export class VirtualClock implements Clock {
  #nowMs: number;
  #sequence = 0;
  readonly #heap = new TimerHeap();
  #busy = 0;
  #holds = 0;
  readonly #watchers = new Set<() => void>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  schedule(atMs: number, label: string, fn: () => void | Promise<void>): TimerHandle {
    if (!Number.isFinite(atMs)) {
      throw new RangeError(`timer "${label}" has no finite time: ${atMs}`);
    }
    const timer: Timer = { atMs, label, fn, sequence: this.#sequence++, state: 'waiting' };
    this.#heap.push(timer);
    this.#changed();
    return timer;
  }

  cancel(handle: TimerHandle): void {
    (handle as Timer).state = 'done';
  }

  nextDueMs(): number | undefined {
    return this.#heap.peek()?.atMs;
  }

  async sleep(durationMs: number, label: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const resume = this.pauseWork();
      this.schedule(this.#nowMs + durationMs, label, () => {
        resume();
        resolve();
      });
    });
  }

  pauseWork(): () => void {
    this.#busy -= 1;
    this.#changed();
    let resumed = false;
    return () => {
      if (!resumed) {
        resumed = true;
        this.#busy += 1;
      }
    };
  }

  async run<T>(fn: () => T | Promise<T>): Promise<T> {
    const end = this.beginWork();
    try {
      return await fn();
    } finally {
      end();
    }
  }

  beginWork(): () => void {
    this.#busy += 1;
    let ended = false;
    return () => {
      if (!ended) {
        ended = true;
        this.#busy -= 1;
        this.#changed();
      }
    };
  }

  hold(_label: string): () => void {
    this.#holds += 1;
    let released = false;
    this.#changed();
    return () => {
      if (!released) {
        released = true;
        this.#holds -= 1;
        this.#changed();
      }
    };
  }

  /** Whether any work is under way that does not sleep on this clock. */
  isBusy(): boolean {
    return this.#busy > 0;
  }

  isHeld(): boolean {
    return this.#holds > 0;
  }

  /** Moves time on. Never back. */
  setNow(nowMs: number): void {
    if (nowMs > this.#nowMs) {
      this.#nowMs = nowMs;
    }
  }

  /** Takes the next timer due at or before `limitMs`, moves time to it, and starts it as busy work. */
  startNext(limitMs: number): { label: string; done: Promise<void> } | undefined {
    const timer = this.#heap.peek();
    if (timer === undefined || timer.atMs > limitMs) {
      return undefined;
    }
    this.#heap.pop();
    timer.state = 'done';
    this.setNow(timer.atMs);
    return { label: timer.label, done: this.run(timer.fn) };
  }

  /** Calls `watcher` for every change (a timer, an end of work, a hold), until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #changed(): void {
    for (const watcher of this.#watchers) {
      watcher();
    }
  }
}
