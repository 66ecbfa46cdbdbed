/** A violation, with as little as makes it happen: fewer kinds of faults, fewer requests, fewer days, for the same seed. */
import { type Outcome, runSeed, type Scenario } from './run-seed.ts';

const DAY_MS = 24 * 3_600_000;
/** So many tries at most: the rest would be luck. */
const MAX_TRIES = 80;

/** The smallest outcome found that still breaks the same invariant. */
export async function shrink(outcome: Outcome, assembly: string): Promise<Outcome> {
  const invariant = outcome.violations[0]?.invariant;
  let smallest = outcome;
  let tries = 0;
  const attempt = async (scenario: Scenario): Promise<boolean> => {
    if (tries >= MAX_TRIES) return false;
    tries += 1;
    const again = await runSeed(scenario, assembly);
    if (again.violations[0]?.invariant !== invariant) return false;
    smallest = again;
    return true;
  };
  await attempt({ ...outcome.scenario, days: lastDay(outcome) });
  const numbers = Array.from({ length: smallest.arrivals }, (_, index) => index + 1);
  for (let size = Math.ceil(numbers.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    const asked = smallest.scenario.requests ?? numbers;
    for (let start = 0; start < asked.length; start += size) {
      const dropped = new Set(asked.slice(start, start + size));
      const requests = (smallest.scenario.requests ?? numbers).filter((number) => !dropped.has(number));
      await attempt({ ...smallest.scenario, requests });
    }
  }
  for (const kind of outcome.scenario.kinds) {
    await attempt({ ...smallest.scenario, kinds: smallest.scenario.kinds.filter((other) => other !== kind) });
  }
  await attempt({ ...smallest.scenario, days: lastDay(smallest) });
  return smallest;
}

/** Nothing that comes after the violation can have led to it. */
function lastDay({ violations, scenario, startMs }: Outcome): number {
  const [first] = violations;
  return first ? Math.max(1, Math.min(scenario.days, Math.ceil((first.atMs - startMs) / DAY_MS))) : scenario.days;
}
