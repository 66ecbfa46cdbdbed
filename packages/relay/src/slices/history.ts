/**
 * A history cut into slices, oldest first. Each slice is whole by itself: all that its commits reach is in it, in earlier slices, or at
 * the destination already.
 */
export interface Slice {
  /** The newest commits of the slice: what it is fetched by, and what holds it at the destination. */
  readonly wants: readonly string[];
  /** Commits that the destination has by now and that the slice builds on. */
  readonly haves: readonly string[];
}

export interface History {
  /** The next slice, anew after `passed` or `halve`; undefined at the end. */
  next(): Promise<Slice | undefined>;
  /** The destination has it; `bytes` it had, 0 if the destination had it before. */
  passed(bytes: number, aim: number): void;
  /** False for a slice that is a guess about where news begin: it is halved without having been sent. */
  isWorthSending(): boolean;
  /** It was too big. @returns false if it cannot be made smaller */
  halve(): boolean;
  /** Commits that reach all slices so far; what is not among them needs no ref any more. */
  isHeld(oid: string): boolean;
  close(): Promise<void>;
}
