/**
 * What a function's code sees instead of the real process: its own environment variables, clock, timers, console and global object.
 * The code itself runs in this process and realm (`vm.compileFunction`), so that its errors and built-ins are the ordinary ones.
 */
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import type { Clock, TimerHandle } from '../clock.ts';

/** Under this symbol shared code looks for the request handler of its host. */
const requestHandlerKey = Symbol.for('hourglass.requestHandler');

/** A `Date` whose now is this clock's. */
export function createVirtualDate(clock: Pick<Clock, 'nowMs'>): DateConstructor {
  class VirtualDate extends Date {
    constructor(...values: unknown[]) {
      if (values.length === 0) {
        super(Math.trunc(clock.nowMs()));
      } else {
        // @ts-expect-error Date's own overloads cannot be spread into.
        super(...values);
      }
    }
    static override now(): number {
      return Math.trunc(clock.nowMs());
    }
  }
  return VirtualDate as unknown as DateConstructor;
}

/** `setTimeout` and its kin on the virtual clock, for one execution environment. */
export class VirtualTimers {
  readonly #clock: Clock;
  readonly #changed: (firing?: boolean) => void;
  readonly #pending = new Set<TimerHandle>();

  /** `changed` is told when a timer is set, and `true` just before one fires. */
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
    const arm = (): void => {
      handle = this.#clock.schedule(this.#clock.nowMs() + Math.max(1, Number(delayMs) || 0), 'function timer', () => {
        this.#changed(true);
        this.#pending.delete(handle);
        if (repeats) {
          arm();
        }
        fn(...values);
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

/** What the code takes for chance, from a seeded generator: the same history again takes the same turns. */
export function createVirtualChance(random: () => number): { Math: Math; randomUUID: () => string } {
  const hex = (length: number) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
  return {
    Math: Object.create(Math, { random: { value: random } }) as Math,
    randomUUID: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}

/** A stream that hands on whole lines. */
export function createLineStream(onLine: (line: string) => void): Writable {
  let rest = '';
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _encoding, done) {
      const lines = (rest + (typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk))).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        onLine(line);
      }
      done();
    },
  });
}

/** A `process` with its own environment and output. */
export function createVirtualProcess(environment: Readonly<Record<string, string>>, output: Writable): NodeJS.Process {
  return Object.create(process, {
    env: { value: { ...environment }, writable: true },
    stdout: { value: output },
    stderr: { value: output },
  }) as NodeJS.Process;
}

export function createVirtualConsole(output: Writable): Console {
  return new Console({ stdout: output, stderr: output, colorMode: false });
}

/** A global object whose own properties hide the real ones and are seen by nobody else. */
export function createVirtualGlobal(own: Record<string, unknown>, requestHandler: unknown): object {
  const overlay: Record<PropertyKey, unknown> = { ...own, [requestHandlerKey]: requestHandler };
  const proxy: object = new Proxy(overlay, {
    get: (target, key) => (Object.hasOwn(target, key) ? target[key] : Reflect.get(globalThis, key)),
    has: (target, key) => Object.hasOwn(target, key) || key in globalThis,
  });
  overlay.globalThis = proxy;
  overlay.global = proxy;
  return proxy;
}
