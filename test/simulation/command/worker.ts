/** One process of several: simulates the seeds that it is sent, and answers with what each comes to, until it is let go. */
import { simulateSeed } from './simulate-seed.ts';
import type { Job } from './simulate-seeds.ts';

process.on('disconnect', () => process.exit());
process.on('message', async ({ seed, options, assembly }: Job) => {
  process.send?.(await simulateSeed(seed, options, assembly));
});
