/**
 * A function's code: one CommonJS file in a folder, compiled once and run anew for each execution environment.
 */
import * as crypto from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as timers from 'node:timers';
import { compileFunction } from 'node:vm';
import { DeployError } from '../errors.ts';

/** The names a module's code sees beside the language itself. */
export interface ModuleGlobals {
  readonly process: NodeJS.Process;
  readonly Date: DateConstructor;
  readonly console: unknown;
  readonly globalThis: object;
  readonly setTimeout: unknown;
  readonly clearTimeout: unknown;
  readonly setInterval: unknown;
  readonly clearInterval: unknown;
  readonly Math: Math;
  readonly randomUUID: () => string;
  readonly timersPromises: unknown;
}

export type Handler = (event: unknown, context: unknown, callback?: unknown) => unknown;

type Compiled = ReturnType<typeof compileFunction>;

/** By file and its last change: many worlds may deploy one assembly. */
const compiledFiles = new Map<string, { mtimeMs: number; compiled: Compiled }>();

function compileOnce(file: string): Compiled {
  const { mtimeMs } = statSync(file);
  const known = compiledFiles.get(file);
  if (known?.mtimeMs === mtimeMs) return known.compiled;
  const compiled = compileFunction(readFileSync(file, 'utf8'), parameterNames, { filename: file });
  compiledFiles.set(file, { mtimeMs, compiled });
  return compiled;
}

export class FunctionCode {
  readonly #file: string;
  readonly #exportName: string;
  #compiled: Compiled | undefined;

  /** `handler` is Lambda's: `index.handler`. Throws DeployError if the file is not there. */
  constructor(folder: string, handler: string) {
    const dot = handler.lastIndexOf('.');
    const stem = join(folder, handler.slice(0, dot));
    const file = ['.js', '.cjs'].map((extension) => `${stem}${extension}`).find(existsSync);
    if (file === undefined) {
      throw new DeployError(`handler ${handler}: there is no ${stem}.js`);
    }
    this.#file = file;
    this.#exportName = handler.slice(dot + 1);
  }

  /** Runs the module and gives its handler. Throws what the module throws. */
  load(globals: ModuleGlobals): Handler {
    this.#compiled ??= compileOnce(this.#file);
    const module = { exports: {} as Record<string, unknown> };
    const own: Record<string, unknown> = { ...globals, global: globals.globalThis };
    const requireReal = createRequire(this.#file);
    const require = (id: string): unknown => replaced(id, globals) ?? requireReal(id);
    const scope: Record<string, unknown> = {
      ...own,
      exports: module.exports,
      require: Object.assign(require, { resolve: requireReal.resolve, cache: requireReal.cache }),
      module,
      __filename: this.#file,
      __dirname: dirname(this.#file),
    };
    this.#compiled(...parameterNames.map((name) => scope[name]));
    const handler = module.exports[this.#exportName];
    if (typeof handler !== 'function') {
      throw Object.assign(new Error(`${this.#exportName} is undefined or not exported`), {
        name: 'Runtime.HandlerNotFound',
      });
    }
    return handler as Handler;
  }
}

const parameterNames = [
  'exports',
  'require',
  'module',
  '__filename',
  '__dirname',
  'process',
  'Date',
  'console',
  'globalThis',
  'global',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'Math',
];

const guardTimers = {
  ...timers,
  setTimeout: (...args: Parameters<typeof timers.setTimeout>) => timers.setTimeout(...args).unref(),
  setInterval: (...args: Parameters<typeof timers.setInterval>) => timers.setInterval(...args).unref(),
};

/** `node:timers` stays real, but keeps no process alive: libraries set their guards there, which are cleared when the work ends. */
function replaced(id: string, globals: ModuleGlobals): unknown {
  switch (id.replace(/^node:/, '')) {
    case 'crypto':
      return { ...crypto, randomUUID: globals.randomUUID };
    case 'process':
      return globals.process;
    case 'timers':
      return guardTimers;
    case 'timers/promises':
      return globals.timersPromises;
    default:
      return undefined;
  }
}
