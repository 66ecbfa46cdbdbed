/** Which refs to delete and which to write, and in which batches. Pure. */
import type { Refs } from './git.ts';

export interface PushPlan {
  /** Names of refs, batch by batch. Deletions go first: `a` must go before `a/b` can come, and the other way round. */
  readonly deletions: readonly (readonly string[])[];
  /** Names and objects, batch by batch. */
  readonly writes: readonly (readonly (readonly [name: string, oid: string])[])[];
}

/** CodeCommit takes at most 4,000 refs in one push: https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
const MAX_REFS_PER_PUSH = 4000;
/**
 * A deletion is an argument of its own, and git compares each with every ref of the destination; so its batches are smaller. This
 * also stays far below the 2 MiB of arguments that Linux passes to a program, at 250 characters for a name.
 */
const MAX_DELETIONS_PER_PUSH = 1000;

/** What turns `destination` into `source`, overwriting what has diverged. */
export function planPush(source: Refs, destination: Refs): PushPlan {
  return {
    deletions: inBatches(
      [...destination.keys()].filter((name) => !source.has(name)),
      MAX_DELETIONS_PER_PUSH,
    ),
    writes: inBatches(
      [...source].filter(([name, oid]) => destination.get(name) !== oid),
      MAX_REFS_PER_PUSH,
    ),
  };
}

function inBatches<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}

/** Whether both have the same names at the same objects. */
export function refsEqual(a: Refs, b: Refs): boolean {
  return a.size === b.size && [...a].every(([name, oid]) => b.get(name) === oid);
}
