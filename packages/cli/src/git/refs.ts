/** The branches and tags of a repository, and how those of two repositories differ. */
import { parseRefListing } from '@hourglass/relay';
import { runGit } from './run-git.ts';

/** Ref name, one character a byte as the relay has it, to object id; heads and tags only. */
export type Refs = ReadonlyMap<string, string>;

export interface RefsDifference {
  readonly equal: boolean;
  /** In the first only. */
  readonly missing: readonly string[];
  /** In the second only. */
  readonly extra: readonly string[];
  /** In both, at different objects. */
  readonly different: readonly string[];
}

/**
 * Lists heads and tags of a repository by its URL or path, as a client sees them.
 * @throws GitFailed
 */
export async function listRefs(urlOrPath: string | URL): Promise<Map<string, string>> {
  const words = ['ls-remote', '--refs', '--heads', '--tags', '--', String(urlOrPath)];
  return parseRefListing(await runGit(words, { encoding: 'latin1' })).refs;
}

/** Compares two lists of refs; `equal` means same names at same objects. */
export function compareRefs(a: Refs, b: Refs): RefsDifference {
  const missing = [...a.keys()].filter((name) => !b.has(name));
  const extra = [...b.keys()].filter((name) => !a.has(name));
  const different = [...a].filter(([name, oid]) => b.has(name) && b.get(name) !== oid).map(([name]) => name);
  return { equal: missing.length + extra.length + different.length === 0, missing, extra, different };
}
