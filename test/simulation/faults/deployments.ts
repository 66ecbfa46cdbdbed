/** Clocks that differ, and redeployments with another configuration, function by function, whatever the lease is doing. */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@hourglass/lease';
import type { SimulatedWorld } from '../world.ts';
import type { Dice } from './dice.ts';

const SERVICES = ['intake', 'provisioner', 'runner', 'teardown', 'replay'];
/** Lambda's hosts are kept in time by the Amazon Time Sync Service; this is far more than they differ. */
const MOST_SKEW_MS = 2 * SECOND_MS;

export function skewClocks(world: SimulatedWorld, dice: Dice): void {
  if (!dice.happens('clock-skew')) return;
  const random = dice.of('clock-skew');
  for (const service of SERVICES) world.functionOf(service).skewMs = random.between(-MOST_SKEW_MS, MOST_SKEW_MS);
}

/** Plans the redeployments of one day: half of them at any time, half in the 70 minutes after endpoints begin to be created. */
export function planRedeployment(world: SimulatedWorld, dice: Dice, dayStartMs: number): void {
  if (!dice.happens('redeployment')) return;
  const random = dice.of('redeployment');
  const variables = {
    BILLING_CLOCK: random.pick(['anchored', 'clock', 'unknown']),
    TEARDOWN_LEAD_SECONDS: String(random.pick([240, 420, 600])),
    MAX_PARALLEL_TASKS: String(random.pick([1, 3, 10])),
    MAX_REPOSITORIES_PER_TASK: String(random.pick([1, 2, 20])),
    MAX_ATTEMPTS: String(random.pick([1, 3, 5])),
    TASK_TIME_LIMIT_SECONDS: String(random.pick([1_200, 3_600])),
    RETRY_WITHIN_SECONDS: String(random.pick([0, 3_600, 21_600])),
    MAX_CREATE_FAILURES: String(random.pick([2, 5])),
  };
  const begin = (beginsMs: number) => {
    let atMs = beginsMs;
    for (const service of SERVICES) {
      atMs += random.between(0, 20) * SECOND_MS;
      world.cloud.clock.schedule(atMs, `redeployment of ${service}`, () =>
        world.functionOf(service).configure(variables),
      );
    }
  };
  if (random.chance(0.5)) {
    begin(dayStartMs + Math.floor(random.next() * 23 * HOUR_MS));
    return;
  }
  const unwatch = world.cloud.onTrace((trace) => {
    if (trace.kind !== 'stack' || trace.status !== 'CREATE_IN_PROGRESS') return;
    unwatch();
    begin(world.cloud.clock.nowMs() + random.between(0, 70) * MINUTE_MS);
  });
}
