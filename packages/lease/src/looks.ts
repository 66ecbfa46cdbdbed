/** When a running item must be looked at, whatever events were lost. */
import type { LeaseState } from './lease.ts';
import { HOUR_MS, type LeaseSettings } from './settings.ts';
import type { Claim } from './task.ts';

type LookSettings = Pick<LeaseSettings, 'patienceMs' | 'checkTaskMs'>;

/** Before RunTask is confirmed, when it is to be repeated; then when the task is to be seen again, or to be stopped. */
export function lookDueMs(claim: Claim, { patienceMs, checkTaskMs }: LookSettings): number {
  if (claim.taskArn === null) return claim.seenAtMs + patienceMs;
  // Past its stop-by the task is asked to stop again at each look, until it is seen to have ended; the pause doubles.
  if (claim.seenAtMs >= claim.stopByMs) {
    return claim.seenAtMs + doubled(patienceMs, (claim.stopsAsked ?? 1) - 1);
  }
  return Math.min(claim.stopByMs, claim.seenAtMs + checkTaskMs);
}

/** An hour at most. */
export function doubled(pauseMs: number, times: number): number {
  return Math.min(pauseMs * 2 ** Math.max(0, times), HOUR_MS);
}

/** Whether all running items are at hand. */
export function holdsRunning({ lease, items }: Pick<LeaseState, 'lease' | 'items'>): boolean {
  let running = 0;
  for (const { state } of items.values()) if (state === 'running') running += 1;
  return running === lease.running;
}
