/**
 * Who moves the clock. Two ways:
 * - step by step (`runUntilIdle`, `advanceTo`, `advanceBy`): jumps from one due moment to the next and awaits each one's work to its end;
 * - `drive`: a long-running world, at wall speed, N times faster, or jumping.
 * While work is under way time stands still when jumping, else it passes at wall speed; while the clock is held (a real process runs)
 * it passes at wall speed always. So nothing that takes real time is ever overtaken by a jump.
 */
import type { VirtualClock } from './virtual-clock.ts';

/** `jump`, or how many virtual seconds pass in one real second while nothing runs. */
export type Speed = number | 'jump';

export interface Driving {
  /** Stops moving the clock and waits for the step under way. Rejects if the world itself broke. */
  stop(): Promise<void>;
  /** Rejects if the world itself broke; never resolves before `stop`. */
  readonly done: Promise<void>;
}

export class Driver {
  readonly #clock: VirtualClock;
  readonly #interleave: boolean;
  #lastWallMs = performance.now();
  #carriedMs = 0;
  #speed: Speed = 'jump';
  #failure: { error: unknown } | undefined;
  #running = false;
  #driving: Driving | undefined;

  /** `interleave` starts everything that is due at one moment before any of it has ended, as separate Lambdas would. */
  constructor(clock: VirtualClock, options: { interleave?: boolean } = {}) {
    this.#clock = clock;
    this.#interleave = options.interleave ?? false;
  }

  /** Brings the clock up to now. Call it when something arrives from outside. */
  touch(): void {
    const wallMs = performance.now();
    const passedMs = wallMs - this.#lastWallMs;
    this.#lastWallMs = wallMs;
    const rate = this.#rate();
    if (rate > 0) {
      // Whole milliseconds only: what is left over is carried on.
      const virtualMs = passedMs * rate + this.#carriedMs;
      this.#carriedMs = virtualMs % 1;
      this.#clock.setNow(this.#clock.nowMs() + Math.floor(virtualMs));
    }
  }

  /** Runs until nothing is due, nothing runs and nothing is held. Throws what a timer threw. */
  async runUntilIdle(): Promise<void> {
    await this.#runTo(Number.POSITIVE_INFINITY);
  }

  /** Runs everything due up to and including `atMs`, and leaves the clock there. */
  async advanceTo(atMs: number): Promise<void> {
    await this.#runTo(atMs);
    this.#clock.setNow(atMs);
  }

  async advanceBy(durationMs: number): Promise<void> {
    await this.advanceTo(this.#clock.nowMs() + durationMs);
  }

  /** Keeps the world going until `stop`. */
  drive(options: { speed: Speed }): Driving {
    this.#begin();
    this.#speed = options.speed;
    const stopping = new AbortController();
    const done = this.#loop(Number.POSITIVE_INFINITY, stopping.signal, false).finally(() => {
      this.#running = false;
      this.#speed = 'jump';
    });
    done.catch(() => {});
    this.#driving = {
      done,
      stop: async () => {
        stopping.abort();
        await done;
      },
    };
    return this.#driving;
  }

  /** Stops a `drive` under way, if there is one, whatever became of its world. */
  async stop(): Promise<void> {
    await this.#driving?.stop().catch(() => {});
  }

  async #runTo(limitMs: number): Promise<void> {
    this.#begin();
    try {
      await this.#loop(limitMs, undefined, true);
    } finally {
      this.#running = false;
    }
  }

  #begin(): void {
    if (this.#running) {
      throw new Error('the clock is already being driven');
    }
    this.#running = true;
    this.#lastWallMs = performance.now();
  }

  #rate(): number {
    const clock = this.#clock;
    if (clock.isHeld()) {
      return 1;
    }
    if (this.#speed === 'jump') {
      return 0;
    }
    return clock.isBusy() ? Math.min(1, this.#speed) : this.#speed;
  }

  async #loop(limitMs: number, stop: AbortSignal | undefined, endsWhenIdle: boolean): Promise<void> {
    const clock = this.#clock;
    while (stop?.aborted !== true) {
      this.touch();
      this.#throwFailure();
      const rate = this.#rate();
      if (rate === 0 && clock.isBusy()) {
        await this.#change(undefined, stop);
        continue;
      }
      if (rate > 0 && clock.nowMs() > limitMs) {
        return;
      }
      if (this.#start(rate > 0 ? Math.min(limitMs, clock.nowMs()) : limitMs)) {
        // One turn of the event loop, so that what just started or ended has said all it owes.
        await turn();
        continue;
      }
      const dueMs = clock.nextDueMs();
      const idle = !clock.isBusy() && !clock.isHeld();
      if (idle && endsWhenIdle && (dueMs === undefined || dueMs > limitMs)) {
        return;
      }
      const untilMs = Math.min(dueMs ?? Number.POSITIVE_INFINITY, limitMs);
      const waitMs = rate > 0 && Number.isFinite(untilMs) ? (untilMs - clock.nowMs()) / rate : undefined;
      await this.#change(waitMs, stop);
    }
    this.#throwFailure();
  }

  #start(limitMs: number): boolean {
    const first = this.#clock.nextDueMs();
    let started = this.#watchStart(limitMs);
    const any = started;
    while (started && this.#interleave && this.#clock.nextDueMs() === first) {
      started = this.#watchStart(limitMs);
    }
    return any;
  }

  #watchStart(limitMs: number): boolean {
    const started = this.#clock.startNext(limitMs);
    started?.done.catch((error: unknown) => {
      this.#failure ??= { error };
    });
    return started !== undefined;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) {
      const { error } = this.#failure;
      this.#failure = undefined;
      throw error;
    }
  }

  /** Until the clock announces a change, the wait is over, or `stop`. */
  async #change(waitMs: number | undefined, stop: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        unwatch();
        clearTimeout(wait);
        stop?.removeEventListener('abort', finish);
        resolve();
      };
      const unwatch = this.#clock.watch(finish);
      // A wait beyond what a real timer can hold is taken in parts.
      const wait = waitMs === undefined ? undefined : setTimeout(finish, Math.min(Math.max(waitMs, 1), 2 ** 31 - 1));
      stop?.addEventListener('abort', finish);
    });
    await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
