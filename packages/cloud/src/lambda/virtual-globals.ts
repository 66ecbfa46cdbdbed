/**
 * What a function's code sees instead of the real process: environment variables, clock, timers, chance, console and global object. The code runs
 * in this process and realm (`vm.compileFunction`), so that its errors and built-ins are the ordinary ones. Functions share these objects, because
 * they share their libraries: each use goes to the execution environment whose code asks.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Console } from 'node:console';
import * as crypto from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { Writable } from 'node:stream';
import * as realTimers from 'node:timers';
import { type HostSurroundings, type OtherHosts, requestHost } from './other-hosts.ts';
import type { VirtualTimers } from './virtual-timers.ts';

/** What one execution environment gives its code. */
export interface EnvironmentGlobals {
  readonly variables: Record<string, string>;
  readonly nowMs: () => number;
  /** From 0 up to 1, from a seed: the same history again takes the same turns. */
  readonly random: () => number;
  readonly timers: VirtualTimers;
  readonly output: Writable;
  readonly console: Console;
  /** Real traffic has begun; call what it returns at its end. */
  readonly beginTraffic: () => () => void;
  /** Servers of this world; all others are this machine's own. */
  readonly otherHosts: OtherHosts;
  readonly surroundings: HostSurroundings;
}

const environments = new AsyncLocalStorage<EnvironmentGlobals>();

/** Runs `code`, and all that it causes, in an environment. */
export function runIn<T>(environment: EnvironmentGlobals, code: () => T): T {
  return environments.run(environment, code);
}

function current(): EnvironmentGlobals {
  const environment = environments.getStore();
  if (!environment) throw new Error("a function's code runs outside of its environment");
  return environment;
}

class VirtualDate extends Date {
  constructor(...values: unknown[]) {
    if (values.length === 0) {
      super(VirtualDate.now());
    } else {
      // @ts-expect-error Date's own overloads cannot be spread into.
      super(...values);
    }
  }
  static override now(): number {
    return Math.trunc(current().nowMs());
  }
}

const virtualProcess = Object.create(process, {
  env: { get: () => current().variables },
  getBuiltinModule: {
    value: (id: string) => virtualModules[id.replace(/^node:/, '')] ?? process.getBuiltinModule(id),
  },
  stdout: { get: () => current().output },
  stderr: { get: () => current().output },
}) as NodeJS.Process;

const hex = (length: number): string =>
  Array.from({ length }, () => Math.floor(current().random() * 16).toString(16)).join('');

/** The names that code sees beside the language itself. */
export const virtualNames: Readonly<Record<string, unknown>> = {
  process: virtualProcess,
  console: new Proxy({}, { get: (_, key) => Reflect.get(current().console, key) }),
  Date: VirtualDate,
  Math: Object.create(Math, { random: { value: () => current().random() } }),
  setTimeout: (...args: Parameters<VirtualTimers['setTimeout']>) => current().timers.setTimeout(...args),
  setInterval: (...args: Parameters<VirtualTimers['setInterval']>) => current().timers.setInterval(...args),
  clearTimeout: (timer: unknown) => current().timers.clear(timer),
  clearInterval: (timer: unknown) => current().timers.clear(timer),
  fetch: fetchWatched,
  // The real one, whose timeouts are the virtual clock's.
  AbortSignal: new Proxy(AbortSignal, {
    get: (real, key) => (key === 'timeout' ? abortAfter : Reflect.get(real, key, real)),
  }),
};

/** The real one; time passes at the wall's pace until the whole answer is here. */
async function fetchWatched(...args: Parameters<typeof fetch>): Promise<Response> {
  const end = current().beginTraffic();
  try {
    const answer = await fetch(...args);
    const body = await answer.arrayBuffer();
    return new Response(body.byteLength > 0 ? body : null, answer);
  } finally {
    end();
  }
}

function abortAfter(delayMs: number): AbortSignal {
  const controller = new AbortController();
  const over = () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  current().timers.setTimeout(over, delayMs);
  return controller.signal;
}

/**
 * The real client, announced to the clock: as long as it waits for another program time passes as it does for that one, and nothing is overtaken. A server of this world
 * is asked without one.
 */
function watched<Client extends typeof http | typeof https>(client: Client): Client {
  const watch = (method: 'request' | 'get') =>
    ((...args: Parameters<typeof http.request>) => {
      const { otherHosts, surroundings, beginTraffic } = current();
      const [url, options] = args as unknown as [unknown, http.RequestOptions];
      const server = url instanceof URL ? otherHosts.get(url.hostname) : undefined;
      if (server) return requestHost(server, url as URL, options, surroundings);
      const end = beginTraffic();
      return (client[method] as typeof http.request)(...args).once('close', end);
    }) as typeof http.request;
  return { ...client, request: watch('request'), get: watch('get') };
}

/** The built-in modules that are not the real ones. */
export const virtualModules: Readonly<Record<string, unknown>> = {
  process: virtualProcess,
  http: watched(http),
  https: watched(https),
  crypto: { ...crypto, randomUUID: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}` },
  // Real, but they keep no process alive: libraries set their guards there, which are cleared when the work ends.
  timers: {
    ...realTimers,
    setTimeout: (...args: Parameters<typeof setTimeout>) => realTimers.setTimeout(...args).unref(),
    setInterval: (...args: Parameters<typeof setInterval>) => realTimers.setInterval(...args).unref(),
  },
  'timers/promises': {
    setTimeout: (...args: Parameters<VirtualTimers['promises']['setTimeout']>) =>
      current().timers.promises.setTimeout(...args),
    setImmediate: (value?: unknown) => current().timers.promises.setImmediate(value),
  },
};

/** A global object whose own properties hide the real ones and are seen by nobody else. */
export function createVirtualGlobal(own: Readonly<Record<PropertyKey, unknown>> = {}): object {
  const overlay: Record<PropertyKey, unknown> = { ...virtualNames, ...own };
  const proxy: object = new Proxy(overlay, {
    get: (target, key) => (Object.hasOwn(target, key) ? target[key] : Reflect.get(globalThis, key)),
    has: (target, key) => Object.hasOwn(target, key) || key in globalThis,
  });
  overlay.globalThis = proxy;
  overlay.global = proxy;
  return proxy;
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

export function createVirtualConsole(output: Writable): Console {
  return new Console({ stdout: output, stderr: output, colorMode: false });
}
