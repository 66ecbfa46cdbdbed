/**
 * A function's code: one CommonJS file in a folder. It is compiled once and its libraries are run once, for all functions and worlds that deploy the
 * file; the function's own modules are run anew for each execution environment.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import { DeployError } from '../errors.ts';
import { splitBundle } from './split-bundle.ts';
import { createVirtualGlobal, virtualModules, virtualNames } from './virtual-globals.ts';

export type Handler = (event: unknown, context: unknown, callback?: unknown) => unknown;

/** Runs the function's own modules, which leave what they export in `module`. */
type OwnModules = (
  module: { exports: Record<string, unknown> },
  exports: object,
  ...globalObjectByBothNames: [object, object]
) => void;

/** By file and its last change: many worlds may deploy one assembly. */
const loadedFiles = new Map<string, { mtimeMs: number; runOwn: OwnModules }>();

/** Must be called in an execution environment. */
function loadOnce(file: string): OwnModules {
  const { mtimeMs } = statSync(file);
  const known = loadedFiles.get(file);
  if (known?.mtimeMs === mtimeMs) return known.runOwn;
  const { libraries, own } = splitBundle(readFileSync(file, 'utf8'));
  const text = `${libraries}\nreturn function (module, exports, globalThis, global) {${own}\n};`;
  const globalObject = createVirtualGlobal();
  const requireReal = createRequire(file);
  const scope: Record<string, unknown> = {
    ...virtualNames,
    globalThis: globalObject,
    global: globalObject,
    require: Object.assign((id: string) => virtualModules[id.replace(/^node:/, '')] ?? requireReal(id), {
      resolve: requireReal.resolve,
      cache: requireReal.cache,
    }),
    __filename: file,
    __dirname: dirname(file),
  };
  const runLibraries = compileFunction(text, Object.keys(scope), { filename: file });
  const runOwn = runLibraries(...Object.values(scope)) as OwnModules;
  loadedFiles.set(file, { mtimeMs, runOwn });
  return runOwn;
}

export class FunctionCode {
  readonly #file: string;
  readonly #exportName: string;

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

  /** Runs the module in the current execution environment and gives its handler. Throws what the module throws. */
  load(globalObject: object): Handler {
    const module = { exports: {} as Record<string, unknown> };
    loadOnce(this.#file)(module, module.exports, globalObject, globalObject);
    const handler = module.exports[this.#exportName];
    if (typeof handler !== 'function') {
      throw Object.assign(new Error(`${this.#exportName} is undefined or not exported`), {
        name: 'Runtime.HandlerNotFound',
      });
    }
    // From Node 24 on the runtime goes by the number of parameters, and refuses it when it starts: https://github.com/honojs/hono/issues/4772
    if (handler.length >= 3) {
      throw Object.assign(new Error('AWS Lambda has removed support for callback-based function handlers'), {
        name: 'Runtime.CallbackHandlerDeprecated',
      });
    }
    return handler as Handler;
  }
}
