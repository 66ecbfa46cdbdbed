/** What a deployment does that leaves the reading of the bill and the delay to their defaults. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesizeWorld } from '@hourglass/cli';
import { MINUTE_MS, paidHours } from '@hourglass/lease';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSimulated, liveThrough } from '../cost/pallets-month.ts';
import { type Deployment, deploy } from './deployment.ts';

const NINE = Date.UTC(2026, 0, 5, 9);
let folder = '';
let assembly = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-defaults-'));
  const destinationPrefix = 'codecommit::ap-northeast-1://';
  const config = { deployment: 'test', sourceHost: 'git.test', destinationPrefix, apiKeySha256: '0'.repeat(64) };
  assembly = await synthesizeWorld(config, folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One push at so many minutes past nine, and what came of it. */
async function pushAt(minute: number): Promise<{ startedAt: number; readings: number[] }> {
  const world: Deployment = await deploy({ startMs: NINE }, assembly);
  try {
    await world.pass(minute);
    await world.requestMirror('app');
    await world.pass(3 * 60);
    const [run] = world.runs;
    const [lease] = await world.ended();
    const [openedAtMs, closedAtMs] = [lease?.openedAtMs ?? 0, lease?.closedAtMs ?? 0];
    const readings = (['anchored', 'clock'] as const).map((clock) => paidHours(clock, openedAtMs, closedAtMs));
    return { startedAt: ((run?.startMs ?? 0) - NINE) / 60_000, readings };
  } finally {
    await world.close();
  }
}

it('starts at once where waiting would buy nothing, and pays one hour however hours are counted', async () => {
  const { startedAt, readings } = await pushAt(20);
  expect(startedAt).toBeLessThan(25);
  expect(readings).toEqual([1, 1]);
});

it('late in a clock hour waits for the next, ten minutes at most, and pays one hour instead of two', async () => {
  const { startedAt, readings } = await pushAt(54);
  expect(startedAt).toBeGreaterThanOrEqual(60);
  expect(startedAt).toBeLessThanOrEqual(64);
  expect(readings).toEqual([1, 1]);
});

it('makes the leases of a month that `hourglass-default` is simulated with', async () => {
  const maxDelayMs = 10 * MINUTE_MS;
  const lived = await liveThrough(maxDelayMs, assembly);
  for (const billing of ['anchored', 'clock'] as const)
    expectSimulated(lived, 'hourglass-default', billing, maxDelayMs);
});
