/**
 * The destination's side of a run, wherever its packs come from: what it shows, the pushes of a plan, and the list that decides afterwards.
 */
import { MirrorRefused, RelayFailed } from './errors.ts';
import type { MirrorOptions, RejectedRef } from './options.ts';
import { type Batch, type Plan, some } from './plan.ts';
import type { Advertisement } from './protocol/capabilities.ts';
import type { ObjectFormat, Refs } from './protocol/object-id.ts';
import { emptyPack } from './protocol/pack.ts';
import type { RefCommand } from './protocol/receive-commands.ts';
import type { PushReport } from './protocol/report-status.ts';
import { type PushContext, type PushTarget, pushPack } from './push-pack.ts';
import { type RefSelection, selectDestination } from './select-refs.ts';
import { removeTemporaryRefs } from './slices/remove-temporary-refs.ts';
import { temporaryRefsOf } from './slices/temporary-refs.ts';
import type { Pack } from './source.ts';

/** The refs that are to be like the source's, and those that a mirror in slices has left. */
export function selectThere(there: Advertisement, source: Refs, selection: RefSelection) {
  const temporary = temporaryRefsOf(there.refs, source);
  return { temporary, selected: selectDestination(withoutAll(there.refs, temporary), selection) };
}

function withoutAll(refs: Refs, left: Refs): Refs {
  return left.size === 0 ? refs : new Map([...refs].filter(([name]) => !left.has(name)));
}

/** @throws MirrorRefused if no ref could be carried over */
export function refuseOtherFormat(
  listed: { readonly objectFormat: ObjectFormat },
  there: Advertisement,
  source: Refs,
): void {
  if (listed.objectFormat === there.objectFormat) return;
  // An empty repository of an old server does not name its format; nothing is lost by the other message.
  if (source.size === 0 && there.refs.size === 0) return;
  throw otherFormat(listed.objectFormat, there.objectFormat);
}

export function otherFormat(source: ObjectFormat, destination: ObjectFormat): MirrorRefused {
  return new MirrorRefused(
    `the source has ${source} objects and the destination ${destination} objects: no ref can be carried over`,
  );
}

export interface Pushes {
  readonly plan: Plan;
  readonly there: Advertisement;
  /** Bytes of one push. */
  readonly limit: number | undefined;
  /** Gives the pack of a batch that has one with objects. */
  readonly open: (batch: Batch) => Promise<Pack>;
}

/** Carries out a plan, push by push. @returns the refs that were not taken or not to be changed, as the destination reports it */
export async function pushBatches(
  target: PushTarget,
  { plan, there, limit = Number.POSITIVE_INFINITY, open }: Pushes,
  context: PushContext,
): Promise<RejectedRef[]> {
  const rejected = [...plan.kept];
  for (const { commands, ...batch } of plan.batches) {
    const pack =
      batch.pack === 'none'
        ? undefined
        : batch.pack === 'empty'
          ? { objects: 0, bytes: once(emptyPack(there.objectFormat)) }
          : await open({ commands, ...batch });
    if (batch.pack === 'fetch') context.progress.enter('transferring');
    const { report } = await pushPack(target, { commands, pack, there, limit }, context);
    const refused = rejections(report);
    noteArrived(commands, refused, context);
    rejected.push(...refused);
  }
  return rejected;
}

/** For the count of a mirror whose destination must not be asked again. */
export function noteArrived(
  commands: readonly RefCommand[],
  rejected: readonly RejectedRef[],
  { arrived }: Pick<PushContext, 'arrived'>,
): void {
  const refused = new Set(rejected.map(({ ref }) => ref));
  for (const { ref, to } of commands) if (!refused.has(ref)) arrived.set(ref, to);
}

export async function* once(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
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

/** Lists the destination again, and lets that list decide. Temporary refs go, since what they held has arrived. */
export async function verify(
  target: PushTarget,
  pushed: { readonly plan: Plan; readonly rejected: readonly RejectedRef[]; readonly source: Refs },
  {
    progress,
    options,
  }: Pick<PushContext, 'progress'> & {
    readonly options: RefSelection & Pick<MirrorOptions, 'maxRefsPerPush' | 'signal'>;
  },
): Promise<{ readonly now: Advertisement; readonly after: Refs; readonly rejected: readonly RejectedRef[] }> {
  progress.enter('verifying');
  const now = await target.destination.git.list();
  const { temporary, selected: after } = selectThere(now, pushed.source, options);
  await removeTemporaryRefs(target, now, temporary, options);
  const planned = pushed.plan.batches.flatMap(({ commands }) => commands);
  return { now, after, rejected: compare(planned, after, pushed.rejected) };
}

/**
 * What is reported of a push, corrected by what the destination shows. A push that was sent again, since its first answer was lost, is
 * refused the second time, though its refs have arrived.
 */
export function compare(
  planned: readonly RefCommand[],
  after: Refs,
  reported: readonly RejectedRef[],
): readonly RejectedRef[] {
  const wanted = new Map(planned.map(({ ref, to }) => [ref, to]));
  const arrived = (ref: string) => wanted.has(ref) && after.get(ref) === wanted.get(ref);
  const rejected = reported.filter(({ ref }) => !arrived(ref));
  const named = new Set(rejected.map(({ ref }) => ref));
  const silent = planned.filter(({ ref }) => !arrived(ref) && !named.has(ref));
  return [
    ...rejected,
    ...silent.map(({ ref }) => ({ ref, reason: 'the destination does not show it as it was pushed' })),
  ];
}
