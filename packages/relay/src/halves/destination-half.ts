/**
 * The destination's half of a mirror, where the source cannot be reached: list the destination, plan, push the stored pack, verify.
 *
 * Nothing is pushed that builds on what the destination does not show: then the result is `stale`, and `next` says what to ask the source
 * with. Whoever comes twice with one manifest finds the refs there, and nothing is left to do.
 */
import { once, pushBatches, refuseOtherFormat, selectThere, verify } from '../destination-side.ts';
import { PackRefused, RelayFailed, StoredPackBroken, UnpackFailed } from '../errors.ts';
import { LfsScan } from '../lfs-scan.ts';
import type { MirrorOptions, RejectedRef } from '../options.ts';
import { checkNumbers } from '../options-check.ts';
import { describeOutcome, hasMoved } from '../outcome.ts';
import { peakRssBytes } from '../peak-memory.ts';
import { type Batch, type Plan, planMirror } from '../plan.ts';
import { ProgressReport } from '../progress.ts';
import type { Advertisement } from '../protocol/capabilities.ts';
import type { Refs } from '../protocol/object-id.ts';
import { emptyPack } from '../protocol/pack.ts';
import type { PushContext } from '../push-pack.ts';
import { renamer, selectMapped } from '../select-refs.ts';
import { createDestination, endOf, type Sides } from '../sides.ts';
import { removeTemporaryRefs } from '../slices/remove-temporary-refs.ts';
import type { Pack } from '../source.ts';
import { warningsOf } from '../warnings.ts';
import { fingerprintOf, type Manifest } from './manifest.ts';
import { type PackStore, readStored } from './stored-pack.ts';

export type DestinationOptions = Pick<
  MirrorOptions,
  'destination' | 'auth' | 'destinationNetwork' | 'signal' | 'nowMs' | 'environment' | 'scratchDir'
>;

export interface PushOptions
  extends DestinationOptions,
    Pick<MirrorOptions, 'divergence' | 'allowMassDelete' | 'maxRefsPerPush' | 'onProgress'> {
  readonly manifest: Manifest;
  /** Read once for each push that needs the pack; never if the manifest has none. */
  readonly store: PackStore;
  /**
   * Asked after the look at the destination and before the first push: whether this is still the attempt that may push. In this order a
   * newer attempt cannot be undone: either it is seen here, or its push moves what was looked at, and this one's is refused.
   */
  readonly mayPush?: () => Promise<boolean>;
}

/** What to ask the source with next time. */
export interface NextRequest {
  /** What the destination shows now, branches first. */
  readonly haves: readonly string[];
  readonly thin: boolean;
}

export interface Pushed {
  /**
   * `stale`: nothing was pushed, since the destination does not show what the pack builds on; a new look at the source with `next` helps.
   * `rejected`: some refs could not be, or were not to be, changed. `failed`: `message` and `cause` say why.
   */
  readonly result: 'mirrored' | 'unchanged' | 'rejected' | 'stale' | 'failed';
  /**
   * Of a failure. `size`: the destination did not take a pack so big, or was cut. `thin`: it lacks objects; `next` is mended. `store`: the
   * stored pack is not what the manifest says.
   */
  readonly cause?: 'size' | 'thin' | 'store' | 'other';
  /** For people, of `stale` and `failed`: without credentials. */
  readonly message?: string;
  /** Whether every ref that was rejected had moved since the look: somebody else pushes, and a new attempt is due. */
  readonly moved: boolean;
  readonly refs: {
    readonly created: number;
    readonly updated: number;
    readonly deleted: number;
    readonly rejected: readonly RejectedRef[];
  };
  /** Objects that both sides' refs point to after the run. */
  readonly tips: readonly string[];
  readonly sourceRefs: number;
  readonly defaultBranch?: string;
  /** Of the source, if every selected ref is now as there: `known` of the next look. */
  readonly fingerprint?: string;
  readonly next: NextRequest;
  readonly lfsPointers: boolean;
  /** For people: what is no failure and looks like a mistake, or is not carried. */
  readonly warnings: readonly string[];
  readonly bytesToDestination: number;
  readonly durationMs: number;
  /** Of this process, since its start. */
  readonly peakRssBytes: number;
}

