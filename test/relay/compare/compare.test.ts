/** The mirror beside git: random histories, names and earlier destinations, by every way and protocol, and the same refs at the end. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scenes } from './scene.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

it('leaves the refs that git leaves, byte by byte, or names each that differs', async () => {
  await fc.assert(
    fc.asyncProperty(scenes, async (scene) => {
      expect(await stage.play(scene)).toEqual([]);
    }),
    // Always the same scenes here; `compare:mirror` plays any number of others.
    { numRuns: 12, seed: 15, endOnFailure: true },
  );
});
