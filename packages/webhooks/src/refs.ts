/** Branches and tags in payloads. */
import type { RefChange } from './delivery.ts';
import { textAt } from './fields.ts';

/** SHA-1 repositories have ids of 40 digits, SHA-256 ones of 64. */
export function isZeroId(id: unknown): boolean {
  return typeof id === 'string' && /^(?:0{40}|0{64})$/.test(id);
}

/** A test button sends before = after, which may be all zeros: nothing was deleted. */
export function isDeletion(before: unknown, after: unknown): boolean {
  return isZeroId(after) && !isZeroId(before);
}

/** The full name of what a `create` or `delete` event calls `main` or, with some servers, `refs/heads/main`. */
export function fullRef(ref: string, type: unknown): string {
  const namespace = type === 'tag' ? 'refs/tags/' : 'refs/heads/';
  return ref.startsWith(namespace) ? ref : namespace + ref;
}

/** A change given as `{ref, before, after}`; nothing if it names no ref. */
export function changesOf(...changes: readonly unknown[]): RefChange[] {
  return changes.flatMap((change) => {
    const ref = textAt(change, 'ref');
    if (ref === undefined) return [];
    const { before, after } = change as { before?: unknown; after?: unknown };
    return [{ ref, deleted: isDeletion(before, after) }];
  });
}
