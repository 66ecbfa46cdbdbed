/**
 * The slices of a history whose commits are not known: by how far they are from its tips.
 *
 * A source says which commits are at a depth, and what they reach is all that is older. Slices go from the greatest depth to the tips. It
 * costs the source a walk, but neither side a byte of objects.
 */
import type { Source } from '../source.ts';
import type { History, Slice } from './history.ts';
import { Pace } from './pace.ts';

const FIRST_PROBE = 64;
const SLICES_AT_FIRST = 64;
/** As good as exact: what lies between is asked for, and empty. */
const BISECTIONS = 6;

/** @param known commits that the destination has, as many as are worth naming */
export async function openHistoryByDepth(
  source: Source,
  tips: readonly string[],
  known: readonly string[],
): Promise<History> {
  // Depths above the one where nothing is older any more.
  let [below, depth] = [0, FIRST_PROBE];
  while ((await source.findAtDepth(tips, depth)).length > 0) [below, depth] = [depth, depth * 4];
  for (let n = 0; n < BISECTIONS && depth - below > 1; n++) {
    const middle = (below + depth) >> 1;
    if ((await source.findAtDepth(tips, middle)).length > 0) below = middle;
    else depth = middle;
  }
  return new HistoryByDepth(source, tips, known, depth);
}

class HistoryByDepth implements History {
  readonly #source: Source;
  readonly #tips: readonly string[];
  readonly #known: readonly string[];
  readonly #pace: Pace;
  /** All that is deeper has passed. */
  #depth: number;
  /** What holds it. */
  #held: ReadonlySet<string> = new Set();
  /** Of the depth that is being passed, if it does not pass at once. */
  #level: { readonly depth: number; rest: string[]; readonly done: Set<string>; count: number } | undefined;

  constructor(source: Source, tips: readonly string[], known: readonly string[], depth: number) {
    this.#source = source;
    this.#tips = tips;
    this.#known = known;
    this.#depth = depth;
    this.#pace = new Pace(depth / SLICES_AT_FIRST);
  }

  async next(): Promise<Slice | undefined> {
    while (this.#level === undefined) {
      // The tips themselves are at depth 1, and nothing is above them.
      if (this.#depth <= 1) return undefined;
      const depth = Math.max(1, this.#depth - this.#pace.steps);
      const commits = await this.#source.findAtDepth(this.#tips, depth);
      if (commits.length === 0) this.#depth = depth;
      else this.#level = { depth, rest: [...commits], done: new Set(), count: commits.length };
    }
    const { rest, count, done } = this.#level;
    return { wants: rest.slice(0, count), haves: [...new Set([...this.#held, ...done, ...this.#known])] };
  }

  passed(bytes: number, aim: number): void {
    const level = this.#level;
    if (level === undefined) return;
    for (const oid of level.rest.splice(0, level.count)) level.done.add(oid);
    const factor = bytes === 0 ? 4 : Math.min(4, Math.max(0.5, aim / bytes));
    level.count = Math.max(1, Math.floor(level.count * factor));
    if (level.rest.length > 0) return;
    this.#pace.took(this.#depth - level.depth, bytes, aim);
    this.#depth = level.depth;
    this.#held = level.done;
    this.#level = undefined;
  }

  isWorthSending(): boolean {
    return this.#level === undefined || this.#pace.isTrusted(this.#depth - this.#level.depth);
  }

  halve(): boolean {
    const level = this.#level;
    if (level === undefined) return false;
    // Fewer depths as long as that helps, then some of the commits that are at the same depth.
    if (level.done.size === 0 && this.#pace.halve(this.#depth - level.depth)) {
      this.#level = undefined;
      return true;
    }
    if (level.count === 1 || level.rest.length === 1) return false;
    level.count = Math.max(1, Math.min(level.count, level.rest.length) >> 1);
    return true;
  }

  isHeld(oid: string): boolean {
    return this.#held.has(oid) || this.#level?.done.has(oid) === true;
  }

  async close(): Promise<void> {}
}
