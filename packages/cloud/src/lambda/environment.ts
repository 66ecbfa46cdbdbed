/**
 * One execution environment of a function: loaded once, then one invocation at a time. While the handler only waits for its own timers
 * its work counts as asleep, so that the clock may move to them.
 */
import type { Clock } from '../clock.ts';
import { type AnswerCall, HandlerDied } from '../wire/faults.ts';
import { createRequestHandler, type RequestHandler } from '../wire/in-process.ts';
import type { WireRequest, WireResponse } from '../wire/message.ts';
import type { FunctionCode, Handler } from './code.ts';
import type { OtherHosts } from './other-hosts.ts';
import { createUncheckedSigner } from './unchecked-signer.ts';
import {
  createLineStream,
  createVirtualConsole,
  createVirtualGlobal,
  type EnvironmentGlobals,
  runIn,
} from './virtual-globals.ts';
import { VirtualTimers } from './virtual-timers.ts';

/** Under this symbol shared code looks for what its host gives all SDK clients. */
const clientOptionsKey = Symbol.for('hourglass.clientOptions');

export interface EnvironmentOptions {
  readonly code: FunctionCode;
  readonly variables: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly answer: AnswerCall;
  /** How far this function's clock is ahead of AWS's. */
  readonly skewMs: () => number;
  /** Of numbers that the code takes for random. */
  readonly random: () => number;
  readonly log: (line: string) => void;
  readonly functionName: string;
  readonly otherHosts: OtherHosts;
}

/** What Node calls its own work on files; a file that was read is closed by the latter. */
const READING = /^(FSReq|CloseReq)/;

/** What is reported of one run of the handler. */
export interface Run {
  readonly functionName: string;
  readonly requestId: string;
  readonly attempt: number;
}

export interface HandlerContext {
  readonly awsRequestId: string;
  readonly [name: string]: unknown;
}

/** What a call of an environment that has ended comes to. One for each: a shared one would keep all who wait for it. */
const never = () => new Promise<never>(() => {});

export class ExecutionEnvironment {
  readonly #options: EnvironmentOptions;
  readonly #timers: VirtualTimers;
  readonly #globals: EnvironmentGlobals;
  #handler: Handler | undefined;
  #pendingCalls = 0;
  #traffic = 0;
  #running = false;
  #dead = false;
  #wake: (() => void) | undefined;
  #run: (Run & { calls: number }) | undefined;
  #diedOf: ((reason: HandlerDied) => void) | undefined;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#timers = new VirtualTimers(options.clock, (firing) => {
      if (firing !== true) this.#maybeSleep();
      else if (this.#pendingCalls === 0) this.#stayAwake();
    });
    const { clock, variables, skewMs, random, log, functionName, otherHosts } = options;
    const output = createLineStream(log);
    this.#globals = {
      variables: { ...variables },
      nowMs: () => clock.nowMs() + skewMs(),
      random,
      timers: this.#timers,
      output,
      console: createVirtualConsole(output),
      beginTraffic: () => this.#beginTraffic(),
      otherHosts,
      surroundings: {
        functionName,
        isDead: () => this.#dead,
        beginCall: () => this.#beginCall(),
        sleep: (ms) => clock.sleep(ms, `an answer to ${functionName}`),
      },
    };
  }

  /** Runs the module. Throws what it throws. */
  load(): void {
    const clientOptions = {
      requestHandler: this.#countingHandler(createRequestHandler((request) => this.#answer(request))),
      signerConstructor: createUncheckedSigner(this.#options.variables.AWS_ACCESS_KEY_ID),
    };
    const globalObject = createVirtualGlobal({ [clientOptionsKey]: clientOptions });
    this.#handler = runIn(this.#globals, () => this.#options.code.load(globalObject));
  }

  /** Runs the handler once. Rejects with what it throws. */
  async invoke(event: unknown, context: HandlerContext, run: Run): Promise<unknown> {
    this.#running = true;
    this.#run = { ...run, calls: 0 };
    const died = new Promise<never>((_, reject) => {
      this.#diedOf = reject;
    });
    try {
      return await Promise.race([runIn(this.#globals, () => this.#handler?.(event, context)), died]);
    } finally {
      this.#running = false;
      this.#stayAwake();
    }
  }

  /** Whether it can take no further invocation. */
  get isDead(): boolean {
    return this.#dead;
  }

  /** Ends the environment: what its code still does reaches nothing. */
  kill(): void {
    this.#dead = true;
    this.#timers.cancelAll();
    this.#stayAwake();
  }

  /** A call in which the handler dies never comes back. */
  async #answer(request: WireRequest): Promise<WireResponse> {
    const run = this.#run ?? { functionName: '', requestId: '', attempt: 0, calls: 0 };
    run.calls += 1;
    const { calls: callIndex, ...rest } = run;
    try {
      return await this.#options.answer(request, { ...rest, callIndex });
    } catch (error) {
      if (error instanceof HandlerDied) {
        this.kill();
        this.#diedOf?.(error);
      }
      throw error;
    }
  }

  /** Each call is work of its own, so that it may sleep by itself; the handler counts as asleep while any is under way. */
  #countingHandler(inner: RequestHandler): RequestHandler {
    return {
      ...inner,
      handle: async (request) => {
        if (this.#dead) return never();
        const end = this.#beginCall();
        try {
          return await inner.handle(request);
        } catch (error) {
          if (this.#dead) return never();
          throw error;
        } finally {
          end();
        }
      },
    };
  }

  #beginCall(): () => void {
    const end = this.#options.clock.beginWork();
    this.#pendingCalls += 1;
    this.#wake ??= this.#options.clock.pauseWork();
    return () => {
      this.#pendingCalls -= 1;
      if (this.#pendingCalls === 0) this.#stayAwake();
      end();
      this.#maybeSleep();
    };
  }

  /** While other programs are spoken to, time passes for all at their pace. */
  #beginTraffic(): () => void {
    const release = this.#options.clock.hold('traffic of a function');
    this.#traffic += 1;
    this.#stayAwake();
    return () => {
      this.#traffic -= 1;
      release();
      this.#maybeSleep();
    };
  }

  /** Looks after two turns of the event loop whether the handler waits for nothing but its timers. */
  #maybeSleep(): void {
    if (this.#timers.pending === 0) {
      return;
    }
    const isWaiting = (): boolean =>
      this.#running &&
      !this.#dead &&
      this.#pendingCalls === 0 &&
      this.#traffic === 0 &&
      this.#timers.pending > 0 &&
      this.#wake === undefined;
    const look = (): void => {
      if (!isWaiting()) return;
      // A library that reads a file waits for that, whatever timers there are.
      if (process.getActiveResourcesInfo().some((resource) => READING.test(resource))) setImmediate(look);
      else this.#wake = this.#options.clock.pauseWork();
    };
    setImmediate(() => setImmediate(look));
  }

  #stayAwake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
