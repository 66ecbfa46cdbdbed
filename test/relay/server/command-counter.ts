/** Counts the ref commands of a push while its body streams by, up to the flush packet that ends them. */
import { Transform } from 'node:stream';

/** Passes bytes on; calls `tooMany` once, and swallows the rest, when there are more commands than `limit`. */
export function createCommandCounter(limit: number, tooMany: () => void): Transform {
  let held = Buffer.alloc(0);
  let commands = 0;
  let state: 'commands' | 'pack' | 'refused' = 'commands';

  function count(chunk: Buffer): void {
    held = Buffer.concat([held, chunk]);
    while (state === 'commands' && held.length >= 4) {
      const length = Number.parseInt(held.subarray(0, 4).toString('latin1'), 16);
      if (!(length >= 4)) state = 'pack';
      else if (held.length < length) return;
      else commands += 1;
      held = held.subarray(length);
    }
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (state === 'commands') {
        count(chunk);
        if (commands > limit) {
          state = 'refused';
          tooMany();
        }
      }
      // The flush packet itself never passes in a refused push, so receive-pack writes nothing.
      done(null, state === 'refused' ? undefined : chunk);
    },
  });
}
