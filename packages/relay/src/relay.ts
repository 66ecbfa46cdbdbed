/**
 * One run of the relay: list both sides, plan, carry the packs, list the destination again and compare.
 *
 * A pack goes from the source's answer into the body of the push as it comes; nothing is kept but a small beginning.
 */
import { MirrorRefused, RelayFailed } from './errors.ts';
import type { MirrorOptions, RejectedRef } from './options.ts';
import { type Batch, planMirror, some } from './plan.ts';
import type { Advertisement } from './protocol/capabilities.ts';
import type { Refs } from './protocol/object-id.ts';
import { emptyPack } from './protocol/pack.ts';
import type { RefCommand } from './protocol/receive-commands.ts';
import type { PushReport } from './protocol/report-status.ts';
import { pushPack } from './push-pack.ts';
import type { RunContext } from './run-context.ts';
import { prefixesOf, renamer, selectDestination, selectMapped } from './select-refs.ts';
import type { Sides } from './sides.ts';
import { Ceiling } from './slices/pace.ts';
import { pushSlices, removeTemporaryRefs } from './slices/push-slices.ts';
import { readTemporaryRef, temporaryRefsOf } from './slices/temporary-refs.ts';
import type { Pack, SourceRefs } from './source.ts';

/** What both sides show after a run. */
export interface Outcome {
  /** Selected refs. */
  readonly source: Refs;
  readonly before: Refs;
  readonly after: Refs;
  readonly rejected: readonly RejectedRef[];
  readonly headTarget: string | undefined;
}

/** @throws MirrorRefused, PackRefused, RelayFailed, SourceMoved */
export async function relay(sides: Sides, fullPack: boolean, context: RunContext, isSliced = false): Promise<Outcome> {
  const { options, progress } = context;
  progress.enter('listing');
  const { listed, there, source, before, temporary } = await listSides(sides, options);
  context.firstSeen ??= before;
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
  const headTarget = listed.headTarget && renamer(options)(listed.headTarget);
  if (changed === 0) {
    await removeTemporaryRefs(sides, there, temporary, options);
    return { source, before, after: before, rejected: plan.kept, headTarget };
  }

  progress.count({ refs: changed });
  const tips = plan.batches.flatMap(({ wants }) => wants);
  if (!isSliced && tips.length > 0 && (context.refused !== undefined || temporary.size > 0)) {
    context.isSliced = true;
    const ceiling = ceilingOf(context, temporary);
    const first = [headTarget ?? ''].flatMap((name) => source.get(name) ?? []).find((oid) => tips.includes(oid));
    const maxRefsPerPush = options.maxRefsPerPush ?? 4000;
    await pushSlices(sides, { tips, first, there, temporary, maxRefsPerPush, ceiling }, context);
    return relay(sides, fullPack, context, true);
  }
  const rejected = [...plan.kept];
  for (const batch of plan.batches) {
    const thin = !fullPack && !there.capabilities.has('no-thin') && !there.isShallow;
    const pack = await openPack(sides, batch, there, thin, context);
    const limit = options.maxPackBytes ?? Number.POSITIVE_INFINITY;
    const { report } = await pushPack(sides, { commands: batch.commands, pack, there, limit }, context);
    rejected.push(...rejections(report));
  }

  progress.enter('verifying');
  const now = await sides.destination.git.list();
  const left = temporaryRefsOf(now.refs, listed.refs);
  await removeTemporaryRefs(sides, now, left, options);
  const after = selectDestination(withoutAll(now.refs, left), options);
  const planned = plan.batches.flatMap(({ commands }) => commands);
  return { source, before, after, rejected: compare(planned, after, rejected), headTarget };
}

/** Both sides as they are now. @throws MirrorRefused if no ref could be carried over */
export async function listSides(sides: Sides, options: MirrorOptions) {
  const [listed, there] = await bothOf(
    sides.source.git.list(['HEAD', ...prefixesOf(options)]),
    sides.destination.git.list(),
  );
  const source = selectMapped(listed.refs, options);
  const temporary = temporaryRefsOf(there.refs, listed.refs);
  const before = selectDestination(withoutAll(there.refs, temporary), options);
  refuseOtherFormat(listed, there, source);
  return { listed, there, source, before, temporary };
}

/** What is known of the biggest push that passes, by this run and by those whose temporary refs are left. */
export function ceilingOf({ options, refused }: RunContext, temporary: Refs): Ceiling {
  const ceiling = new Ceiling(options.maxPackBytes);
  for (const name of temporary.keys()) ceiling.lower(readTemporaryRef(name)?.bytes ?? 0, 'status');
  if (refused !== undefined) ceiling.lower(refused.bytes, refused.by);
  return ceiling;
}

function withoutAll(refs: Refs, left: Refs): Refs {
  return left.size === 0 ? refs : new Map([...refs].filter(([name]) => !left.has(name)));
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
export async function findKnown(
  sides: Sides,
  source: Refs,
  before: Refs,
  options: MirrorOptions,
): Promise<Set<string>> {
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
): Promise<Pack | undefined> {
  if (batch.pack === 'none') return undefined;
  if (batch.pack === 'empty') return { objects: 0, bytes: once(emptyPack(there.objectFormat)) };
  context.progress.enter('negotiating');
  const pack = await sides.source.git.fetchPack({
    wants: batch.wants,
    // What a shallow destination has is not all that its tips reach.
    haves: there.isShallow ? [] : batch.haves,
    thin,
    ofsDelta: there.capabilities.has('ofs-delta'),
  });
  context.progress.enter('transferring');
  return pack;
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield bytes;
}

/** @throws RelayFailed if the pack was not taken, which another kind of pack may be */
function rejections(report: PushReport): RejectedRef[] {
  const rejected = [...report.rejected].map(([ref, reason]) => ({ ref, reason }));
  const incomplete = rejected.filter(({ reason }) => /missing necessary objects|unpacker error/.test(reason));
  if (incomplete.length > 0) {
    throw new RelayFailed(`the destination misses objects of ${some(incomplete.map(({ ref }) => ref))}`);
  }
  return rejected;
}
