/**
 * The simulator's leases are those that the full services make of the same pushes: real templates, bundles and SDK clients in the
 * simulated AWS, one month of a real organisation's pushes (github.com/pallets, June 2025), lease by lease.
 */
import { readFileSync } from 'node:fs';
import { readTrace, simulate } from '@hourglass/cost';
import { defaultSettings, MINUTE_MS, paidHours, SECOND_MS } from '@hourglass/lease';
import { expect, it } from 'vitest';
import { deploy } from '../scenarios/deployment.ts';

const { arrivalsMs } = readTrace(readFileSync(new URL('fixtures/pallets-2025-06.txt', import.meta.url), 'utf8'));
const TASK_MS = 90 * SECOND_MS;
/** A schedule rings within the minute that it names, and a message is on its way for some seconds. */
const LATE_MS = 2 * MINUTE_MS;

/** What the whole deployment makes of the pushes, each of a repository of its own. */
async function liveThrough(
  maxDelayMs: number,
): Promise<{ openedAtMs: number; closedAtMs: number; paidHours: number }[]> {
  const world = await deploy({ startMs: Date.UTC(2025, 5, 1) });
  try {
    world.behave.durationMs = TASK_MS;
    for (const [index, arrivalMs] of arrivalsMs.entries()) {
      await world.pass((arrivalMs - world.cloud.clock.nowMs()) / MINUTE_MS);
      await world.requestMirror(`push-${index}`, { maxDelaySeconds: maxDelayMs / SECOND_MS });
    }
    await world.pass((maxDelayMs + 3 * 60 * MINUTE_MS) / MINUTE_MS);
    expect(world.runs).toHaveLength(arrivalsMs.length);
    return (await world.ended()).map(({ openedAtMs, closedAtMs }) => {
      const bornMs = openedAtMs ?? closedAtMs;
      return { openedAtMs: bornMs, closedAtMs, paidHours: paidHours('anchored', bornMs, closedAtMs) };
    });
  } finally {
    await world.close();
  }
}

it.each([0, 60])('lease by lease, with a delay of %i minutes', { timeout: 120_000 }, async (delayMinutes) => {
  const maxDelayMs = delayMinutes * MINUTE_MS;
  const lived = await liveThrough(maxDelayMs);
  const { details } = simulate({
    trace: 'pallets',
    arrivalsMs,
    durationsMs: arrivalsMs.map(() => TASK_MS),
    maxDelayMs,
    createMs: 150 * SECOND_MS,
    deleteMs: 120 * SECOND_MS,
    teardownLeadMs: null,
    policies: ['hourglass'],
    billings: ['anchored'],
    endpoints: 5,
    zones: 1,
    usdPerHour: 0.014,
  });
  const simulated = details[0]?.leases ?? [];
  expect(lived.map((lease) => lease.paidHours)).toEqual(simulated.map((lease) => lease.paidHours));
  for (const [index, { openedAtMs, closedAtMs }] of simulated.entries()) {
    const lease = lived[index];
    // The deployment takes a creation to last three minutes, so it opens that much earlier than the simulator's two and a half.
    const earlyMs = defaultSettings.createMs - 150 * SECOND_MS;
    expect(Math.abs((lease?.openedAtMs ?? 0) - openedAtMs)).toBeLessThanOrEqual(LATE_MS + earlyMs);
    expect(Math.abs((lease?.closedAtMs ?? 0) - closedAtMs)).toBeLessThanOrEqual(LATE_MS + earlyMs);
  }
});
