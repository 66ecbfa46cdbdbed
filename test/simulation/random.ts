/** Chance from a seed. Each stream is a sequence of its own, so that one fault less moves no other fault and no arrival. */

import { createRandom as createUniform } from '@hourglass/cost';

export interface Random {
  /** From 0 up to 1. */
  next(): number;
  chance(probability: number): boolean;
  /** A whole number, both ends included. */
  between(min: number, max: number): number;
  pick<T>(list: readonly T[]): T;
  /** Most often near the median, now and then many times as much. */
  aroundMedian(median: number, spread: number): number;
}

export function createRandom(seed: number, stream: string): Random {
  const next = createUniform(hash(`${seed}/${stream}`));
  return {
    next,
    chance: (probability) => next() < probability,
    between: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T,
    aroundMedian(median, spread) {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return Math.round(median * Math.exp(spread * normal));
    },
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}
