/**
 * From two lists of refs to ordered pushes. Pure.
 *
 * Deletions come first, since `a` must go before `a/b` can come; where names really clash so, the deletions in the way are a push of
 * their own, because a destination may apply one push as a whole.
 */
import { MirrorRefused } from './errors.ts';
import type { Divergence, RejectedRef } from './options.ts';
import type { Refs } from './protocol/object-id.ts';
import type { RefCommand } from './protocol/receive-commands.ts';
import { isRefName, MAX_NAME_BYTES, showShort } from './protocol/ref-name.ts';

export interface PlanInput {
  /** Selected refs of the source. */
  readonly source: Refs;
  /** Selected refs of the destination. */
  readonly destination: Refs;
  readonly divergence: Divergence;
  /** Objects of the destination that the source has or once had; needed unless everything is overwritten. */
  readonly known?: ReadonlySet<string>;
  readonly allowMassDelete: boolean;
  readonly maxRefsPerPush: number;
  /** Of a push's lines, which count for its size as its pack does. */
  readonly maxCommandBytes?: number | undefined;
  readonly canDelete: boolean;
  /** Other objects that the destination has, without a selected ref. */
  readonly alsoThere: readonly string[];
  readonly rememberedTips: readonly string[];
}

export interface Batch {
  readonly commands: readonly RefCommand[];
  /** `none`: deletions only. `empty`: every object is there already. `fetch`: the source must give a pack. */
  readonly pack: 'none' | 'empty' | 'fetch';
  readonly wants: readonly string[];
  /** Most useful first. */
  readonly haves: readonly string[];
}

export interface Plan {
  readonly batches: readonly Batch[];
  /** Refs that differ and are not to be changed, or cannot be. */
  readonly kept: readonly RejectedRef[];
}

/** So many lines are a megabyte: a source that knows none of them has little in common anyway. */
const MAX_HAVES = 16_384;
/** Fewer deletions than this are everyday life, whatever their share. */
const FEW = 10;

/** @throws MirrorRefused by the mass-delete guard, or for diverged refs under `fail` */
export function planMirror(input: PlanInput): Plan {
  const { source, destination } = input;
  refuseMassDelete(input);
  const kept: RejectedRef[] = [];
  const changes: RefCommand[] = [];
  const diverged: string[] = [];
  for (const [ref, from] of destination) {
    const to = source.get(ref);
    if (to === from) continue;
    const odd = refusedName(ref);
    if (odd !== undefined) {
      kept.push({ ref, reason: odd });
      continue;
    }
    if (input.divergence !== 'overwrite' && input.known?.has(from) !== true) diverged.push(ref);
    else if (to === undefined && !input.canDelete)
      kept.push({ ref, reason: 'the destination does not allow deletions' });
    else changes.push({ ref, from, to });
  }
  if (diverged.length > 0 && input.divergence === 'fail') {
    throw new MirrorRefused(
      `nothing was written: the destination has commits that the source does not have, on ${some(diverged)}`,
    );
  }
  kept.push(
    ...diverged.map((ref) => ({ ref, reason: 'kept: the destination has commits that the source does not have' })),
  );
  for (const [ref, to] of source) {
    if (destination.has(ref)) continue;
    const reason = refusedName(ref);
    if (reason === undefined) changes.push({ ref, from: undefined, to });
    else kept.push({ ref, reason });
  }
  return { batches: makeBatches(changes, input), kept };
}

/** Why no push can name a ref so. */
function refusedName(ref: string): string | undefined {
  if (!isRefName(ref)) return 'git does not accept this name';
  return ref.length > MAX_NAME_BYTES ? 'the name is too long for a push' : undefined;
}

function refuseMassDelete({ source, destination, allowMassDelete }: PlanInput): void {
  if (allowMassDelete || destination.size === 0) return;
  if (source.size === 0) {
    throw new MirrorRefused(
      `the source has no branches and no tags, but the destination has refs (${destination.size}): an empty source never wipes a mirror unless mass deletion is allowed`,
    );
  }
  const gone = [...destination.keys()].filter((ref) => !source.has(ref)).length;
  if (gone > FEW && gone * 2 > destination.size) {
    throw new MirrorRefused(
      `${gone} of the destination's ${destination.size} refs are not in the source: so many are deleted only if mass deletion is allowed`,
    );
  }
}

function makeBatches(changes: readonly RefCommand[], input: PlanInput): Batch[] {
  const deletions = changes.filter(({ to }) => to === undefined);
  const writes = changes.filter(({ to }) => to !== undefined).sort(branchesFirst);
  const clashing = findClashing(deletions, writes);
  const inTheWay = deletions.filter(({ ref }) => clashing.has(ref));
  const rest = [...deletions.filter(({ ref }) => !clashing.has(ref)), ...writes];
  const groups = [...inBatches(inTheWay, input), ...inBatches(rest, input)];

  const there = new Set([...input.destination.values(), ...input.alsoThere]);
  return groups.map((commands) => {
    const news = new Set(commands.flatMap(({ to }) => to ?? []));
    const wants = [...news].filter((oid) => !there.has(oid));
    const pack = news.size === 0 ? 'none' : wants.length === 0 ? 'empty' : 'fetch';
    const olds = commands.flatMap(({ from, to }) => (from !== undefined && to !== undefined ? [from] : []));
    const haves =
      pack === 'fetch' ? [...new Set([...olds, ...input.rememberedTips, ...there])].slice(0, MAX_HAVES) : [];
    for (const oid of wants) there.add(oid);
    return { commands, pack, wants, haves } as const;
  });
}

/** Branches share the most with what comes after them. */
function branchesFirst(a: RefCommand, b: RefCommand): number {
  return Number(b.ref.startsWith('refs/heads/')) - Number(a.ref.startsWith('refs/heads/'));
}

/** The deletions whose name is a folder of a written ref, or lies in a folder that is to be a ref. */
function findClashing(deletions: readonly RefCommand[], writes: readonly RefCommand[]): Set<string> {
  const deleted = new Set(deletions.map(({ ref }) => ref));
  const written = new Set(writes.map(({ ref }) => ref));
  const clashing = new Set<string>();
  for (const ref of written) for (const folder of foldersOf(ref)) if (deleted.has(folder)) clashing.add(folder);
  for (const ref of deleted) if (foldersOf(ref).some((folder) => written.has(folder))) clashing.add(ref);
  return clashing;
}

function foldersOf(ref: string): string[] {
  const parts = ref.split('/');
  return parts.slice(1).map((_, n) => parts.slice(0, n + 1).join('/'));
}

type Bounds = Pick<PlanInput, 'maxRefsPerPush' | 'maxCommandBytes'>;

function inBatches(all: readonly RefCommand[], { maxRefsPerPush, maxCommandBytes = Infinity }: Bounds): RefCommand[][] {
  const batches: RefCommand[][] = [];
  let bytes = 0;
  for (const command of all) {
    const batch = batches.at(-1);
    const own = sizeOf(command);
    if (batch && batch.length < maxRefsPerPush && bytes + own <= maxCommandBytes) {
      batch.push(command);
      bytes += own;
    } else {
      batches.push([command]);
      bytes = own;
    }
  }
  return batches;
}

/** Of its line: the length, two ids, two blanks and the name, which has one character a byte. */
function sizeOf({ ref, from, to }: RefCommand): number {
  return 4 + 2 * (to ?? from ?? '').length + 2 + ref.length;
}

/** A few names, for a message. */
export function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(showShort).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
