/**
 * One run of the relay: list both sides, plan, carry the packs, list the destination again and compare.
 *
 * A pack goes from the source's answer into the body of the push as it comes; nothing is kept but a small beginning.
 */
import { pushBatches, refuseOtherFormat, selectThere, verify } from './destination-side.ts';
import { RelayFailed } from './errors.ts';
import type { MirrorOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import { type Batch, planMirror } from './plan.ts';
import type { Advertisement } from './protocol/capabilities.ts';
import type { Refs } from './protocol/object-id.ts';
import type { RunContext } from './run-context.ts';
import { prefixesOf, renamer, selectMapped } from './select-refs.ts';
import type { Sides } from './sides.ts';
import { Ceiling } from './slices/pace.ts';
import { removeTemporaryRefs } from './slices/remove-temporary-refs.ts';
import { readTemporaryRef } from './slices/temporary-refs.ts';
import type { Pack } from './source.ts';

/** @throws MirrorRefused, PackRefused, RelayFailed, SourceMoved */
export async function relay(sides: Sides, fullPack: boolean, context: RunContext, isSliced = false): Promise<Outcome> {
  const { options, progress } = context;
  progress.enter('listing');
  const { listed, there, source, before, temporary } = await listSides(sides, options);
  context.source = source;
  context.firstSeen ??= before;
  const plan = planMirror({
    source,
    destination: before,
    divergence: options.divergence ?? 'overwrite',
    known: await findKnown(sides, source, before, options),
    allowMassDelete: options.allowMassDelete ?? false,
    maxRefsPerPush: options.maxRefsPerPush ?? 4000,
    maxCommandBytes: maxCommandBytesOf(context),
    canDelete: there.capabilities.has('delete-refs'),
    alsoThere: [...there.refs.values(), ...there.alsoHas],
    // Only what the destination shows is certain to be there.
    rememberedTips: fullPack ? [] : (options.rememberedTips ?? []),
  });
  const changed = plan.batches.reduce((sum, { commands }) => sum + commands.length, 0);
  const headTarget = listed.headTarget && renamer(options)(listed.headTarget);
  if (changed === 0) {
    await removeTemporaryRefs(sides, there, temporary, options);
    return { source, before, after: before, rejected: plan.kept, listed, headTarget };
  }

  progress.count({ refs: changed });
  const tips = plan.batches.flatMap(({ wants }) => wants);
  if (!isSliced && tips.length > 0 && (context.refused !== undefined || temporary.size > 0)) {
    context.isSliced = true;
    const ceiling = ceilingOf(context, temporary);
    const first = [headTarget ?? ''].flatMap((name) => source.get(name) ?? []).find((oid) => tips.includes(oid));
    const maxRefsPerPush = options.maxRefsPerPush ?? 4000;
    const { pushSlices } = await import('./slices/push-slices.ts');
    await pushSlices(sides, { tips, first, there, temporary, maxRefsPerPush, ceiling }, context);
    return relay(sides, fullPack, context, true);
  }
  const thin = !fullPack && !there.capabilities.has('no-thin') && !there.isShallow;
  const open = (batch: Batch) => fetchBatch(sides, batch, there, thin, context);
  const rejected = await pushBatches(sides, { plan, there, limit: options.maxPackBytes, open }, context);
  const seen = await verify(sides, { plan, rejected, source: listed.refs }, context);
  return { source, before, listed, headTarget, ...seen };
}

/** Both sides as they are now. @throws MirrorRefused if no ref could be carried over */
export async function listSides(sides: Sides, options: MirrorOptions) {
  const [listed, there] = await bothOf(
    sides.source.git.list(['HEAD', ...prefixesOf(options)]),
    sides.destination.git.list(),
  );
  const source = selectMapped(listed.refs, options);
  const { temporary, selected: before } = selectThere(there, listed.refs, options);
  refuseOtherFormat(listed, there, source);
  return { listed, there, source, before, temporary };
}

/** Half of what a push may have is left to its pack. */
export function maxCommandBytesOf({ options, refused }: RunContext): number | undefined {
  const most = Math.min(options.maxPackBytes ?? Infinity, refused?.bytes ?? Infinity);
  return Number.isFinite(most) ? most / 2 : undefined;
}

/** What is known of the biggest push that passes, by this run and by those whose temporary refs are left. */
export function ceilingOf({ options, refused }: RunContext, temporary: Refs): Ceiling {
  const ceiling = new Ceiling(options.maxPackBytes);
  for (const name of temporary.keys()) ceiling.lower(readTemporaryRef(name)?.bytes ?? 0, 'status');
  if (refused !== undefined) ceiling.lower(refused.bytes, refused.by);
  return ceiling;
}

/** Both, or the first failure; but one that ends the mirror goes before one after which another way asks both sides again. */
export async function bothOf<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  const [one, other] = await Promise.allSettled([a, b]);
  const failures: unknown[] = [one, other].flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  if (failures.length > 0)
    throw failures.find((error) => !(error instanceof RelayFailed) || error.isLast) ?? failures[0];
  if (one.status === 'rejected' || other.status === 'rejected') throw new TypeError('there was no failure');
  return [one.value, other.value];
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

async function fetchBatch(
  sides: Sides,
  batch: Batch,
  there: Advertisement,
  thin: boolean,
  context: RunContext,
): Promise<Pack> {
  context.progress.enter('negotiating');
  return await sides.source.git.fetchPack({
    wants: batch.wants,
    // What a shallow destination has is not all that its tips reach.
    haves: there.isShallow ? [] : batch.haves,
    thin,
    ofsDelta: there.capabilities.has('ofs-delta'),
  });
}
