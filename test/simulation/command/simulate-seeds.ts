/** Seed after seed, in this process or in several that each take the next one. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Options } from './read-options.ts';
import { type SeedOptions, type SeedResult, simulateSeed } from './simulate-seed.ts';
import { addOutcome, type FoundViolation, noTotals, type Totals } from './totals.ts';

/** What a worker is sent; it answers each with a `SeedResult`. */
export interface Job {
  seed: number;
  options: SeedOptions;
  assembly: string;
}

/** After so many violations the rest is more of the same. */
const MAX_VIOLATIONS = 20;

const TELL_EVERY = 100;

/**
 * @param say is called with each violation, and now and then how far it is
 * @param stop ends it after the seeds that are under way
 */
export async function simulateSeeds(
  options: Options,
  assembly: string,
  say: (line: string) => void,
  stop: AbortSignal,
): Promise<Totals> {
  const { seeds } = options;
  const count = seeds.last - seeds.first + 1;
  const totals = noTotals();
  let next = seeds.first;
  const takeSeeds = async (simulate: (job: Job) => Promise<SeedResult>) => {
    while (next <= seeds.last && totals.violations.length < MAX_VIOLATIONS && !stop.aborted) {
      const seed = next;
      next += 1;
      const { outcome, found } = await simulate({ seed, options, assembly });
      addOutcome(totals, outcome);
      if (found) {
        totals.violations.push(found);
        say(describeViolation(found));
      }
      if (totals.seeds % TELL_EVERY === 0 && totals.seeds < count) {
        say(`${totals.seeds} of ${count} seeds, ${totals.violations.length} violations`);
      }
    }
  };
  const workers = Math.min(options.workers, count);
  if (workers === 1) await takeSeeds((job) => simulateSeed(job.seed, job.options, job.assembly));
  else await Promise.all(Array.from({ length: workers }, () => withWorker(takeSeeds)));
  totals.violations.sort((one, other) => one.seed - other.seed);
  return totals;
}

async function withWorker(use: (simulate: (job: Job) => Promise<SeedResult>) => Promise<void>): Promise<void> {
  // In a process group of its own: Ctrl-C must not end it with its seed half done.
  const worker = fork(new URL('./worker.ts', import.meta.url), { detached: true });
  const ended = once(worker, 'exit');
  await use(async (job) => {
    worker.send(job);
    const result = await Promise.race([once(worker, 'message'), ended.then(() => undefined)]);
    if (!result) throw new Error(`the worker with seed ${job.seed} ended before it was done`);
    return result[0] as SeedResult;
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
