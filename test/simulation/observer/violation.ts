/** An invariant that did not hold. */
export interface Violation {
  /** The number in ARCHITECTURE.md; `denied`: a role lacks a permission; `crash`: a handler threw for a bug of its own. */
  invariant: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 'denied' | 'crash';
  /** Epoch milliseconds of the virtual clock. */
  atMs: number;
  message: string;
}

export type Report = (invariant: Violation['invariant'], message: string) => void;
