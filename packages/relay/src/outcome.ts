/** What a run has come to, counted by what both sides show. Pure. */
import type { RefChange, RejectedRef } from './options.ts';
import type { Refs } from './protocol/object-id.ts';
import { show } from './protocol/ref-name.ts';
import { branchOf } from './select-refs.ts';
import type { SourceRefs } from './source.ts';

/** What both sides show after a run. */
export interface Outcome {
  /** Selected refs. */
  readonly source: Refs;
  readonly before: Refs;
  readonly after: Refs;
  readonly rejected: readonly RejectedRef[];
  /** What the source has shown, by its own names: at least what the selection is about. */
  readonly listed: Pick<SourceRefs, 'refs' | 'headTarget'>;
  /** By its name at the destination. */
  readonly headTarget: string | undefined;
}

/** Whether every ref that was rejected has moved since the look: somebody else pushes, and a new look may pass. */
export function hasMoved({
  source,
  before,
  after,
  rejected,
}: Pick<Outcome, 'source' | 'before' | 'after' | 'rejected'>): boolean {
  return (
    rejected.length > 0 &&
    rejected.every(({ ref }) => after.get(ref) !== before.get(ref) && after.get(ref) !== source.get(ref))
  );
}

export function describeOutcome({ source, before, after, rejected, headTarget }: Omit<Outcome, 'listed'>) {
  const count = (names: Iterable<string>, holds: (name: string) => boolean) => [...names].filter(holds).length;
  const arrived = (name: string) => after.get(name) === source.get(name);
  const created = count(source.keys(), (name) => !before.has(name) && arrived(name));
  const updated = count(
    source.keys(),
    (name) => before.has(name) && before.get(name) !== source.get(name) && arrived(name),
  );
  const deleted = count(before.keys(), (name) => !source.has(name) && !after.has(name));
  const changes = listChanges({ source, before, after });
  const changed = created + updated + deleted > 0;
  const tips = [...new Set([...source].filter(([name]) => arrived(name)).map(([, oid]) => oid))];
  const branch = branchOf(headTarget);
  return {
    result: rejected.length > 0 ? 'rejected' : changed ? 'mirrored' : 'unchanged',
    refs: { created, updated, deleted, rejected: rejected.map(({ ref, reason }) => ({ ref: show(ref), reason })) },
    changes,
    tips,
    sourceRefs: source.size,
    ...(branch === undefined ? {} : { defaultBranch: branch }),
  } as const;
}

/** Changed refs that are listed one by one, at most. */
const MAX_CHANGES = 50;

function listChanges({ source, before, after }: Pick<Outcome, 'source' | 'before' | 'after'>): RefChange[] {
  const changes: RefChange[] = [];
  for (const name of new Set([...source.keys(), ...before.keys()])) {
    const [from, to] = [before.get(name), after.get(name)];
    if (changes.length === MAX_CHANGES) break;
    if (from === to || to !== source.get(name)) continue;
    const action = from === undefined ? 'create' : to === undefined ? 'delete' : 'update';
    changes.push({ ref: show(name), action, from: from ?? null, to: to ?? null });
  }
  return changes;
}
