/** One seed: what it comes to, and if an invariant did not hold, why, made as small as it still fails. */
import { describeScenario } from '../event-log.ts';
import { drawKinds } from '../faults/dice.ts';
import { FAULT_KINDS } from '../faults/kinds.ts';
import { type Outcome, runSeed } from '../run-seed.ts';
import { shrink } from '../shrink.ts';
import type { Options } from './read-options.ts';
import type { FoundViolation } from './totals.ts';

export interface SeedResult {
  outcome: Outcome;
  found: FoundViolation | undefined;
}

/** `assembly`: if the command was given one. */
export type SeedOptions = Pick<Options, 'days' | 'faults' | 'carriers' | 'requests' | 'assembly' | 'doors'>;

export async function simulateSeed(seed: number, options: SeedOptions, assembly: string): Promise<SeedResult> {
  const { days, faults, carriers, requests, doors } = options;
  const kinds = faults === 'all' ? drawKinds(seed, FAULT_KINDS) : faults;
  const outcome = await runSeed(
    { seed, days, kinds, carriers, ...(requests && { requests }), ...(doors && { doors }) },
    assembly,
  );
  if (outcome.violations.length === 0) return { outcome, found: undefined };
  return { outcome, found: await explain(outcome, assembly, options) };
}

async function explain(outcome: Outcome, assembly: string, given: SeedOptions): Promise<FoundViolation> {
  const smallest = await shrink(outcome, assembly);
  const [violation] = smallest.violations;
  if (!violation) throw new Error('a shrunk outcome without a violation');
  const { seed, days, kinds, carriers, requests } = smallest.scenario;
  const replay = [
    `pnpm simulate:faults --seeds ${seed} --days ${days} --faults ${kinds.length === 0 ? 'none' : kinds.join(',')}`,
    ...(carriers && carriers !== 'fargate' ? [`--carriers ${carriers}`] : []),
    ...(requests ? [`--requests ${requests.join(',')}`] : []),
    ...(given.doors ? ['--doors'] : []),
    ...(given.assembly ? [`--assembly ${given.assembly}`] : []),
  ].join(' ');
  return { ...violation, seed, replay, log: await describeScenario(smallest.scenario, assembly) };
}
