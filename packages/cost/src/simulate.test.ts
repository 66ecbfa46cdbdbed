/** What a simulation says of small traces that can be reckoned by hand, and how long a large one takes. */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@hourglass/lease';
import { describe, expect, it } from 'vitest';
import { type SimulationInput, simulate } from './simulate.ts';
import { type PolicyName, policyNames, type SimulationRow } from './simulation.ts';
import { drawDurations } from './task-times.ts';

const DAY_MS = Date.UTC(2025, 0, 1);

function input(minutes: number[], over: Partial<SimulationInput> = {}): SimulationInput {
  return {
    trace: 'by hand',
    arrivalsMs: minutes.map((minute) => DAY_MS + minute * MINUTE_MS),
    durationsMs: minutes.map(() => 90 * SECOND_MS),
    maxDelayMs: 0,
    createMs: 150 * SECOND_MS,
    deleteMs: 120 * SECOND_MS,
    teardownLeadMs: 180 * SECOND_MS,
    policies: policyNames,
    billings: ['anchored'],
    endpoints: 5,
    zones: 2,
    usdPerHour: 0.01,
    ...over,
  };
}

function rowOf(policy: PolicyName, minutes: number[], over: Partial<SimulationInput> = {}): SimulationRow {
  const row = simulate(input(minutes, { ...over, policies: [policy] })).rows[0];
  if (!row) throw new Error('no row');
  return row;
}

describe('a simulation', () => {
  it('gives one row and one detail for each policy and clock', () => {
    const { rows, details } = simulate(input([10], { billings: ['anchored', 'clock'] }));
    expect(rows.map(({ policy, billing }) => `${policy} ${billing}`)).toEqual(
      ['anchored', 'clock'].flatMap((billing) => policyNames.map((policy) => `${policy} ${billing}`)),
    );
    expect(details).toHaveLength(rows.length);
  });

  it('bills one push as one hour, from the ask to the end of the deletion', () => {
    const { details } = simulate(input([10], { policies: ['hourglass'] }));
    const [lease] = details[0]?.leases ?? [];
    expect(lease).toEqual({
      openedAtMs: DAY_MS + 10 * MINUTE_MS,
      closedAtMs: DAY_MS + 69 * MINUTE_MS,
      paidHours: 1,
    });
    expect(details[0]?.waits).toEqual([150]);
  });

  it('counts hours by endpoint and Zone, and a month by the days of the trace', () => {
    expect(rowOf('always-on', [10])).toMatchObject({ paidHours: 24, paidEndpointHours: 240, usdPerMonth: 73 });
    expect(rowOf('hourglass', [10])).toMatchObject({ paidHours: 1, paidEndpointHours: 10, usdPerMonth: 3.0417 });
  });

  it('pays twice for two pushes each of which has its own endpoints, once where they share an hour', () => {
    expect(rowOf('per-task', [10, 40])).toMatchObject({ paidHours: 2, leases: 2, ratioToOptimum: 2 });
    expect(rowOf('hourglass', [10, 40])).toMatchObject({ paidHours: 1, leases: 1, ratioToOptimum: 1 });
  });

  it('knows that a poll cuts tasks short', () => {
    const durationsMs = [3 * HOUR_MS];
    expect(rowOf('poll-30', [10], { durationsMs })).toMatchObject({ deletedUnderTask: 1, paidHours: 1 });
    expect(rowOf('hourglass', [10], { durationsMs })).toMatchObject({ deletedUnderTask: 0, paidHours: 4 });
  });

  it('waits for the next clock hour when the delay allows, and only then', () => {
    expect(rowOf('hourglass', [57], { billings: ['clock'] })).toMatchObject({ paidHours: 2 });
    const patient = rowOf('hourglass', [57], { billings: ['clock'], maxDelayMs: 10 * MINUTE_MS });
    expect(patient).toMatchObject({ paidHours: 1, waitSeconds: { max: 330 } });
    const early = rowOf('hourglass', [5], { billings: ['clock'], maxDelayMs: 10 * MINUTE_MS });
    expect(early.waitSeconds.max).toBe(150);
  });

  it('learns the lead from the deletions when none is given', () => {
    const days = Array.from({ length: 40 }, (_, day) => day * 1_440);
    const { details } = simulate(input(days, { teardownLeadMs: null, policies: ['hourglass'] }));
    const lives = details[0]?.leases.map(({ openedAtMs, closedAtMs }) => (closedAtMs - openedAtMs) / MINUTE_MS) ?? [];
    expect(lives[0]).toBe(55);
    // A firing may be late by more than a minute.
    expect(lives.at(-1)).toBeCloseTo(58.92, 2);
  });

  it('takes time in proportion to the pushes', () => {
    // Time on the processor, the least of two runs: what else the machine does is not what is measured.
    const leastMs = (pushes: number) => {
      let atMs = DAY_MS;
      const arrivalsMs = drawDurations(pushes, 22 * MINUTE_MS, 1).map((gapMs) => {
        atMs += gapMs;
        return atMs;
      });
      const durationsMs = drawDurations(pushes, 90 * SECOND_MS, 2);
      const runs = Array.from({ length: 2 }, () => {
        const before = process.cpuUsage();
        simulate(input([], { arrivalsMs, durationsMs, billings: ['anchored', 'clock'], maxDelayMs: 15 * MINUTE_MS }));
        return process.cpuUsage(before).user / 1_000;
      });
      return Math.min(...runs);
    };
    leastMs(100);
    // Ten times the pushes. What compares each push with each takes a hundred times as long.
    expect(leastMs(15_000) / leastMs(1_500)).toBeLessThan(40);
  });
});
