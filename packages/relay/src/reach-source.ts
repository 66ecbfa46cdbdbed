/** Whether a source answers, asked before anything is made for its mirror. */
import { join } from 'node:path';
import { MirrorRefused, RelayFailed } from './errors.ts';
import type { MirrorOptions } from './options.ts';
import { createSides } from './sides.ts';

/**
 * Lists the source as the mirror will, by the relay and else by git; the destination is not asked.
 * @throws MirrorRefused in words, whatever keeps it from answering; the signal's reason
 */
export async function reachSource(options: MirrorOptions): Promise<void> {
  const sides = createSides(options, { bytesFromSource: 0, bytesToDestination: 0 });
  try {
    await sides.source.git.list(['HEAD']);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof RelayFailed)) throw error;
    const refusal = new MirrorRefused(`the source does not answer: ${error.message}`, 'access');
    if (error.isLast) throw refusal;
    const { mkdtemp, rm } = process.getBuiltinModule('node:fs/promises');
    const { tmpdir } = process.getBuiltinModule('node:os');
    const folder = await mkdtemp(join(options.scratchDir ?? tmpdir(), 'hourglass-source-'));
    try {
      const { listByGit } = await import('./git-cli/list-by-git.ts');
      const git = { folder, environment: options.environment ?? process.env, signal: options.signal };
      await listByGit(sides, 'source', git, options);
    } catch (second) {
      options.signal?.throwIfAborted();
      if (!(second instanceof RelayFailed)) throw second;
      throw refusal;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } finally {
    await sides.close().catch(() => {});
  }
}
