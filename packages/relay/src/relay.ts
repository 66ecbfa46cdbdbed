/**
 * One run of the relay: list both sides, plan, carry the packs, list the destination again and compare.
 *
 * A pack goes from the source's answer into the body of the push as it comes; nothing is kept but a small beginning.
 */
import { MirrorRefused, RelayFailed } from './errors.ts';
import type { LfsScan } from './lfs-scan.ts';
import type { MirrorOptions, RejectedRef } from './options.ts';
import { type Batch, planMirror, some } from './plan.ts';
import type { ProgressReport } from './progress.ts';
import type { Advertisement } from './protocol/capabilities.ts';
import type { Refs } from './protocol/object-id.ts';
import { emptyPack } from './protocol/pack.ts';
import { encodeCommands, type RefCommand } from './protocol/receive-commands.ts';
import type { PushReport } from './protocol/report-status.ts';
import { prefixesOf, selectRefs } from './select-refs.ts';
import type { Sides } from './sides.ts';
import type { Pack, SourceRefs } from './source.ts';
import { createSweep } from './sweep.ts';

/** What both sides show after a run. */
export interface Outcome {
  /** Selected refs. */
  readonly source: Refs;
  readonly before: Refs;
  readonly after: Refs;
  readonly rejected: readonly RejectedRef[];
  readonly headTarget: string | undefined;
}

export interface RunContext {
  readonly options: MirrorOptions;
  readonly progress: ProgressReport;
  readonly lfs: LfsScan;
  /** The destination's selected refs at the first look of the whole mirror. */
  firstSeen: Refs | undefined;
}

/** @throws MirrorRefused, RelayFailed, SourceMoved */
export async function relay(sides: Sides, fullPack: boolean, context: RunContext): Promise<Outcome> {
  const { options, progress } = context;
  progress.enter('listing');
  const [listed, there] = await bothOf(
    sides.source.git.list(['HEAD', ...prefixesOf(options)]),
    sides.destination.git.list(),
  );
  const source = selectRefs(listed.refs, options);
  const before = selectRefs(there.refs, options);
  context.firstSeen ??= before;
  refuseOtherFormat(listed, there, source);
  const plan = planMirror({
    source,
    destination: before,
    divergence: options.divergence ?? 'overwrite',
    known: await findKnown(sides, source, before, options),
    allowMassDelete: options.allowMassDelete ?? false,
    maxRefsPerPush: options.maxRefsPerPush ?? 4000,
    canDelete: there.capabilities.has('delete-refs'),
    alsoThere: [...there.refs.values(), ...there.alsoHas],
    // Only what the destination shows is certain to be there.
    rememberedTips: fullPack ? [] : (options.rememberedTips ?? []),
  });
  const changed = plan.batches.reduce((sum, { commands }) => sum + commands.length, 0);
  if (changed === 0) return { source, before, after: before, rejected: plan.kept, headTarget: listed.headTarget };

  progress.count({ refs: changed });
  const rejected = [...plan.kept];
  for (const batch of plan.batches) {
    const thin = !fullPack && !there.capabilities.has('no-thin') && !there.isShallow;
    const pack = await openPack(sides, batch, there, thin, context);
    const shape = { sideBand: there.capabilities.has('side-band-64k'), maxRefs: batch.commands.length };
    if (!there.capabilities.has('report-status')) throw new RelayFailed('the destination does not report on pushes');
    rejected.push(...rejections(await sides.destination.git.push(encodeCommands(batch.commands, there), pack, shape)));
  }

  progress.enter('verifying');
  const after = selectRefs((await sides.destination.git.list()).refs, options);
  const planned = plan.batches.flatMap(({ commands }) => commands);
  return { source, before, after, rejected: compare(planned, after, rejected), headTarget: listed.headTarget };
}

/**
 * What is told of a push, corrected by what the destination shows. A push that was sent again, since its first answer was lost, is
 * refused the second time, though its refs have arrived.
 */
