/** Seed after seed, in this process or in several. */
import { fork } from 'node:child_process';
import { tellScenario } from '../event-log.ts';
import { drawKinds } from '../faults/dice.ts';
import { FAULT_KINDS } from '../faults/kinds.ts';
import { type Outcome, runSeed, type Scenario } from '../run-seed.ts';
import { shrink } from '../shrink.ts';
import type { Options } from './read-options.ts';
import { addOutcome, addTotals, type FoundViolation, noTotals, type Totals } from './totals.ts';

/** What a worker is told, and tells. */
export interface Job {
  options: Options;
  assembly: string;
}

/** After so many violations the rest is more of the same. */
const MAX_VIOLATIONS = 20;

export async function simulateSeeds(options: Options, assembly: string, say: (line: string) => void): Promise<Totals> {
  const { first, last } = options.seeds;
  const workers = Math.min(options.workers, last - first + 1);
  if (workers > 1) return simulateInParallel(options, assembly, workers, say);
  const totals = noTotals();
  for (let seed = first; seed <= last && totals.violations.length < MAX_VIOLATIONS; seed += 1) {
    const outcome = await runSeed(scenarioOf(seed, options), assembly);
    addOutcome(totals, outcome);
    if (outcome.violations.length === 0) continue;
    const found = await explain(outcome, assembly);
    totals.violations.push(found);
    say(describeViolation(found));
  }
  return totals;
}

function scenarioOf(seed: number, { days, faults, requests }: Options): Scenario {
  const kinds = faults === 'all' ? drawKinds(seed, FAULT_KINDS) : faults;
  return { seed, days, kinds, ...(requests && { requests }) };
}

async function explain(outcome: Outcome, assembly: string): Promise<FoundViolation> {
  const smallest = await shrink(outcome, assembly);
  const [violation] = smallest.violations;
  if (!violation) throw new Error('a shrunk outcome without a violation');
  const { seed, days, kinds, requests } = smallest.scenario;
  const replay = [
    `pnpm simulate:faults --seeds ${seed} --days ${days} --faults ${kinds.length === 0 ? 'none' : kinds.join(',')}`,
    ...(requests ? [`--requests ${requests.join(',')}`] : []),
  ].join(' ');
  return { ...violation, seed, replay, log: await tellScenario(smallest.scenario, assembly) };
}

function describeViolation({ seed, invariant, message, replay, log }: FoundViolation): string {
  return [
    `seed ${seed}: invariant ${invariant}: ${message}`,
    ...log.map((line) => `  ${line}`),
    `replay: ${replay}`,
    '',
  ].join('\n');
}

/** The seeds in as many parts as there are workers, each a process of its own. */
async function simulateInParallel(
  options: Options,
  assembly: string,
  workers: number,
  say: (line: string) => void,
): Promise<Totals> {
  const { first, last } = options.seeds;
  const size = Math.ceil((last - first + 1) / workers);
  const parts = Array.from({ length: workers }, (_, index) => ({
    first: first + index * size,
    last: Math.min(last, first + (index + 1) * size - 1),
  })).filter((part) => part.first <= part.last);
  const all = await Promise.all(
    parts.map((seeds) => runWorker({ options: { ...options, seeds, workers: 1 }, assembly }, say)),
  );
  const totals = noTotals();
  for (const part of all) addTotals(totals, part);
  return totals;
}

function runWorker(job: Job, say: (line: string) => void): Promise<Totals> {
  return new Promise((resolve, reject) => {
    const worker = fork(new URL('./worker.ts', import.meta.url));
    worker.on('message', (message: { line: string } | { totals: Totals }) => {
      if ('line' in message) say(message.line);
      else resolve(message.totals);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a worker ended with exit code ${code} before it was done`)));
    worker.send(job);
  });
}
