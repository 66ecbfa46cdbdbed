/**
 * An operator at work: pauses everything or one task for minutes to half a day, at any time or soon after a request has come, or lets the endpoints go.
 * Whoever paused resumes, and at the end looks that nothing is paused any more: an ask may come late, and after the one that takes it back.
 */
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { LEASE_ID, TABLE } from '../names.ts';
import { readLease } from '../observer/lease-table.ts';
import type { Arrival } from '../traffic.ts';
import type { OperatorAsk, SimulatedWorld } from '../world.ts';
import type { Dice } from './dice.ts';

export interface PlannedAsk {
  readonly atMs: number;
  readonly ask: OperatorAsk;
  readonly taskKey?: string;
}

export interface Operator {
  /** Plans a day, with its arrivals known. */
  planDay(fromMs: number, arrivals: readonly Arrival[]): void;
  /** What is to be asked before then, earliest first; each is given once. */
  due(untilMs: number): PlannedAsk[];
  /** Faults are over: everything that is paused is resumed. */
  leave(world: SimulatedWorld): Promise<void>;
}

export function createOperator(dice: Dice): Operator {
  let asks: PlannedAsk[] = [];
  return {
    planDay(fromMs, arrivals) {
      if (!dice.happens('operator')) return;
      const random = dice.of('operator');
      const arrival = arrivals.length > 0 && random.chance(0.7) ? random.pick(arrivals) : undefined;
      const atMs = arrival
        ? arrival.atMs + random.between(0, 90) * MINUTE_MS
        : fromMs + Math.floor(random.next() * 23 * HOUR_MS);
      const what = random.pick(['all', 'task', 'task', 'close'] as const);
      const longMs = (random.chance(0.5) ? random.between(1, 90) : random.between(90, 720)) * MINUTE_MS;
      if (what === 'close') {
        asks.push({ atMs, ask: 'CloseRequested' });
        return;
      }
      const task = what === 'all' ? {} : { taskKey: arrival?.taskKey ?? 'mirror:app' };
      asks.push({ atMs, ask: 'PauseRequested', ...task }, { atMs: atMs + longMs, ask: 'ResumeRequested', ...task });
    },
    due(untilMs) {
      const due = asks.filter(({ atMs }) => atMs < untilMs).sort((one, other) => one.atMs - other.atMs);
      asks = asks.filter(({ atMs }) => atMs >= untilMs);
      return due;
    },
    async leave(world) {
      for (const { ask, ...more } of this.due(Number.POSITIVE_INFINITY))
        if (ask === 'ResumeRequested') await world.ask(ask, more);
      // What was asked last may come last: six hours late, at most.
      for (let look = 0; look < 8; look += 1) {
        await world.cloud.driver.advanceBy(HOUR_MS);
        const { lease } = readLease(world.cloud, TABLE, LEASE_ID);
        if ((lease?.heldSinceMs ?? null) !== null) await world.ask('ResumeRequested', {});
        for (const taskKey of lease?.heldTasks ?? []) await world.ask('ResumeRequested', { taskKey });
      }
    },
  };
}
