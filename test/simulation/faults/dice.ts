/** Decides when each kind of fault happens, and counts. */
import { createRandom, type Random } from '../random.ts';
import { FAULTS, type FaultKind } from './kinds.ts';

export interface Dice {
  /** Whether it happens this time; if so, it is counted. */
  happens(kind: FaultKind): boolean;
  /** Chance for the details of a kind. */
  of(kind: FaultKind): Random;
  /** How often each kind has happened. */
  readonly counts: Partial<Record<FaultKind, number>>;
  /** No faults any more. */
  stop(): void;
  /** Called for each fault as it happens. */
  onFault: (kind: FaultKind) => void;
}

/** How much more or less often than usual faults happen, by seed. */
const INTENSITIES = [0.3, 1, 1, 3];

export function createDice(seed: number, kinds: readonly FaultKind[]): Dice {
  const intensity = createRandom(seed, 'intensity').pick(INTENSITIES);
  const streams = new Map(kinds.map((kind) => [kind, createRandom(seed, kind)]));
  const counts: Partial<Record<FaultKind, number>> = {};
  let stopped = false;
  const dice: Dice = {
    happens(kind) {
      const stream = streams.get(kind);
      // A sure fault stays sure; of others at most every second chance is taken.
      const probability = FAULTS[kind] === 1 ? 1 : Math.min(0.5, FAULTS[kind] * intensity);
      if (stopped || !stream?.chance(probability)) return false;
      counts[kind] = (counts[kind] ?? 0) + 1;
      dice.onFault(kind);
      return true;
    },
    of: (kind) => streams.get(kind) ?? createRandom(seed, kind),
    counts,
    stop() {
      stopped = true;
    },
    onFault() {},
  };
  return dice;
}

/** Every eighth seed takes all kinds, the others some: a few faults at a time lead further. */
export function drawKinds(seed: number, kinds: readonly FaultKind[]): FaultKind[] {
  if (seed % 8 === 0) return [...kinds];
  const random = createRandom(seed, 'kinds');
  return kinds.filter(() => random.chance(0.5));
}