const MAX_HAVES = 16_384;

/** @throws MirrorRefused, RelayFailed, the signal's reason */
export async function listDestination(options: DestinationOptions): Promise<NextRequest & { readonly refs: Refs }> {
  options.signal?.throwIfAborted();
  const destination = createDestination(endOf('destination', options), options, { bytesToDestination: 0 });
  try {
    const there = await destination.git.list();
    return { refs: there.refs, ...nextOf(there) };
  } finally {
    await destination.git.close().catch(() => {});
  }
}

/**
 * Makes the destination's refs those of the manifest.
 * @returns also if it has failed: `result: 'failed'` with a message
 * @throws MirrorRefused for bad input, refused credentials and guards; RelayFailed if the destination cannot be listed; the signal's reason
 */
export async function pushStored(options: PushOptions): Promise<Pushed> {
  options.signal?.throwIfAborted();
  checkNumbers(options);
  const nowMs = options.nowMs ?? Date.now;
  const startedMs = nowMs();
  const traffic = { bytesToDestination: 0 };
  const lfs = new LfsScan();
  const destination = createDestination(endOf('destination', options), options, traffic);
  try {
    const progress = new ProgressReport(options.onProgress, nowMs);
    const outcome = await push(options, destination, { progress, lfs, arrived: new Map() });
    return {
      moved: false,
      warnings: [],
      ...outcome,
      lfsPointers: lfs.found,
      ...traffic,
      durationMs: nowMs() - startedMs,
      peakRssBytes: peakRssBytes(),
    };
  } finally {
    await destination.git.close().catch(() => {});
  }
}

type Measured = 'lfsPointers' | 'bytesToDestination' | 'durationMs' | 'peakRssBytes' | 'moved' | 'warnings';
type Reported = Omit<Pushed, Measured> & Partial<Pick<Pushed, 'moved' | 'warnings'>>;

async function push(options: PushOptions, destination: Sides['destination'], context: PushContext): Promise<Reported> {
  const { manifest, store, signal, maxRefsPerPush = 4000 } = options;
  const { selection } = manifest;
  const own = new Map(manifest.refs);
  const source = selectMapped(own, selection);
  const head = manifest.head === undefined ? undefined : renamer(selection)(manifest.head);
  const about = { ...selection, maxRefsPerPush, ...(signal && { signal }) };
  const there = await destination.git.list();
  refuseOtherFormat(manifest, there, source);
  const { selected: before, temporary } = selectThere(there, own, selection);
  const reported = (after: Refs, rejected: readonly RejectedRef[]) =>
    describeOutcome({ source, before, after, rejected, headTarget: head });
  const shown = [...there.refs.values(), ...there.alsoHas];
  const stale = (message: string): Reported => ({
    ...reported(before, []),
    result: 'stale',
    message,
    next: nextOf(there),
  });

  const unasked = findUnasked(options, source, before);
  if (unasked !== undefined) return stale(unasked);
  const plan = planMirror({
    source,
    destination: before,
    divergence: options.divergence ?? 'overwrite',
    known: new Set([...source.values(), ...(manifest.knowledge?.known ?? [])]),
    allowMassDelete: options.allowMassDelete ?? false,
    maxRefsPerPush,
    canDelete: there.capabilities.has('delete-refs'),
    alsoThere: shown,
    rememberedTips: [],
  });
  const missing = findMissing(plan, manifest, shown, there.isShallow);
  if (missing !== undefined) return stale(missing);
  const finish = (now: Advertisement, after: Refs, rejected: readonly RejectedRef[]): Reported => {
    const outcome = reported(after, rejected);
    const whole = rejected.length === 0;
    const moved = hasMoved({ source, before, after, rejected });
    const { lfs } = context;
    const found = { listed: own, headTarget: manifest.head, selection, lfs };
    const shownNow = { objectFormat: manifest.objectFormat, headTarget: manifest.head, refs: own };
    return {
      ...outcome,
      moved,
      warnings: warningsOf({ ...found, selected: source.size, before: before.size }),
      ...(whole ? { fingerprint: fingerprintOf(shownNow, selection) } : {}),
      next: nextOf(now),
    };
  };
  if (plan.batches.length === 0) {
    await removeTemporaryRefs({ destination }, there, temporary, about);
    return finish(there, before, plan.kept);
  }

  if (options.mayPush !== undefined && !(await options.mayPush())) {
    return stale('a newer attempt has taken the place of this one');
  }
  context.progress.count({ refs: plan.batches.reduce((sum, { commands }) => sum + commands.length, 0) });
  try {
    const open = async (_: Batch): Promise<Pack> => {
      const { pack } = manifest;
      if (pack === undefined) return { objects: 0, bytes: once(emptyPack(manifest.objectFormat)) };
      return { objects: pack.objects, bytes: readStored(store, pack, signal) };
    };
    const rejected = await pushBatches({ destination }, { plan, there, limit: undefined, open }, context);
    const seen = await verify({ destination }, { plan, rejected, source: own }, { ...context, options: about });
    return finish(seen.now, seen.after, seen.rejected);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof RelayFailed)) throw error;
    return await describeFailure(error, destination, there, signal, (now) =>
      reported(selectThere(now, own, selection).selected, []),
    );
  }
}

