/** `pnpm compare:mirror [--cases N] [--seed S]`: as many random scenes as wanted; a difference is printed with the smallest scene that shows it. */
import fc from 'fast-check';
import { createCommand } from '../../command.ts';
import { readCount } from '../../read-count.ts';
import { scenes } from './scene.ts';
import { openStage } from './stage.ts';

const { cases, seed } = createCommand(
  'compare:mirror',
  "Mirror random histories and names by every way and protocol, and compare the refs with what git's own push makes.",
)
  .option('--cases <number>', 'how many scenes', readCount(1, 1e7), 500)
  .option('--seed <number>', 'the same scenes again; default: others each time', readCount(0, 2 ** 31 - 1))
  .addHelpText(
    'after',
    '\nExit status: 0 the same refs, 1 a difference, with the smallest scene that shows it, 2 bad usage.',
  )
  .parse()
  .opts<{ cases: number; seed?: number }>();
const chosen = seed ?? Date.now() % 1_000_000;
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
    { numRuns: cases, seed: chosen, interruptAfterTimeLimit: 3_600_000 },
  );
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  process.stdout.write(`${played} scenes, seed ${chosen}, ${seconds} s: the same refs as git's\n`);
} catch (error) {
  const { message, cause } = error as Error;
  process.stdout.write(`seed ${chosen}: ${message}\n${cause instanceof Error ? `${cause.message}\n` : ''}`);
  process.exitCode = 1;
} finally {
  await stage.close();
}
