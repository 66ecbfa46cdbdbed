/** One month of a real organisation's pushes (github.com/pallets, June 2025), lived through by a deployment and simulated. */
import { readFileSync } from 'node:fs';
import { type LeaseSpan, type PolicyName, readTrace, simulate } from '@hourglass/cost';
import { type BillingClock, defaultSettings, MINUTE_MS, paidHours, SECOND_MS } from '@hourglass/lease';
import { expect } from 'vitest';
import { deploy } from '../scenarios/deployment.ts';

const { arrivalsMs } = readTrace(readFileSync(new URL('fixtures/pallets-2025-06.txt', import.meta.url), 'utf8'));
const TASK_MS = 90 * SECOND_MS;
/** A schedule fires within the minute that it names, and a message is on its way for some seconds. */
const LATE_MS = 2 * MINUTE_MS;

type Life = Pick<LeaseSpan, 'openedAtMs' | 'closedAtMs'>;

/** What the whole deployment makes of the pushes, each of a repository of its own. */
export async function liveThrough(maxDelayMs: number, assembly?: string): Promise<Life[]> {
  const world = await deploy({ startMs: Date.UTC(2025, 5, 1) }, assembly);
  try {
    world.behave.durationMs = TASK_MS;
    for (const [index, arrivalMs] of arrivalsMs.entries()) {
      await world.pass((arrivalMs - world.cloud.clock.nowMs()) / MINUTE_MS);
      await world.requestMirror(`push-${index}`, { maxDelaySeconds: maxDelayMs / SECOND_MS });
    }
    await world.pass((maxDelayMs + 3 * 60 * MINUTE_MS) / MINUTE_MS);
    expect(world.runs).toHaveLength(arrivalsMs.length);
    return (await world.ended()).map(({ openedAtMs, closedAtMs }) => ({ openedAtMs: openedAtMs ?? 0, closedAtMs }));
  } finally {
    await world.close();
  }
}

/** Lease by lease, and billed the same. */
export function expectSimulated(lived: Life[], policy: PolicyName, billing: BillingClock, maxDelayMs: number): void {
  const { details } = simulate({
    trace: 'pallets',
    arrivalsMs,
    durationsMs: arrivalsMs.map(() => TASK_MS),
    maxDelayMs,
    createMs: 150 * SECOND_MS,
    deleteMs: 120 * SECOND_MS,
    teardownLeadMs: null,
    policies: [policy],
    billings: [billing],
    endpoints: 5,
    zones: 1,
    usdPerHour: 0.014,
  });
  const leases = details[0]?.leases ?? [];
  const hours = lived.map(({ openedAtMs, closedAtMs }) => paidHours(billing, openedAtMs, closedAtMs));
  expect(hours).toEqual(leases.map((lease) => lease.paidHours));
  // The deployment takes a creation to last three minutes, so it opens that much earlier than the simulator's two and a half.
  const earlyMs = defaultSettings.createMs - 150 * SECOND_MS;
  for (const [index, { openedAtMs, closedAtMs }] of leases.entries()) {
    const life = lived[index];
    expect(Math.abs((life?.openedAtMs ?? 0) - openedAtMs)).toBeLessThanOrEqual(LATE_MS + earlyMs);
    expect(Math.abs((life?.closedAtMs ?? 0) - closedAtMs)).toBeLessThanOrEqual(LATE_MS + earlyMs);
  }
}
