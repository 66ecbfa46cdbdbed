import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, TimerHandle } from '../clock.ts';

/** `setTimeout` and its kin on the virtual clock, for one execution environment. */
export class VirtualTimers {
  readonly #clock: Clock;
  readonly #changed: (firing?: boolean) => void;
  readonly #pending = new Set<TimerHandle>();

  /** `changed` is called when a timer is set, and `true` just before one fires. */
  constructor(clock: Clock, changed: (firing?: boolean) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get pending(): number {
    return this.#pending.size;
  }

  readonly setTimeout = (fn: (...values: unknown[]) => void, delayMs = 0, ...values: unknown[]): object =>
    this.#set(fn, delayMs, values, false);

  readonly setInterval = (fn: (...values: unknown[]) => void, delayMs = 0, ...values: unknown[]): object =>
    this.#set(fn, delayMs, values, true);

  /** Clears a timer of this clock, or a real one: a library may set the latter by `node:timers` and clear it by the global function. */
  readonly clear = (timer: unknown): void => {
    const own = timer as { cancel?: () => void } | undefined;
    if (typeof own?.cancel === 'function') {
      own.cancel();
    } else {
      clearTimeout(timer as NodeJS.Timeout | undefined);
    }
  };

  /** `node:timers/promises`, as far as sleeping goes. */
  readonly promises = {
    setTimeout: (delayMs?: number, value?: unknown, options?: { signal?: AbortSignal }): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const timer = this.#set(() => resolve(value), delayMs ?? 0, [], false);
        options?.signal?.addEventListener('abort', () => {
          this.clear(timer);
          reject(options.signal?.reason);
        });
      }),
    setImmediate: (value?: unknown): Promise<unknown> => new Promise((resolve) => setImmediate(() => resolve(value))),
  };

  cancelAll(): void {
    for (const handle of this.#pending) {
      this.#clock.cancel(handle);
    }
    this.#pending.clear();
  }

  #set(fn: (...values: unknown[]) => void, delayMs: number, values: unknown[], repeats: boolean): object {
    let handle: TimerHandle;
    const run = AsyncLocalStorage.bind(fn);
    const arm = (): void => {
      handle = this.#clock.schedule(this.#clock.nowMs() + Math.max(1, Number(delayMs) || 0), 'function timer', () => {
        this.#changed(true);
        this.#pending.delete(handle);
        if (repeats) {
          arm();
        }
        run(...values);
        this.#changed();
      });
      this.#pending.add(handle);
    };
    arm();
    this.#changed();
    const timer = {
      cancel: () => {
        this.#clock.cancel(handle);
        this.#pending.delete(handle);
      },
      ref: () => timer,
      unref: () => timer,
      hasRef: () => true,
      [Symbol.dispose]: () => timer.cancel(),
    };
    return timer;
  }
}
