/** What AWS does to Fargate tasks of its own accord: containers that nobody asked for, tasks that never reach STOPPED, and no capacity. */
import type { Cloud, Fates } from '@hourglass/cloud';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@hourglass/lease';
import type { Random } from '../random.ts';
import type { Dice } from './dice.ts';

const STOP_MS = 2 * SECOND_MS;
/** As ECS words it, by where the refusal comes from. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html */
const REFUSALS = [
  'Capacity is unavailable at this time. Please try again later or in a different availability zone',
  'RESOURCE:FARGATE',
  "You've reached the limit on the number of vCPUs you can run concurrently",
];

export function planFates({ clock, parts: { ecs } }: Cloud, dice: Dice): void {
  const fates: Fates = {
    refuseRun: createOutages(() => clock.nowMs(), dice),
    sidecars() {
      if (!dice.happens('sidecar')) return [];
      return [{ name: 'aws-guardduty-agent-6d3a1f', exitCode: dice.of('sidecar').pick([0, 137, undefined]) }];
    },
    arrange: (containers) =>
      containers.length > 1 && dice.of('sidecar').chance(0.5) ? containers.toReversed() : [...containers],
    stopMs: () => (dice.happens('never-stopped') ? dice.of('never-stopped').between(24, 120) * HOUR_MS : STOP_MS),
    stopSignalMs: () => (dice.happens('never-stopped') ? dice.of('never-stopped').between(1, 30) * HOUR_MS : 0),
  };
  Object.assign(ecs.fates, fates);
}

export function healFates({ parts: { ecs } }: Cloud): void {
  for (const name of Object.keys(ecs.fates)) delete ecs.fates[name as keyof Fates];
}

/** While one lasts, its Zones take no task; where a request names subnets of several, ECS tries one of them. */
function createOutages(nowMs: () => number, dice: Dice): NonNullable<Fates['refuseRun']> {
  let [fromMs, untilMs, nextLookMs] = [0, 0, 0];
  let isEverywhere = true;
  let without: string | undefined;
  return (subnets) => {
    const now = nowMs();
    while (nextLookMs <= now) {
      const lookMs = Math.max(nextLookMs, now - 24 * HOUR_MS);
      nextLookMs = lookMs + 6 * HOUR_MS;
      if (!dice.happens('capacity-outage')) continue;
      const random = dice.of('capacity-outage');
      fromMs = lookMs + random.between(0, 360) * MINUTE_MS;
      untilMs = fromMs + outageMs(random);
      isEverywhere = random.chance(0.5);
      without = undefined;
    }
    if (now < fromMs || now >= untilMs) return undefined;
    const random = dice.of('capacity-outage');
    const tried = random.pick(subnets);
    without ??= tried;
    if (!isEverywhere && tried !== without) return undefined;
    return random.pick(REFUSALS);
  };
}

function outageMs(random: Random): number {
  return random.chance(0.5) ? random.between(5, 60) * MINUTE_MS : random.between(1, 24) * HOUR_MS;
}
