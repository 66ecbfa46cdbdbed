/** How tasks behave. */
import { MINUTE_MS, SECOND_MS } from '@hourglass/lease';
import type { Random } from '../random.ts';
import type { Behaviour } from '../virtual-tasks.ts';
import type { Dice } from './dice.ts';

export function createBehaviours(dice: Dice, durations: Random): { behave(): Behaviour; hasten(): void } {
  let isHastened = false;
  const hasten = () => {
    isHastened = true;
  };
  const behave = (): Behaviour => {
    const drawnMs = Math.max(SECOND_MS, durations.aroundMedian(90 * SECOND_MS, 0.7));
    const durationMs = isHastened ? SECOND_MS : drawnMs;
    isHastened = false;
    if (dice.happens('task-hangs')) return { durationMs, ends: 'hangs' };
    if (dice.happens('task-overlong')) {
      return { durationMs: dice.of('task-overlong').between(20, 75) * MINUTE_MS, ends: 'succeeds' };
    }
    if (dice.happens('task-killed')) {
      return { durationMs, ends: dice.of('task-killed').chance(0.5) ? 'killedAfterCopy' : 'killedBeforeCopy' };
    }
    if (dice.happens('task-fails'))
      return { durationMs: dice.of('task-fails').between(1, 120) * SECOND_MS, ends: 'fails' };
    return { durationMs, ends: dice.happens('task-mute') ? 'succeedsMute' : 'succeeds' };
  };
  return { behave, hasten };
}