/** Of a policy that asks who knows what: tips that the source was not asked about. */
function findUnasked({ divergence, manifest }: PushOptions, source: Refs, before: Refs): string | undefined {
  if ((divergence ?? 'overwrite') === 'overwrite') return undefined;
  const asked = new Set([...source.values(), ...(manifest.knowledge?.offered ?? [])]);
  const unasked = [...before].filter(([ref, oid]) => source.get(ref) !== oid && !asked.has(oid));
  if (unasked.length === 0) return undefined;
  return `the source was not asked about ${unasked.length} refs of the destination, which have moved since`;
}

/** What the pack builds on and the destination does not show. */
function findMissing(
  plan: Plan,
  { haves }: Manifest,
  shown: readonly string[],
  isShallow: boolean,
): string | undefined {
  if (haves.length === 0 || !plan.batches.some(({ pack }) => pack === 'fetch')) return undefined;
  // What a shallow destination has is not all that its tips reach.
  if (isShallow) return 'the destination is shallow, and the pack builds on its history';
  const there = new Set(shown);
  const gone = haves.filter((oid) => !there.has(oid));
  if (gone.length === 0) return undefined;
  return `the pack builds on ${gone.length} objects that the destination no longer shows, ${gone[0]} among them`;
}

async function describeFailure(
  error: RelayFailed,
  destination: Sides['destination'],
  there: Advertisement,
  signal: AbortSignal | undefined,
  describe: (now: Advertisement) => ReturnType<typeof describeOutcome>,
): Promise<Reported> {
  const cause =
    error instanceof StoredPackBroken
      ? 'store'
      : error instanceof PackRefused
        ? 'size'
        : error instanceof UnpackFailed || /misses objects/.test(error.message)
          ? 'thin'
          : 'other';
  const now = await destination.git.list().catch(() => {
    signal?.throwIfAborted();
    return there;
  });
  const next = nextOf(now);
  return {
    ...describe(now),
    result: 'failed',
    cause,
    message: error.message,
    next: cause === 'thin' ? { ...next, thin: false } : next,
  };
}

function nextOf(there: Advertisement): NextRequest {
  if (there.isShallow) return { haves: [], thin: false };
  const byUse = [...there.refs].sort(
    ([a], [b]) => Number(b.startsWith('refs/heads/')) - Number(a.startsWith('refs/heads/')),
  );
  const haves = [...new Set([...byUse.map(([, oid]) => oid), ...there.alsoHas])].slice(0, MAX_HAVES);
  return { haves, thin: !there.capabilities.has('no-thin') };
}
