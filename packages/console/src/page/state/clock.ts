/**
 * The deployment's time on the page. The server sends it with each reading; in between it is reckoned on, at the speed that was sent (a simulated
 * world's clock runs faster than a wall's, and stands still at times), and never far beyond what was sent last.
 */
import { signal } from '@preact/signals';

/** Epoch milliseconds. */
export const now = signal(Date.now());

interface Heard {
  readonly serverMs: number;
  readonly wallMs: number;
}

let last: Heard | undefined;
let rate = 1;
/** No further beyond the last word than this, in wall time. */
let trustMs = 30_000;

export function trustClockFor(ms: number): void {
  trustMs = ms;
}

export function hearTime(serverMs: number, wallMs = performance.now()): void {
  if (last !== undefined && wallMs - last.wallMs > 200) rate = rateOf(last, { serverMs, wallMs });
  if (last === undefined || wallMs - last.wallMs > 200) last = { serverMs, wallMs };
  now.value = serverMs;
}

/** Near 1 it is 1: answers come a little early or late. */
export function rateOf(before: Heard, after: Heard): number {
  const measured = (after.serverMs - before.serverMs) / (after.wallMs - before.wallMs);
  if (measured > 0.7 && measured < 1.4) return 1;
  return Math.min(1_000, Math.max(0, measured));
}

/** Moves the time on; called a few times a second while somebody looks. */
export function tick(wallMs = performance.now()): void {
  if (last === undefined) return;
  const passedMs = Math.min(trustMs, wallMs - last.wallMs);
  // A second is the finest that is shown.
  const reckoned = last.serverMs + passedMs * rate;
  if (Math.floor(reckoned / 1_000) !== Math.floor(now.value / 1_000) && reckoned > now.value) now.value = reckoned;
}
