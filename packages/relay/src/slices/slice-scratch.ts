/**
 * Slices out of a scratch repository that git has fetched into: for sources that give no parts of their history themselves.
 */
import { RelayFailed } from '../errors.ts';
import { ceilingOf } from '../relay.ts';
import type { RunContext } from '../run-context.ts';
import type { Sides } from '../sides.ts';
import { Source } from '../source.ts';
import { uploadPackByProcess } from '../transport/upload-pack.ts';
import { pushSlices } from './push-slices.ts';
import { temporaryRefsOf } from './temporary-refs.ts';

/** @throws PackRefused, RelayFailed, MirrorRefused */
export async function pushScratchInSlices(
  sides: Sides,
  repository: string,
  asked: { readonly tips: readonly string[]; readonly first: string | undefined },
  context: RunContext,
): Promise<void> {
  const { options } = context;
  const source = new Source(() =>
    uploadPackByProcess({
      remote: { kind: 'local', path: repository },
      side: 'source',
      service: 'upload-pack',
      network: undefined,
      environment: options.environment ?? process.env,
      scratchDir: options.scratchDir,
      signal: options.signal,
      onRead() {},
      onWritten() {},
    }),
  );
  try {
    const [there] = await Promise.all([sides.destination.git.list(), source.list([])]);
    if (!there.capabilities.has('report-status')) throw new RelayFailed('the destination does not report on pushes');
    const temporary = temporaryRefsOf(there.refs, new Map());
    context.isSliced = true;
    await pushSlices(
      { ...sides, source: { ...sides.source, git: source } },
      {
        ...asked,
        there,
        temporary,
        maxRefsPerPush: options.maxRefsPerPush ?? 4000,
        ceiling: ceilingOf(context, temporary),
      },
      context,
    );
  } finally {
    source.close();
  }
}
