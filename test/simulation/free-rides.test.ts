/** The bound on free rides, with the replay service as it is deployed, and with the bound switched off in its bundle. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { describe, expect, inject, it } from 'vitest';
import { createSimulatedWorld } from './world.ts';

/** Nothing ever succeeds, and every five hours a lease opens for something new. @returns what the observer tells */
async function failFor(hours: number, assembly: string): Promise<string[]> {
  const behave = () => ({ durationMs: MINUTE_MS, ends: 'fails' as const });
  const world = await createSimulatedWorld({ assembly, seed: 1, behave });
  try {
    for (let hour = 0; hour < hours; hour += 5) {
      await world.request(hour === 0 ? 'mirror:app' : 'mirror:web');
      await world.cloud.driver.advanceBy(5 * HOUR_MS);
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

describe('what died rides along with leases that open anyway', () => {
  it('at most once in six hours and three times, then it rests', async () => {
    expect(await failFor(40, inject('assembly'))).toEqual([]);
  });

  it.each([
    ['rides without end', 'rides && dead.replays >= MAX_FREE_RIDES', 'false', /^1: .* rides for the 4th time/],
    ['rides with every lease', 'nowMs - lastRideMs < RIDE_EVERY_MS ||', '', /^1: .* two free rides within 300 minutes/],
  ])('and the observer tells of a bug with which it %s', async (_, find, replace, told) => {
    const violations = await withPlanted(find, replace, (assembly) => failFor(40, assembly));
    expect(violations).toContainEqual(expect.stringMatching(told));
  });
});
