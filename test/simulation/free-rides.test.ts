/** The bound on free rides, with the replay service as it is deployed, and with the bound switched off in its bundle. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { describe, expect, inject, it } from 'vitest';
import { createSimulatedWorld } from './world.ts';

/** Nothing ever succeeds, and every so many hours a lease opens for something new. @returns what the observer tells */
async function failEvery(hours: number, times: number, assembly: string): Promise<string[]> {
  const behave = () => ({ durationMs: MINUTE_MS, ends: 'fails' as const });
  const world = await createSimulatedWorld({ assembly, seed: 1, behave });
  try {
    for (let time = 0; time < times; time += 1) {
      await world.request(time === 0 ? 'mirror:app' : 'mirror:web');
      await world.cloud.driver.advanceBy(hours * HOUR_MS);
    }
    await world.settle();
    return world.observer.violations.map(({ invariant, message }) => `${invariant}: ${message}`);
  } finally {
    await world.close();
  }
}

/** The assembly with one text of one bundle replaced. */
async function withPlanted<T>(find: string, replace: string, use: (assembly: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'hourglass-planted-'));
  try {
    cpSync(inject('assembly'), dir, { recursive: true });
    const bundles = readdirSync(dir).map((name) => join(dir, name, 'index.js'));
    const found = bundles.filter((path) => path.includes('asset.') && readFileSync(path, 'utf8').includes(find));
    expect(found).toHaveLength(1);
    for (const path of found)
      writeFileSync(
        path,
        readFileSync(path, 'utf8').replace(find, () => replace),
      );
    return await use(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const ENOUGH_TO_PARK = [7, 5] as const;
const TOO_SOON = [3, 3] as const;

describe('what died rides along with leases that open anyway', () => {
  it('at most once in six hours and three times, then it rests', async () => {
    expect(await failEvery(...ENOUGH_TO_PARK, inject('assembly'))).toEqual([]);
    expect(await failEvery(...TOO_SOON, inject('assembly'))).toEqual([]);
  });

  it.each([
    ['without end', 'rides && dead.replays >= MAX_FREE_RIDES', 'false', ENOUGH_TO_PARK, /^1: .* for the 4th time/],
    ['with every lease', 'nowMs - lastRideMs < RIDE_EVERY_MS ||', '', TOO_SOON, /^1: .* rides within 180 minutes/],
  ])('and the observer tells of a bug with which it rides %s', async (_, find, replace, [hours, times], told) => {
    const violations = await withPlanted(find, replace, (assembly) => failEvery(hours, times, assembly));
    expect(violations).toContainEqual(expect.stringMatching(told));
  });
});
