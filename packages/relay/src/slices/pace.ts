/** How big the pushes of a mirror in slices are: learned from what was refused and from what has passed. Pure. */

const MiB = 1024 * 1024;
/** A connection that breaks at random must not lead to slices of nothing: smaller pushes are sent again as they are. */
const LEAST_AFTER_CUT = 2 * MiB;
const LEAST_AFTER_STATUS = 64 * 1024;
/** Where nothing is known. */
const UNKNOWN = 256 * MiB;

/** The biggest push that may pass, in bytes. */
export class Ceiling {
  readonly #most: number | undefined;
  #bytes: number;

  /** @param most never to be passed; undefined for no such limit */
  constructor(most: number | undefined, expected = UNKNOWN) {
    this.#most = most;
    this.#bytes = Math.min(most ?? expected, expected);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What a slice should have: half, since the next slice is only guessed to be like the last. */
  get aim(): number {
    return this.#bytes / 2;
  }

  /** What even a slice that cannot be smaller must not have. */
  get most(): number {
    return this.#most ?? Number.POSITIVE_INFINITY;
  }

  /** A push has failed with so many bytes. */
  lower(bytes: number, by: 'status' | 'cut' | 'limit'): void {
    if (by === 'limit') return;
    const least = by === 'cut' ? LEAST_AFTER_CUT : LEAST_AFTER_STATUS;
    this.#bytes = Math.min(this.#bytes, Math.max(least, Math.floor(bytes)));
  }
}

/** Steps of a history (commits, or depths) that make a slice of the size aimed at. */
export class Pace {
  #steps: number;
  #trusted: number | undefined;

  constructor(steps: number) {
    this.#steps = Math.max(1, Math.floor(steps));
  }

  get steps(): number {
    return this.#steps;
  }

  /** A slice of so many steps had so many bytes. Steps over what was there before say nothing, so a stride that they grew is a guess. */
  took(steps: number, bytes: number, aim: number): void {
    if (bytes === 0) this.#trusted ??= steps;
    else this.#trusted = undefined;
    const factor = bytes === 0 ? 4 : Math.min(4, Math.max(0.25, aim / bytes));
    this.#steps = Math.max(1, Math.floor(steps * factor));
  }

  /** Whether so many steps are worth trying with what costs: else they are to be halved first. */
  isTrusted(steps: number): boolean {
    return this.#trusted === undefined || steps <= this.#trusted;
  }

  /** @returns false if it is at its smallest */
  halve(steps: number): boolean {
    this.#steps = Math.max(1, Math.floor(steps / 2));
    return steps > 1;
  }
}
