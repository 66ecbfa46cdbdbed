/** A dry run: what a mirror would do to each ref, and why; nothing is written. */
import { MirrorRefused } from './errors.ts';
import type { MirrorOptions } from './options.ts';
import { planMirror } from './plan.ts';
import { show } from './protocol/ref-name.ts';
import { findKnown, listSides } from './relay.ts';
import { branchOf, renamer } from './select-refs.ts';
import { createSides } from './sides.ts';
import { warningsOf } from './warnings.ts';

export interface PlannedRef {
  /** `keep`: it differs, and stays as it is. */
  readonly action: 'create' | 'update' | 'delete' | 'keep';
  /** Its name at the destination. */
  readonly ref: string;
  /** What the destination has. */
  readonly old?: string;
  /** What the source has. */
  readonly new?: string;
  readonly reason: string;
}

export interface MirrorPlan {
  /** Refs that differ, in order of their names. */
  readonly actions: readonly PlannedRef[];
  /** How many are the same on both sides. */
  readonly unchanged: number;
  /** The branch that the source's HEAD names, by its name at the destination. */
  readonly defaultBranch?: string;
  /** What looks like a mistake, a sentence each. */
  readonly warnings?: readonly string[];
  /** Why the mirror would write nothing at all. */
  readonly refused?: string;
}

/** @throws MirrorRefused for bad input and refused credentials; RelayFailed if a side cannot be listed; the signal's reason */
export async function plan(options: MirrorOptions): Promise<MirrorPlan> {
  const sides = createSides(options, { bytesFromSource: 0, bytesToDestination: 0 });
  try {
    const { source, before, there, listed } = await listSides(sides, options);
    const defaultBranch = branchOf(listed.headTarget && renamer(options)(listed.headTarget));
    const known = await findKnown(sides, source, before, { ...options, divergence: 'keep' });
    const input = {
      source,
      destination: before,
      known,
      maxRefsPerPush: options.maxRefsPerPush ?? 4000,
      canDelete: there.capabilities.has('delete-refs'),
      alsoThere: [],
      rememberedTips: [],
    };
    const divergence = options.divergence ?? 'overwrite';
    const { kept } = planMirror({
      ...input,
      divergence: divergence === 'fail' ? 'keep' : divergence,
      allowMassDelete: true,
    });
    const reasons = new Map(kept.map(({ ref, reason }) => [ref, reason]));
    const actions = [...new Set([...source.keys(), ...before.keys()])].sort().flatMap((ref): PlannedRef[] => {
      const [old, now] = [before.get(ref), source.get(ref)];
      if (old === now) return [];
      const ids = { ...(old === undefined ? {} : { old }), ...(now === undefined ? {} : { new: now }) };
      const reason = reasons.get(ref);
      if (reason !== undefined) return [{ action: 'keep', ref: show(ref), ...ids, reason }];
      if (old === undefined)
        return [{ action: 'create', ref: show(ref), ...ids, reason: 'the destination does not have it' }];
      const lost = known.has(old) ? '' : '; the destination has commits there that the source does not have';
      if (now === undefined)
        return [{ action: 'delete', ref: show(ref), ...ids, reason: `the source does not have it${lost}` }];
      return [{ action: 'update', ref: show(ref), ...ids, reason: `the source has another object${lost}` }];
    });
    const warnings = warningsOf({
      listed: listed.refs,
      headTarget: listed.headTarget,
      selection: options,
      selected: source.size,
      before: before.size,
      lfs: { count: 0, isFull: false },
    });
    const refused = refusalOf(() =>
      planMirror({ ...input, divergence, allowMassDelete: options.allowMassDelete ?? false }),
    );
    return {
      actions,
      unchanged: [...source].filter(([ref, oid]) => before.get(ref) === oid).length,
      ...(defaultBranch === undefined ? {} : { defaultBranch }),
      ...(refused === undefined ? {} : { refused }),
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  } finally {
    await sides.close().catch(() => {});
  }
}

function refusalOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof MirrorRefused) return error.message;
    throw error;
  }
}