export function compare(
  planned: readonly RefCommand[],
  after: Refs,
  told: readonly RejectedRef[],
): readonly RejectedRef[] {
  const wanted = new Map(planned.map(({ ref, to }) => [ref, to]));
  const arrived = (ref: string) => wanted.has(ref) && after.get(ref) === wanted.get(ref);
  const rejected = told.filter(({ ref }) => !arrived(ref));
  const named = new Set(rejected.map(({ ref }) => ref));
  const silent = planned.filter(({ ref }) => !arrived(ref) && !named.has(ref));
  return [
    ...rejected,
    ...silent.map(({ ref }) => ({ ref, reason: 'the destination does not show it as it was pushed' })),
  ];
}

/** Both, or the first failure; the other one's failure is then of no interest. */
async function bothOf<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  const [one, other] = await Promise.allSettled([a, b]);
  if (one.status === 'rejected') throw one.reason;
  if (other.status === 'rejected') throw other.reason;
  return [one.value, other.value];
}

function refuseOtherFormat(listed: SourceRefs, there: Advertisement, source: Refs): void {
  if (listed.objectFormat === there.objectFormat) return;
  // An empty repository of an old server does not tell its format; nothing is lost by the other message.
  if (source.size === 0 && there.refs.size === 0) return;
  throw new MirrorRefused(
    `the source has ${listed.objectFormat} objects and the destination ${there.objectFormat} objects: no ref can be carried over`,
  );
}

/** Which of the destination's tips the source knows; asked for only if the policy depends on it. */
async function findKnown(sides: Sides, source: Refs, before: Refs, options: MirrorOptions): Promise<Set<string>> {
  const known = new Set([...(options.rememberedTips ?? []), ...source.values()]);
  const [want] = source.values();
  const asked = [...before].filter(([ref, oid]) => source.get(ref) !== oid && !known.has(oid)).map(([, oid]) => oid);
  if ((options.divergence ?? 'overwrite') === 'overwrite' || want === undefined || asked.length === 0) return known;
  for (const oid of await sides.source.git.findKnown(want, [...new Set(asked)])) known.add(oid);
  return known;
}

async function openPack(
  sides: Sides,
  batch: Batch,
  there: Advertisement,
  thin: boolean,
  context: RunContext,
): Promise<AsyncIterable<Buffer> | undefined> {
  if (batch.pack === 'none') return undefined;
  if (batch.pack === 'empty') return once(emptyPack(there.objectFormat));
  context.progress.enter('negotiating');
  const pack = await sides.source.git.fetchPack({
    wants: batch.wants,
    // What a shallow destination has is not all that its tips reach.
    haves: there.isShallow ? [] : batch.haves,
    thin,
    ofsDelta: there.capabilities.has('ofs-delta'),
  });
  context.progress.enter('transferring');
  return watched(pack, context);
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield bytes;
}

async function* watched(pack: Pack, { progress, lfs }: RunContext): AsyncGenerator<Buffer, void, undefined> {
  progress.count({ objects: pack.objects });
  const sweep = createSweep();
  for await (const piece of pack.bytes) {
    progress.carry(piece.length);
    lfs.look(piece);
    yield piece;
    sweep(piece.length);
  }
}

/** @throws RelayFailed if the pack was not taken, which another kind of pack may be */
function rejections(report: PushReport): RejectedRef[] {
  if (report.unpackError !== undefined)
    throw new RelayFailed(`the destination could not unpack: ${report.unpackError}`);
  const rejected = [...report.rejected].map(([ref, reason]) => ({ ref, reason }));
  const incomplete = rejected.filter(({ reason }) => /missing necessary objects|unpacker error/.test(reason));
  if (incomplete.length > 0) {
    throw new RelayFailed(`the destination misses objects of ${some(incomplete.map(({ ref }) => ref))}`);
  }
  return rejected;
}
