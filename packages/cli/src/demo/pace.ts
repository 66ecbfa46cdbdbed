/** How the demo's clock is moved: as fast as can be, or at a pace that a person can watch. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cloud } from '@hourglass/cloud';

/** Moves the clock on by so many virtual milliseconds. */
export type Advance = (durationMs: number) => Promise<void>;

/** Steps a second, so that the page's sand runs smoothly. */
const STEPS = 10;

/** @param pace virtual seconds that a real second takes; undefined: none */
export function advanceAt(driver: Pick<Cloud['driver'], 'advanceBy'>, pace: number | undefined): Advance {
  if (pace === undefined) return (durationMs) => driver.advanceBy(durationMs);
  const stepMs = Math.max(1, Math.floor((pace * 1_000) / STEPS));
  return async (durationMs) => {
    for (let left = durationMs; left > 0; left -= stepMs) {
      const step = Math.min(left, stepMs);
      const began = performance.now();
      await driver.advanceBy(step);
      await sleep(Math.max(0, step / pace - (performance.now() - began)));
    }
  };
}
