/** Which refs a mirror is about, and under which names they arrive: branches and tags, or those that patterns name. Pure. */
import { MirrorRefused } from './errors.ts';
import type { Refs } from './protocol/object-id.ts';
import { isRefName, isText, readShown, show, showShort } from './protocol/ref-name.ts';
import { quoted } from './redact.ts';

export interface RefSelection {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** `SRC:DST`; what is mapped is selected. */
  readonly map?: readonly string[] | undefined;
}

const DEFAULT = ['refs/heads/*', 'refs/tags/*'];

/** The prefixes to ask a source for; they may cover more than is selected. */
export function prefixesOf(selection: RefSelection): string[] {
  const patterns = [...expand(included(selection)), ...readMap(selection).map(({ from }) => from)];
  return [...new Set(patterns.map((pattern) => pattern.replace(/\*.*$/s, '')))];
}

/** The selected refs of a source, by their own names. @throws MirrorRefused for a pattern that is empty or holds what no ref name holds */
export function selectRefs(refs: Refs, selection: RefSelection): Map<string, string> {
  const nameOf = renamer(selection);
  return new Map([...refs].filter(([name]) => nameOf(name) !== undefined));
}

/** The selected refs of a source, by the names that they are to have. @throws MirrorRefused, also if two of them would have one name, or one has no object */
export function selectMapped(refs: Refs, selection: RefSelection): Map<string, string> {
  const nameOf = renamer(selection);
  const origins = new Map<string, string>();
  const mapped = new Map<string, string>();
  // A server lists a ref that it cannot read with an id of zeros.
  const broken: string[] = [];
  for (const [name, oid] of refs) {
    const to = nameOf(name);
    if (to === undefined) continue;
    const other = origins.get(to);
    if (other !== undefined)
      throw new MirrorRefused(`${showShort(other)} and ${showShort(name)} would both become ${showShort(to)}`, 'input');
    origins.set(to, name);
    mapped.set(to, oid);
    if (/^0+$/.test(oid)) broken.push(name);
  }
  const [one, ...others] = broken;
  if (one !== undefined) {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    throw new MirrorRefused(
      `the source's ref ${showShort(one)}${more} shows no object: it is broken there; mend or delete it, or leave it out by an exclude pattern`,
    );
  }
  return mapped;
}

/** What a ref of the source is to be called, if it is selected. */
export function renamer(selection: RefSelection): (name: string) => string | undefined {
  const includes = matcher(included(selection));
  const excludes = matcher(selection.exclude ?? []);
  const rules = readMap(selection);
  return (name) => {
    if (!name.startsWith('refs/') || excludes(name)) return undefined;
    for (const rule of rules) {
      const to = rename(name, rule);
      if (to !== undefined) return to;
    }
    return includes(name) ? name : undefined;
  };
}

/** The destination's refs that are to be like the source's. @throws as `selectRefs` */
export function selectDestination(refs: Refs, selection: RefSelection): Map<string, string> {
  const includes = matcher([...included(selection), ...readMap(selection).map(({ to }) => show(to))]);
  const excludes = matcher(selection.exclude ?? []);
  return new Map([...refs].filter(([name]) => name.startsWith('refs/') && includes(name) && !excludes(name)));
}

/** Patterns and maps, as they were given, that no ref of the source fits. */
export function unmatched(refs: Refs, selection: RefSelection): { readonly include: string[]; readonly map: string[] } {
  const names = [...refs.keys()].filter((name) => name.startsWith('refs/'));
  const { include = [], map = [] } = selection;
  const rules = readMap(selection);
  return {
    include: include.filter((pattern) => !names.some(matcher([pattern]))),
    map: map.filter((_, n) => {
      const rule = rules[n];
      return rule !== undefined && !names.some((name) => rename(name, rule) !== undefined);
    }),
  };
}

function included({ include, map }: RefSelection): readonly string[] {
  if (include !== undefined && include.length > 0) return include;
  return map === undefined || map.length === 0 ? DEFAULT : [];
}

/** The short name of a branch; undefined for every other ref, and for a name that no text can hold. */
export function branchOf(ref: string | undefined): string | undefined {
  return ref?.startsWith('refs/heads/') && isText(ref) ? show(ref.slice('refs/heads/'.length)) : undefined;
}

interface Rule {
  readonly from: string;
  readonly to: string;
}

function readMap({ map }: RefSelection): Rule[] {
  return (map ?? []).map((given) => {
    const refuse = (why: string) => new MirrorRefused(`the map ${quoted(given)} is refused: ${why}`, 'input');
    const [source = '', destination = '', ...more] = readShown(given).split(':');
    if (source === '' || destination === '' || more.length > 0) throw refuse('it must be SRC:DST');
    const [from, to] = [source, destination].map((name) => (name.startsWith('refs/') ? name : `refs/heads/${name}`));
    const stars = [from, to].map((name = '') => name.split('*').length - 1);
    if (stars[0] !== stars[1] || (stars[0] ?? 0) > 1) throw refuse('both sides have one * or none');
    for (const name of [from, to]) {
      if (name === undefined || !isRefName(name.replace('*', 'x')))
        throw refuse(`${showShort(name ?? '')} is no name of a ref`);
    }
    return { from: from ?? '', to: to ?? '' };
  });
}

function rename(name: string, { from, to }: Rule): string | undefined {
  const [head = '', tail] = from.split('*');
  if (tail === undefined) return name === from ? to : undefined;
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return undefined;
  return to.split('*').join(name.slice(head.length, name.length - tail.length));
}

function expand(patterns: readonly string[]): string[] {
  return patterns.flatMap((given) => {
    const pattern = readShown(given);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes that no name has
    if (pattern === '' || /[\x00-\x20\x7f~^:?[\\]/.test(pattern)) {
      throw new MirrorRefused(`${quoted(given)} is not a pattern of refs: * is the only wildcard`, 'input');
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
