/** `pnpm compare:mirror [--cases N] [--seed S]`: as many random scenes as wanted; a difference is printed with the smallest scene that shows it. */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { scenes } from './scene.ts';
import { openStage } from './stage.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '500' },
    seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
  },
});
const stage = await openStage();
const startedMs = performance.now();
let played = 0;
try {
  await fc.assert(
    fc.asyncProperty(scenes, async (scene) => {
      const differences = await stage.play(scene);
      if (++played % 50 === 0) process.stderr.write(`${played} scenes\n`);
      if (differences.length > 0) throw new Error(differences.join('\n'));
    }),
    { numRuns: Number(values.cases), seed: Number(values.seed), interruptAfterTimeLimit: 3_600_000 },
  );
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  process.stdout.write(`${played} scenes, seed ${values.seed}, ${seconds} s: the same refs as git's\n`);
} catch (error) {
  const { message, cause } = error as Error;
  process.stdout.write(`seed ${values.seed}: ${message}\n${cause instanceof Error ? `${cause.message}\n` : ''}`);
  process.exitCode = 1;
} finally {
  await stage.close();
}
