/**
 * Keeps a stream's garbage small.
 *
 * Each piece read from a socket is memory of its own outside of V8's heap, and V8 sees no reason to collect it before 64 MB of it have
 * gathered. A small collection for every megabyte takes a millisecond and keeps the process as small as what it really holds.
 */

const EVERY_BYTES = 1024 * 1024;

/** Gives a function to be called with the bytes that have passed. */
export function createSweep(): (bytes: number) => void {
  let since = 0;
  let collect: ((options: { type: 'minor' }) => void) | undefined;
  return (bytes) => {
    since += bytes;
    if (since < EVERY_BYTES) return;
    since = 0;
    collect ??= findCollector();
    collect({ type: 'minor' });
  };
}

/** The collector can be had at any time, without a flag on the command line. */
function findCollector(): (options: { type: 'minor' }) => void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  return process.getBuiltinModule('node:vm').runInNewContext('gc');
}
