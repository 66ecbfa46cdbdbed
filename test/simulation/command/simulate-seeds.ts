/** Seed after seed, in this process or in several that each take the next one. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Options } from './read-options.ts';
import { type SeedOptions, type SeedResult, simulateSeed } from './simulate-seed.ts';
import { addOutcome, type FoundViolation, noTotals, type Totals } from './totals.ts';

/** What a worker is told; it answers each with a `SeedResult`. */
export interface Job {
  seed: number;
  options: SeedOptions;
  assembly: string;
}

/** After so many violations the rest is more of the same. */
const MAX_VIOLATIONS = 20;

export async function simulateSeeds(options: Options, assembly: string, say: (line: string) => void): Promise<Totals> {
  const { seeds, days, faults, requests } = options;
  const totals = noTotals();
  let next = seeds.first;
  const takeSeeds = async (simulate: (job: Job) => Promise<SeedResult>) => {
    while (next <= seeds.last && totals.violations.length < MAX_VIOLATIONS) {
      const seed = next;
      next += 1;
      const { outcome, found } = await simulate({ seed, options: { days, faults, requests }, assembly });
      addOutcome(totals, outcome);
      if (!found) continue;
      totals.violations.push(found);
      say(describeViolation(found));
    }
  };
  const workers = Math.min(options.workers, seeds.last - seeds.first + 1);
  if (workers === 1) await takeSeeds((job) => simulateSeed(job.seed, job.options, job.assembly));
  else await Promise.all(Array.from({ length: workers }, () => withWorker(takeSeeds)));
  totals.violations.sort((one, other) => one.seed - other.seed);
  return totals;
}

async function withWorker(use: (simulate: (job: Job) => Promise<SeedResult>) => Promise<void>): Promise<void> {
  const worker = fork(new URL('./worker.ts', import.meta.url));
  const ended = once(worker, 'exit').then(([code]) => {
    throw new Error(`a worker ended with exit code ${code} before it was done`);
  });
  ended.catch(() => {});
  await use(async (job) => {
    worker.send(job);
    const [result] = await Promise.race([once(worker, 'message'), ended]);
    return result as SeedResult;
  });
  worker.disconnect();
}

function describeViolation({ seed, invariant, message, replay, log }: FoundViolation): string {
  return [
    `seed ${seed}: invariant ${invariant}: ${message}`,
    ...log.map((line) => `  ${line}`),
    `replay: ${replay}`,
    '',
  ].join('\n');
}
