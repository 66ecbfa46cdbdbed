/** What came of a push, as the attempt's end. */
import type { Carried } from '@hourglass/lease';
import { MAX_TIPS, type WorkResult } from '@hourglass/lease-dynamodb';
import { MirrorRefused } from '@hourglass/relay';
import type { Pushed } from '@hourglass/relay/halves';
import { RemoteRefused } from '@hourglass/sources';

/** @param packBytes of the pack that was stored for it, 0 without one */
export function resultOf(pushed: Pushed, packBytes: number): WorkResult {
  const report = reportOf(pushed, packBytes);
  const { refs, defaultBranch, sourceRefs, tips } = pushed;
  const carried = carriedOf(pushed);
  const branch = defaultBranch === undefined ? {} : { defaultBranch };
  switch (pushed.result) {
    case 'mirrored':
    case 'unchanged': {
      const message = `refs mirrored: ${sourceRefs}, written: ${refs.created + refs.updated}, deleted: ${refs.deleted}`;
      return {
        status: 'succeeded',
        message,
        refs: sourceRefs,
        tips: tips.slice(0, MAX_TIPS),
        carried,
        report,
        ...branch,
      };
    }
    case 'stale':
      return { status: 'failed', message: pushed.message ?? 'the destination has moved', stale: true, carried };
    case 'rejected': {
      const shown = refs.rejected.slice(0, 5).map(({ ref, reason }) => `${ref} (${reason})`);
      const more = refs.rejected.length > 5 ? ` and ${refs.rejected.length - 5} more` : '';
      const message = `the destination refused ${refs.rejected.length} of the refs: ${shown.join(', ')}${more}`;
      return { status: 'failed', message, carried, report, ...branch, ...(pushed.moved && { stale: true }) };
    }
    case 'failed': {
      const message = pushed.message ?? 'the push has failed';
      if (pushed.cause === 'size') return { status: 'failed', message, handsOver: true, carried };
      return { status: 'failed', message, carried, ...(pushed.cause === 'thin' && { stale: true }) };
    }
  }
}

/** Refs that the history keeps of those that were refused, and characters of a reason. */
const MAX_REJECTED = 50;
const MAX_REASON = 200;

/** For the history: as a task's, but that it does not name each ref that was written. */
function reportOf({ refs: { created, updated, deleted, rejected }, sourceRefs }: Pushed, bytes: number) {
  const changes = rejected.slice(0, MAX_REJECTED).map(({ ref, reason }) => ({
    ref,
    action: 'rejected',
    from: null,
    to: null,
    reason: reason.slice(0, MAX_REASON).toWellFormed(),
  }));
  const counts = { refs: sourceRefs, created, updated, deleted, rejected: rejected.length };
  return { via: 'direct', bytes, ...counts, ...(changes.length > 0 && { changes }) };
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
