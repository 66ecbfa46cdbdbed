/** What a mirror has found that is no failure, and that its owner would want to know. Pure; for people, in one sentence each. */
import type { LfsScan } from './lfs-scan.ts';
import type { Refs } from './protocol/object-id.ts';
import { isText, showShort } from './protocol/ref-name.ts';
import { quoted } from './redact.ts';
import { type RefSelection, renamer, unmatched } from './select-refs.ts';

export interface Found {
  /** The source's refs by their own names: at least those that the selection is about. */
  readonly listed: Refs;
  /** What of them was selected, and what the destination had. */
  readonly selected: number;
  readonly before: number;
  /** The ref that the source's HEAD names, by its own name. */
  readonly headTarget: string | undefined;
  readonly selection: RefSelection;
  readonly lfs: Pick<LfsScan, 'count' | 'isFull'>;
  /** Where one of the Git LFS pointers lies. */
  readonly lfsExample?: string | undefined;
}

export function warningsOf(found: Found): string[] {
  const { selection, selected, before } = found;
  const idle = unmatched(found.listed, selection);
  const warnings = [
    ...idle.include.map((pattern) => `the pattern ${quoted(pattern)} matches no ref of the source`),
    ...idle.map.map((rule) => `the map ${quoted(rule)} matches no ref of the source`),
  ];
  const isPlain = (selection.include ?? []).length + (selection.map ?? []).length === 0;
  if (isPlain && selected === 0 && before === 0) {
    warnings.push(
      found.listed.size === 0
        ? 'the source has no branches and no tags, and neither has the destination: nothing was mirrored'
        : 'nothing that the source has is selected, and the destination has nothing: nothing was mirrored',
    );
  }
  const head = found.headTarget === undefined ? undefined : renamer(selection)(found.headTarget);
  if (head?.startsWith('refs/heads/') && !isText(head)) {
    warnings.push(
      `the source's default branch, ${showShort(head.slice('refs/heads/'.length))}, has a name that no text can hold: the destination's stays as it is`,
    );
  }
  if (found.lfs.count > 0) warnings.push(describePointers(found));
  return warnings;
}

function describePointers({ lfs, lfsExample }: Found): string {
  const [s, are, files] =
    lfs.count === 1 ? ['', 'was', 'the file behind it is'] : ['s', 'were', 'the files behind them are'];
  const such = lfsExample === undefined ? '' : `, such as ${showShort(lfsExample)},`;
  return `${lfs.isFull ? 'more than ' : ''}${lfs.count} Git LFS pointer${s}${such} ${are} carried, and ${files} not`;
}
