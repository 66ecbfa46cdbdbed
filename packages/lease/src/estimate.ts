/**
 * What is learned of a duration, in constant size: its usual value and its spread, both smoothed as TCP smooths its round trips
 * (RFC 6298, section 2), so that one odd measurement neither rules nor is forgotten at once.
 */
export interface Estimate {
  usualMs: number;
  spreadMs: number;
}

/** Takes a measurement in. Whole milliseconds. */
export function learn(known: Estimate | null, measuredMs: number): Estimate {
  if (!known) return { usualMs: measuredMs, spreadMs: Math.floor(measuredMs / 2) };
  const { usualMs, spreadMs } = known;
  return {
    usualMs: Math.round((7 * usualMs + measuredMs) / 8),
    spreadMs: Math.floor((3 * spreadMs + Math.abs(usualMs - measuredMs)) / 4),
  };
}

/** Takes into a share, in thousandths, whether it happened once more. Smoothed alike. */
export function learnShare(share: number, happened: boolean): number {
  return Math.round((7 * share + (happened ? 1_000 : 0)) / 8);
}
