/** One process of several: simulates the seeds that it is sent, and sends what they come to. */
import { type Job, simulateSeeds } from './simulate-seeds.ts';

process.once('message', async ({ options, assembly }: Job) => {
  const totals = await simulateSeeds(options, assembly, (line) => process.send?.({ line }));
  process.send?.({ totals }, () => process.disconnect());
});
