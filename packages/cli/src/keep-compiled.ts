/**
 * What V8 compiles is kept for the next start: in a folder of the user's own, since whoever could write there would decide what runs. Where no such
 * folder can be had, Node's own choice will do. NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE hold as for any program.
 */
import module from 'node:module';
import { join } from 'node:path';

export function keepCompiled(environment: NodeJS.ProcessEnv = process.env): void {
  const { XDG_CACHE_HOME, HOME, LOCALAPPDATA } = environment;
  const caches = XDG_CACHE_HOME || (HOME ? join(HOME, '.cache') : LOCALAPPDATA);
  // Node 20 has none.
  if (module.enableCompileCache === undefined) return;
  const { FAILED } = module.constants.compileCacheStatus;
  if (!caches || module.enableCompileCache(join(caches, 'hourglass', 'compiled')).status === FAILED) {
    module.enableCompileCache();
  }
}
