/** One line on a terminal that is written over as the mirror goes on. */
import type { MirrorProgress } from '@hourglass/relay';
import { formatBytes } from './report.ts';

/** More often than this nobody can read it. */
const INTERVAL_MS = 100;

export interface ProgressLine {
  show(progress: MirrorProgress): void;
  /** Leaves the terminal as it was. */
  clear(): void;
}

export function createProgressLine(
  terminal: { write(text: string): unknown; readonly columns?: number },
  nowMs: () => number = () => performance.now(),
): ProgressLine {
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let phase: string | undefined;
  return {
    show(progress) {
      if (progress.phase === phase && nowMs() - shownAtMs < INTERVAL_MS) return;
      phase = progress.phase;
      shownAtMs = nowMs();
      terminal.write(`\r\u001b[K${describeProgress(progress).slice(0, (terminal.columns ?? 80) - 1)}`);
    },
    clear() {
      if (phase !== undefined) terminal.write('\r\u001b[K');
      phase = undefined;
    },
  };
}

export function describeProgress({ phase, refs, objects, bytes, bytesPerSecond }: MirrorProgress): string {
  const parts: string[] = [phase];
  if (refs !== undefined) parts.push(`${refs.toLocaleString('en')} refs`);
  if (objects !== undefined) parts.push(`${objects.toLocaleString('en')} objects`);
  if (bytes !== undefined) parts.push(formatBytes(bytes));
  if (bytesPerSecond !== undefined) parts.push(`${formatBytes(Math.round(bytesPerSecond))}/s`);
  return parts.join('  ');
}
