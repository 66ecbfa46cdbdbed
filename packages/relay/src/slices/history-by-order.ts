/**
 * The slices of a history whose commits are known: so many commits at a time, parents before children.
 *
 * Only the commits of one slice are in memory. What holds the slices so far are the commits that no later one has as a parent yet.
 */
import type { History, Slice } from './history.ts';
import { Pace } from './pace.ts';

const SLICES_AT_FIRST = 64;
const MOST_AT_FIRST = 1000;
/** A line has about a hundred bytes. */
const MOST = 100_000;

export interface CommitOrder {
  readonly count: number;
  /** A commit and its parents, separated by blanks; each commit after its parents. */
  readonly lines: AsyncIterator<string>;
  close(): Promise<void>;
}

/** @param known commits that the destination has and that are not in the order */
export function historyByOrder(order: CommitOrder, known: readonly string[]): History {
  const pace = new Pace(Math.min(MOST_AT_FIRST, order.count / SLICES_AT_FIRST));
  const read: string[][] = [];
  const heads = new Set(known);
  let ended = false;
  let slice: Slice | undefined;
  let taken: readonly string[][] = [];

  return {
    async next() {
      const steps = Math.min(pace.steps, MOST);
      while (!ended && read.length < steps) {
        const line = await order.lines.next();
        if (line.done) ended = true;
        else if (line.value !== '') read.push(line.value.split(' '));
      }
      taken = read.slice(0, steps);
      slice = taken.length === 0 ? undefined : sliceOf(taken);
      return slice;
    },
    passed(bytes, aim) {
      for (const [, ...parents] of taken) for (const parent of parents) heads.delete(parent);
      for (const oid of slice?.wants ?? []) heads.add(oid);
      pace.took(taken.length, bytes, aim);
      read.splice(0, taken.length);
    },
    isWorthSending: () => true,
    halve: () => pace.halve(taken.length),
    isHeld: (oid) => heads.has(oid),
    close: () => order.close(),
  };
}

function sliceOf(commits: readonly string[][]): Slice {
  const inside = new Set<string>();
  const wants = new Set<string>();
  const haves = new Set<string>();
  for (const [oid = '', ...parents] of commits) {
    for (const parent of parents) {
      wants.delete(parent);
      if (!inside.has(parent)) haves.add(parent);
    }
    inside.add(oid);
    wants.add(oid);
  }
  return { wants: [...wants], haves: [...haves] };
}
