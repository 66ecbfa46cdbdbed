/** The end of a mirror in slices. */
import { RelayFailed } from '../errors.ts';
import type { MirrorOptions } from '../options.ts';
import type { Advertisement } from '../protocol/capabilities.ts';
import { encodeCommands } from '../protocol/receive-commands.ts';
import type { Sides } from '../sides.ts';

/** Takes the temporary refs away. What cannot be taken away now is so after the next run: nothing but a name is left. */
export async function removeTemporaryRefs(
  sides: Pick<Sides, 'destination'>,
  there: Advertisement,
  temporary: ReadonlyMap<string, string>,
  options: Pick<MirrorOptions, 'maxRefsPerPush' | 'signal'>,
): Promise<void> {
  if (temporary.size === 0) return;
  const all = [...temporary].map(([ref, from]) => ({ ref, from, to: undefined }));
  const size = options.maxRefsPerPush ?? 4000;
  try {
    for (let at = 0; at < all.length; at += size) {
      const commands = all.slice(at, at + size);
      const shape = { sideBand: there.capabilities.has('side-band-64k'), maxRefs: commands.length };
      await sides.destination.git.push(encodeCommands(commands, there), undefined, shape);
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof RelayFailed)) throw error;
  }
}
