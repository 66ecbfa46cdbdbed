/** What the ways of one mirror share. */
import type { PackRefused } from './errors.ts';
import type { LfsScan } from './lfs-scan.ts';
import type { MirrorOptions } from './options.ts';
import type { ProgressReport } from './progress.ts';
import type { Refs } from './protocol/object-id.ts';

export interface RunContext {
  readonly options: MirrorOptions;
  readonly progress: ProgressReport;
  readonly lfs: LfsScan;
  /** The source's selected refs at the last look. */
  source: Refs | undefined;
  /** The destination's selected refs at the first look of the whole mirror. */
  firstSeen: Refs | undefined;
  /** What the destination has reported as written: objects by ref, undefined for what was deleted. */
  readonly arrived: Map<string, string | undefined>;
  /** Set once a push was refused for its size, or cut: nothing of that size is sent again. */
  refused: PackRefused | undefined;
  /** Whether a mirror in slices was begun. */
  isSliced: boolean;
  /** Slices that have passed. */
  slices: number;
}
