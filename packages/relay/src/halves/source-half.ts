/**
 * The source's half of a mirror, where the destination cannot be reached: list the source, pack what the destination does not have, store it.
 *
 * What the destination has is what it showed last. The manifest says which of that the pack builds on, so that the other half can refuse a
 * pack whose ground has gone. Nothing is left behind by a run that fails: the sink is aborted, and no manifest is given.
 */
import { MirrorRefused, NeedsGit, ProtocolViolation, SourceMoved } from '../errors.ts';
import type { MirrorOptions } from '../options.ts';
import { checkNumbers } from '../options-check.ts';
import { prefixesOf, selectMapped, selectRefs } from '../select-refs.ts';
import { createSource, endOf } from '../sides.ts';
import type { Source, SourceRefs } from '../source.ts';
import { createSweep } from '../sweep.ts';
import { fingerprintOf, type Manifest, type SourceShown } from './manifest.ts';
import { type PackSink, storeParts } from './pack-parts.ts';

export type SourceOptions = Pick<
  MirrorOptions,
  | 'source'
  | 'auth'
  | 'sourceNetwork'
  | 'include'
  | 'exclude'
  | 'map'
  | 'signal'
  | 'nowMs'
  | 'environment'
  | 'scratchDir'
>;

export interface PackOptions extends SourceOptions {
  /** Objects that the destination showed last, most useful first: `next.haves` of the last push. */
  readonly haves?: readonly string[];
  /** Whether the pack may leave out what its differences are to; true by default. */
  readonly thin?: boolean;
  /** The fingerprint of what was mirrored whole: if the source shows the same, nothing is packed. */
  readonly known?: string;
  /** Whether the manifest says which haves the source knows: needed for the policies `keep` and `fail`. */
  readonly namesKnown?: boolean;
  /** A bigger pack is not stored. */
  readonly maxPackBytes?: number;
  /** 8 MiB by default; a pack takes two of them in memory, whatever its size. */
  readonly partBytes?: number;
}

export type Packed =
  /** The source shows what `known` says. */
  | { readonly outcome: 'same'; readonly fingerprint: string }
  /** The pack is stored, if there is one; the manifest is to be written now. */
  | { readonly outcome: 'packed'; readonly fingerprint: string; readonly manifest: Manifest };

/** The two halves cannot mirror this, but a git command with both sides in reach may. */
export class CarrierLimit extends Error {
  override readonly name = 'CarrierLimit';
  /** `ssh`: the source's address. `size`: the pack is bigger than it may be. `git`: the source speaks nothing that the relay reads. */
  readonly reason: 'ssh' | 'size' | 'git';
  constructor(message: string, reason: 'ssh' | 'size' | 'git') {
    super(message);
    this.reason = reason;
  }
}

const PART_BYTES = 8 * 1024 * 1024;
/** Looks at a source that moves while it is read. */
const LOOKS = 3;

/** @throws MirrorRefused, CarrierLimit, RelayFailed, the signal's reason */
export async function listSource(options: SourceOptions): Promise<SourceShown & { readonly fingerprint: string }> {
  return await withSource(options, async (source) => {
    const listed = await look(source, options);
    return { ...listed, refs: selectRefs(listed.refs, options), fingerprint: fingerprintOf(listed, options) };
  });
}

/**
 * Lists the source and stores a pack of what it has and the haves do not reach.
 * @throws MirrorRefused, CarrierLimit, RelayFailed (another try may succeed), the signal's reason
 */
export async function packSource(options: PackOptions, sink: PackSink): Promise<Packed> {
  checkNumbers(options);
  return await withSource(options, async (source) => {
    for (let looks = 1; ; looks++) {
      try {
        return await pack(source, options, sink);
      } catch (error) {
        if (!(error instanceof SourceMoved) || looks === LOOKS) throw error;
      }
    }
  });
}

async function withSource<T>(options: SourceOptions, work: (source: Source) => Promise<T>): Promise<T> {
  options.signal?.throwIfAborted();
  const { remote, git } = createSource(endOf('source', options), options, { bytesFromSource: 0 });
  if (remote.kind === 'ssh') throw new CarrierLimit('the source is reached by ssh, which needs the git command', 'ssh');
  try {
    return await work(git);
  } finally {
    git.close();
  }
}

async function look(source: Source, options: SourceOptions): Promise<SourceRefs> {
  try {
    return await source.list(['HEAD', ...prefixesOf(options)]);
  } catch (error) {
    const dumb = error instanceof MirrorRefused && /does not speak git smart HTTP/.test(error.message);
    if (dumb || error instanceof ProtocolViolation || error instanceof NeedsGit)
      throw new CarrierLimit(error.message, 'git');
    throw error;
  }
}

async function pack(source: Source, options: PackOptions, sink: PackSink): Promise<Packed> {
  const { include, exclude, map, signal, maxPackBytes } = options;
  const listed = await look(source, options);
  const { objectFormat, headTarget } = listed;
  const fingerprint = fingerprintOf(listed, options);
  if (fingerprint === options.known) return { outcome: 'same', fingerprint };
  const refs = selectRefs(listed.refs, options);
  // Two refs that would get one name are refused before anything is carried.
  selectMapped(listed.refs, options);
  const offered = [...new Set(options.haves)].filter((oid) => oid.length === (objectFormat === 'sha1' ? 40 : 64));
  const there = new Set(offered);
  const tips = [...new Set(refs.values())];
  const wants = tips.filter((oid) => !there.has(oid));
  const haves = new Set(tips.filter((oid) => there.has(oid)));
  const [tip] = tips;
  const known =
    options.namesKnown && tip !== undefined && offered.length > 0 ? await source.findKnown(tip, offered) : undefined;
  let stored: Manifest['pack'];
  if (wants.length > 0) {
    const request = { wants, haves: offered, thin: options.thin ?? true, ofsDelta: false, namesCommon: true };
    const { objects, bytes, common = there } = await source.fetchPack(request);
    for (const oid of common) if (there.has(oid)) haves.add(oid);
    if (objects > 0) {
      const size = options.partBytes ?? PART_BYTES;
      const parts = await storeParts(bounded(bytes, maxPackBytes), sink, { size, format: objectFormat, signal });
      stored = { ...parts, objects };
    } else for await (const _ of bytes);
  }
  const manifest: Manifest = {
    version: 1,
    objectFormat,
    ...(headTarget === undefined ? {} : { head: headTarget }),
    selection: {
      ...(include && { include: [...include] }),
      ...(exclude && { exclude: [...exclude] }),
      ...(map && { map: [...map] }),
    },
    refs: [...refs],
    haves: [...haves],
    ...(options.namesKnown && { knowledge: { offered, known: [...(known ?? [])] } }),
    ...(stored && { pack: stored }),
  };
  return { outcome: 'packed', fingerprint, manifest };
}

async function* bounded(pack: AsyncIterable<Buffer>, most = Number.POSITIVE_INFINITY) {
  const sweep = createSweep();
  let bytes = 0;
  for await (const piece of pack) {
    bytes += piece.length;
    if (bytes > most) throw new CarrierLimit(`the pack is bigger than the ${most} bytes that are carried so`, 'size');
    yield piece;
    sweep(piece.length);
  }
}
