/** A function's own time: what takes longer is ended while there is still time to report it. */

/** Kept to report that the time is over. */
const MARGIN_MS = 20_000;

/** Aborted shortly before Lambda would end the function. */
export function ownTime(context: { getRemainingTimeInMillis(): number }): AbortSignal {
  return AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - MARGIN_MS));
}
