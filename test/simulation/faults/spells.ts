/** Spells of a fault: it is looked for each six hours, and lasts for minutes to hours. */
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import type { Random } from '../random.ts';
import type { Dice } from './dice.ts';
import type { FaultKind } from './kinds.ts';

/**
 * Half of the spells last up to an hour, half up to the longest.
 * @param backHours how far before the first call after a pause a spell may have begun
 * @param begin draws what a spell does, and gives how long it lasts at most, in minutes
 * @returns whether one is under way
 */
export function createSpells(
  dice: Dice,
  kind: FaultKind,
  backHours: number,
  begin: (random: Random) => number,
): (nowMs: number) => boolean {
  let [fromMs, untilMs, nextLookMs] = [0, 0, 0];
  return (nowMs) => {
    while (nextLookMs <= nowMs) {
      const lookMs = Math.max(nextLookMs, nowMs - backHours * HOUR_MS);
      nextLookMs = lookMs + 6 * HOUR_MS;
      if (!dice.happens(kind)) continue;
      const random = dice.of(kind);
      const longest = begin(random);
      fromMs = lookMs + random.between(0, 360) * MINUTE_MS;
      untilMs = fromMs + (random.chance(0.5) ? random.between(5, 60) : random.between(60, longest)) * MINUTE_MS;
    }
    return nowMs >= fromMs && nowMs < untilMs;
  };
}
