/** Which refs a mirror is about: branches and tags, or those that patterns name. Pure. */
import { MirrorRefused } from './errors.ts';
import type { Refs } from './protocol/object-id.ts';

export interface RefSelection {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

const DEFAULT = ['refs/heads/*', 'refs/tags/*'];

/** The prefixes to ask a source for; they may cover more than is selected. */
export function prefixesOf(selection: RefSelection): string[] {
  const patterns = expand(included(selection));
  return [...new Set(patterns.map((pattern) => pattern.replace(/\*.*$/s, '')))];
}

/** The selected refs. @throws MirrorRefused for a pattern that is empty or holds what no ref name holds */
export function selectRefs(refs: Refs, selection: RefSelection): Map<string, string> {
  const includes = matcher(included(selection));
  const excludes = matcher(selection.exclude ?? []);
  return new Map([...refs].filter(([name]) => name.startsWith('refs/') && includes(name) && !excludes(name)));
}

function included({ include }: RefSelection): readonly string[] {
  return include === undefined || include.length === 0 ? DEFAULT : include;
}

function expand(patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => {
    if (pattern === '' || /[\p{Cc} ~^:?[\\]/u.test(pattern)) {
      throw new MirrorRefused(`${JSON.stringify(pattern)} is not a pattern of refs: * is the only wildcard`, 'input');
    }
    return pattern.startsWith('refs/') ? [pattern] : [`refs/heads/${pattern}`, `refs/tags/${pattern}`];
  });
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  // Matched piece by piece, not by a regular expression: a pattern of many stars must not take forever.
  const split = expand(patterns).map((pattern) => pattern.split('*'));
  return (name) => split.some((pieces) => matchesPieces(name, pieces));
}

function matchesPieces(name: string, pieces: readonly string[]): boolean {
  const [first = '', ...others] = pieces;
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of others) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
