/** The end of a simulation: faults are over, and everything must come to rest by itself. */
import type { Cloud } from '@hourglass/cloud';
import type { Observer } from './observer/observer.ts';

const STEP_MS = 6 * 3_600_000;
/** A redrive waits a day at most, and there are up to three of them; a request that is never delivered is given up after a day. */
const LONGEST_MS = 6 * 24 * 3_600_000;

export async function settle(cloud: Cloud, observer: Observer): Promise<void> {
  const untilMs = cloud.clock.nowMs() + LONGEST_MS;
  do {
    await cloud.driver.advanceBy(STEP_MS);
  } while (observer.owed().length > 0 && cloud.clock.nowMs() < untilMs);
  // What is still on its way after a quiet day would be a message that comes a day late.
  await cloud.driver.advanceBy(4 * STEP_MS);
  observer.checkSettled();
}
