/** One simulation from its seed: some days of requests and faults, then rest. */
import { HOUR_MS } from '@hourglass/lease';
import type { Carriers } from './carriers.ts';
import { type Doors, openDoors } from './doors.ts';
import { planCalls } from './faults/calls.ts';
import { planRedeployment, skewClocks } from './faults/deployments.ts';
import { createDice } from './faults/dice.ts';
import { createDirectFates } from './faults/direct.ts';
import { healFates, planFates } from './faults/fates.ts';
import type { FaultKind } from './faults/kinds.ts';
import { planMessages, stopMessages } from './faults/messages.ts';
import { createOperator } from './faults/operator.ts';
import { healStacks, watchStacks } from './faults/stacks.ts';
import { createBehaviours } from './faults/tasks.ts';
import type { Violation } from './observer/violation.ts';
import { createRandom } from './random.ts';
import { drawArrivals } from './traffic.ts';
import { createSimulatedWorld, type SimulatedWorld } from './world.ts';

export interface Scenario {
  seed: number;
  days: number;
  kinds: readonly FaultKind[];
  /** What carries mirrors; tasks alone unless said. The assembly has the direct carrier for all else. */
  carriers?: Carriers;
  /** Which of the seed's arrivals happen, by number from 1; all if not given. */
  requests?: readonly number[];
  /** Whether git servers and schedules ask too; the assembly has them then. */
  doors?: boolean;
}

export interface Outcome {
  scenario: Scenario;
  /** Epoch milliseconds of the virtual clock at which it began. */
  startMs: number;
  /** How many arrivals the seed has in these days. */
  arrivals: number;
  /** Requests that the lease took. */
  requests: number;
  tasks: number;
  /** Requests that the direct carrier has left to a task. */
  handedOver: number;
  steps: number;
  faults: Partial<Record<FaultKind, number>>;
  /** Where there were doors: deliveries answered, and requests by the clock. */
  doors?: Pick<Doors, 'answered' | 'scheduled'>;
  violations: Violation[];
}

const DAY_MS = 24 * HOUR_MS;

/**
 * Runs to the end, or to the first violation.
 * @param assembly the cloud assembly to deploy
 * @param watch is given the world before anything happens in it, and called for each fault
 */
export async function runSeed(
  scenario: Scenario,
  assembly: string,
  watch?: (world: SimulatedWorld) => (kind: FaultKind) => void,
): Promise<Outcome> {
  const { seed, days, kinds, carriers = 'fargate' } = scenario;
  const dice = createDice(seed, kinds);
  const { behave, hasten } = createBehaviours(dice, createRandom(seed, 'durations'));
  const fates = createDirectFates(dice);
  const world = await createSimulatedWorld({ assembly, seed, behave, carriers, fates });
  const { cloud, observer, startMs } = world;
  try {
    if (watch) dice.onFault = watch(world);
    cloud.setFaults(planCalls(cloud, dice, hasten));
    planMessages(cloud, dice);
    planFates(cloud, dice);
    const unwatch = watchStacks(cloud, dice);
    skewClocks(world, dice);
    const doors = scenario.doors ? openDoors(world, seed, days) : undefined;
    const operator = createOperator(dice);
    const all = drawArrivals(seed, startMs, days);
    const arrivals = all.filter((_, index) => scenario.requests?.includes(index + 1) ?? true);
    for (let day = 0; day < days && observer.violations.length === 0; day += 1) {
      const [fromMs, untilMs] = [startMs + day * DAY_MS, startMs + (day + 1) * DAY_MS];
      planRedeployment(world, dice, fromMs);
      const today = arrivals.filter((one) => one.atMs >= fromMs && one.atMs < untilMs);
      operator.planDay(fromMs, today);
      for (const one of [...today, ...operator.due(untilMs)].sort((a, b) => a.atMs - b.atMs)) {
        await cloud.driver.advanceTo(one.atMs);
        if ('ask' in one) {
          await world.ask(one.ask, one);
          continue;
        }
        const { atMs, taskKey, maxDelaySeconds, times } = one;
        const requestId = `push-${all.findIndex((other) => other.atMs === atMs) + 1}`;
        await world.request(taskKey, { requestId, times, ...(maxDelaySeconds !== undefined && { maxDelaySeconds }) });
      }
      await cloud.driver.advanceTo(untilMs);
    }
    dice.stop();
    await doors?.stop();
    cloud.setFaults(undefined);
    stopMessages(cloud);
    unwatch();
    healStacks(cloud);
    healFates(cloud);
    if (kinds.includes('operator')) await operator.leave(world);
    if (observer.violations.length === 0) await world.settle();
    return {
      scenario,
      startMs,
      arrivals: all.length,
      requests: observer.accepted,
      tasks: observer.tasks,
      handedOver: observer.handedOver,
      steps: observer.steps,
      faults: dice.counts,
      ...(doors && { doors: { answered: doors.answered, scheduled: doors.scheduled } }),
      violations: observer.violations,
    };
  } finally {
    await world.close();
  }
}
