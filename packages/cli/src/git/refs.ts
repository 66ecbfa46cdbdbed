/** The branches and tags of a repository, and how those of two repositories differ. */
import { runGit } from './run-git.ts';

/** Ref name to object id, heads and tags only. */
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
  const listing = await runGit(['ls-remote', '--refs', '--heads', '--tags', '--', String(urlOrPath)]);
  const refs = new Map<string, string>();
  for (const line of listing.split('\n')) {
    const [oid, name] = line.split('\t');
    if (oid && name) refs.set(name, oid);
  }
  return refs;
}

/** Compares two lists of refs; `equal` means same names at same objects. */
export function compareRefs(a: Refs, b: Refs): RefsDifference {
  const missing = [...a.keys()].filter((name) => !b.has(name));
  const extra = [...b.keys()].filter((name) => !a.has(name));
  const different = [...a].filter(([name, oid]) => b.has(name) && b.get(name) !== oid).map(([name]) => name);
  return { equal: missing.length + extra.length + different.length === 0, missing, extra, different };
}
