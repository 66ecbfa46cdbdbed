/**
 * One execution environment of a function: loaded once, then one invocation at a time. While the handler only waits for its own timers
 * its work counts as asleep, so that the clock may move to them.
 */
import type { Clock } from '../clock.ts';
import { createRequestHandler, type RequestHandler } from '../wire/in-process.ts';
import type { WireRequest, WireResponse } from '../wire/message.ts';
import type { FunctionCode, Handler } from './code.ts';
import {
  createLineStream,
  createVirtualConsole,
  createVirtualDate,
  createVirtualGlobal,
  createVirtualProcess,
  VirtualTimers,
} from './virtual-globals.ts';

export interface EnvironmentOptions {
  readonly code: FunctionCode;
  readonly variables: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly answer: (request: WireRequest) => Promise<WireResponse>;
  readonly log: (line: string) => void;
}

export interface HandlerContext {
  readonly awsRequestId: string;
  readonly [name: string]: unknown;
}

export class ExecutionEnvironment {
  readonly #options: EnvironmentOptions;
  readonly #timers: VirtualTimers;
  #handler: Handler | undefined;
  #pendingCalls = 0;
  #running = false;
  #dead = false;
  #wake: (() => void) | undefined;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#timers = new VirtualTimers(options.clock, (firing) =>
      firing === true ? this.#stayAwake() : this.#maybeSleep(),
    );
  }

  /** Runs the module. Throws what it throws. */
  load(): void {
    const { clock, variables } = this.#options;
    const output = createLineStream(this.#options.log);
    const process = createVirtualProcess(variables, output);
    const console = createVirtualConsole(output);
    const timers = this.#timers;
    const names = {
      process,
      console,
      Date: createVirtualDate(clock),
      setTimeout: timers.setTimeout,
      clearTimeout: timers.clear,
      setInterval: timers.setInterval,
      clearInterval: timers.clear,
    };
    const handler = this.#countingHandler(createRequestHandler(this.#options.answer));
    this.#handler = this.#options.code.load({
      ...names,
      globalThis: createVirtualGlobal(names, handler),
      timersPromises: timers.promises,
    });
  }

  /** Runs the handler once. Rejects with what it throws. */
  async invoke(event: unknown, context: HandlerContext): Promise<unknown> {
    this.#running = true;
    try {
      return await this.#handler?.(event, context);
    } finally {
      this.#running = false;
      this.#stayAwake();
    }
  }

  /** Ends the environment: what its code still does reaches nothing. */
  kill(): void {
    this.#dead = true;
    this.#timers.cancelAll();
    this.#stayAwake();
  }

  /** Counts calls under way: parallel ones are work of their own, so that each may sleep by itself. */
  #countingHandler(inner: RequestHandler): RequestHandler {
    return {
      ...inner,
      handle: async (request) => {
        if (this.#dead) {
          throw new Error('the execution environment has ended');
        }
        this.#stayAwake();
        const end = this.#pendingCalls > 0 ? this.#options.clock.beginWork() : undefined;
        this.#pendingCalls += 1;
        try {
          return await inner.handle(request);
        } finally {
          this.#pendingCalls -= 1;
          end?.();
          this.#maybeSleep();
        }
      },
    };
  }

  /** Looks after two turns of the event loop whether the handler waits for nothing but its timers. */
  #maybeSleep(): void {
    if (this.#timers.pending === 0) {
      return;
    }
    const isWaiting = (): boolean =>
      this.#running && !this.#dead && this.#pendingCalls === 0 && this.#timers.pending > 0 && this.#wake === undefined;
    setImmediate(() =>
      setImmediate(() => {
        if (isWaiting()) {
          this.#wake = this.#options.clock.pauseWork();
        }
      }),
    );
  }

  #stayAwake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
