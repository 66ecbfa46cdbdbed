/** What came of a push, as the attempt's end. */
import type { Carried } from '@hourglass/lease';
import { MAX_TIPS, type WorkResult } from '@hourglass/lease-dynamodb';
import { MirrorRefused } from '@hourglass/relay';
import type { Pushed } from '@hourglass/relay/halves';
import { RemoteRefused } from '@hourglass/sources';

export function resultOf(pushed: Pushed): WorkResult {
  const { refs, defaultBranch, sourceRefs, tips } = pushed;
  const carried = carriedOf(pushed);
  const branch = defaultBranch === undefined ? {} : { defaultBranch };
  switch (pushed.result) {
    case 'mirrored':
    case 'unchanged': {
      const message = `${sourceRefs} refs mirrored: ${refs.created + refs.updated} written, ${refs.deleted} deleted`;
      return { status: 'succeeded', message, refs: sourceRefs, tips: tips.slice(0, MAX_TIPS), carried, ...branch };
    }
    case 'stale':
      return { status: 'failed', message: pushed.message ?? 'the destination has moved', stale: true, carried };
    case 'rejected': {
      const shown = refs.rejected.slice(0, 5).map(({ ref, reason }) => `${ref} (${reason})`);
      const more = refs.rejected.length > 5 ? ` and ${refs.rejected.length - 5} more` : '';
      const message = `the destination refused ${refs.rejected.length} refs: ${shown.join(', ')}${more}`;
      return { status: 'failed', message, carried, ...branch, ...(pushed.moved && { stale: true }) };
    }
    case 'failed': {
      const message = pushed.message ?? 'the push has failed';
      if (pushed.cause === 'size') return { status: 'failed', message, handsOver: true, carried };
      return { status: 'failed', message, carried, ...(pushed.cause === 'thin' && { stale: true }) };
    }
  }
}

function carriedOf({ next, fingerprint }: Pushed): Carried {
  const haves = next.haves.slice(0, MAX_TIPS);
  return { haves, thin: next.thin, ...(fingerprint !== undefined && { fingerprint }) };
}

/**
 * @param redact hides credentials of addresses
 * @param signal of the function's own time
 */
export function failureOf(error: unknown, redact: (text: string) => string, signal: AbortSignal): WorkResult {
  if (signal.aborted)
    return { status: 'failed', message: 'the push takes longer than a function may run', handsOver: true };
  const message = redact(error instanceof Error ? error.message : String(error));
  const isFinal = error instanceof RemoteRefused || (error instanceof MirrorRefused && error.kind === 'absent');
  return { status: 'failed', message, ...(isFinal && { permanent: true }) };
}
