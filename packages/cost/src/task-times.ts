/** Task durations where none were measured: lognormal, as the durations of small jobs usually are, and the same for the same seed. */

/** The logarithm's standard deviation: one task in six takes more than 2.2 times the median, one in a hundred more than 6 times. */
const SIGMA = 0.8;

/** @returns `count` durations in whole seconds, given in milliseconds; one second at least. */
export function drawDurations(count: number, medianMs: number, seed: number): number[] {
  const draw = createRandom(seed);
  return Array.from({ length: count }, () => {
    // Box-Muller: two uniform numbers make one that is normal.
    const radius = Math.sqrt(-2 * Math.log(1 - draw()));
    const normal = radius * Math.cos(2 * Math.PI * draw());
    return Math.max(1, Math.round((medianMs / 1_000) * Math.exp(SIGMA * normal))) * 1_000;
  });
}

/** Uniform numbers from 0 to below 1; the 32-bit generator known as mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
