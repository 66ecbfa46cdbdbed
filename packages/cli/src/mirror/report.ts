/** The result as programs and people read it. */
import type { MirrorRefused, MirrorResult } from '@hourglass/relay';

/** What `--json` prints. Byte counts, milliseconds; credentials nowhere. */
export interface MirrorReport
  extends Pick<
    MirrorResult,
    'result' | 'refs' | 'bytesFromSource' | 'bytesToDestination' | 'durationMs' | 'peakRssBytes'
  > {
  /** null when a guard or the input stopped the mirror before any way was taken. */
  readonly via: MirrorResult['via'] | null;
  /** Only when the history came in several pushes: how many. */
  readonly slices?: number;
  /** Why earlier ways were given up. */
  readonly why: readonly string[];
  /** Of a failure. */
  readonly message?: string;
  /** The branch that the source's HEAD names, by its name at the destination. */
  readonly defaultBranch?: string;
  /** Only when Git LFS pointers were seen, whose files are not carried; `warnings` says how many. */
  readonly lfsPointers?: true;
  /** Only when every rejected ref had moved at the destination meanwhile: another run may pass. */
  readonly moved?: true;
  /** What is no failure and looks like a mistake, or is not carried: a sentence each. */
  readonly warnings: readonly string[];
}

export function reportOf(result: MirrorResult): MirrorReport {
  const { via, why, refs, bytesFromSource, bytesToDestination, durationMs, peakRssBytes, message } = result;
  const { defaultBranch, lfsPointers, slices, warnings } = result;
  return {
    result: result.result,
    via,
    refs,
    bytesFromSource,
    bytesToDestination,
    durationMs: Math.round(durationMs),
    peakRssBytes,
    ...(slices > 0 ? { slices } : {}),
    why,
    ...(message === undefined ? {} : { message }),
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
    ...(lfsPointers ? { lfsPointers } : {}),
    warnings,
    ...(result.moved ? { moved: true } : {}),
  };
}

/** Of a mirror that a guard, the input or a refusal has stopped. @param written before that */
export function failedReport(message: string, durationMs: number, written?: MirrorRefused['written']): MirrorReport {
  return {
    result: 'failed',
    via: null,
    refs: { created: 0, updated: 0, deleted: 0, ...written, rejected: [] },
    bytesFromSource: 0,
    bytesToDestination: 0,
    durationMs: Math.round(durationMs),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    why: [],
    warnings: [],
    message,
  };
}

/** What was done, in one line, then why it was not done another way; of a failure only what was written before it, if anything was. */
export function describeResult(result: MirrorResult): string | undefined {
  const { created, updated, deleted, rejected } = result.refs;
  const { sourceRefs } = result;
  const time = `${(result.durationMs / 1000).toFixed(2)} s`;
  if (result.result === 'unchanged') {
    const same = sourceRefs === 1 ? 'the one ref' : `the same ${sourceRefs} refs`;
    return `unchanged: ${sourceRefs === 0 ? 'neither side has a ref that is to be mirrored' : `both sides have ${same}`} (${time})`;
  }
  const written = created + updated + deleted;
  if (result.result === 'failed' && written === 0) return undefined;
  const counts = [`${created} created`, `${updated} updated`, `${deleted} deleted`];
  if (rejected.length > 0) counts.push(`${rejected.length} rejected`);
  else if (result.result === 'mirrored') counts.push(`${sourceRefs - created - updated} unchanged`);
  const bytes = `${formatBytes(result.bytesFromSource)} from the source, ${formatBytes(result.bytesToDestination)} to the destination`;
  const lines = result.why.map((reason) => `tried before: ${reason}`);
  return [`${result.result}: ${counts.join(', ')} (${result.via}, ${time}; ${bytes})`, ...lines].join('\n');
}

/** 1234567 as `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let value = bytes;
  while (value >= 999.95 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${at === 0 ? value : value.toFixed(1)} ${units[at]}`;
}
