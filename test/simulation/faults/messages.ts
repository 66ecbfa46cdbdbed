/** What befalls events on their way to a target, and the fires of schedules. */
import type { Cloud } from '@hourglass/cloud';
import { MINUTE_MS, SECOND_MS } from '@hourglass/lease';
import type { Dice } from './dice.ts';

export function planMessages(cloud: Cloud, dice: Dice): void {
  cloud.parts.events.setDeliveries(({ event }) => {
    const isStop = event.source === 'aws.ecs';
    const isStored = event.source === 'aws.s3';
    if (isStop && dice.happens('stopped-never')) return [];
    if (isStored && dice.happens('stored-never')) return [];
    if (dice.happens('event-dropped')) return [];
    const first = delayMs(dice);
    const own = [...(isStop ? ['stopped-twice' as const] : []), ...(isStored ? ['stored-twice' as const] : [])];
    const again = [...own, 'event-duplicated' as const].find(dice.happens);
    return again ? [first, dice.of(again).between(0, 120) * SECOND_MS] : [first];
  });
  cloud.schedules.planRings = () => {
    const late = dice.happens('timer-late') ? dice.of('timer-late').between(0, 60) * SECOND_MS : 0;
    return dice.happens('timer-twice') ? [late, late + dice.of('timer-twice').between(0, 90) * SECOND_MS] : [late];
  };
}

export function stopMessages(cloud: Cloud): void {
  cloud.parts.events.setDeliveries(undefined);
  cloud.schedules.planRings = undefined;
}

function delayMs(dice: Dice): number {
  if (dice.happens('event-delayed')) {
    const random = dice.of('event-delayed');
    return random.chance(0.5) ? random.between(1, 300) * SECOND_MS : random.between(5, 360) * MINUTE_MS;
  }
  return dice.happens('event-reordered') ? dice.of('event-reordered').between(0, 10 * SECOND_MS) : 0;
}
