/** All crash points of a scenario, one at a time or in pairs. */
import { type Assemblies, alikeOf, formatPoints, type Point, pointsOf, type Run, runWith } from './crash.ts';
import type { Scenario } from './scenarios.ts';

export interface Found {
  scenario: string;
  /** Handlers that make calls in it, and the calls that they make when none dies. */
  handlers: string[];
  calls: number;
  points: number;
  pairs: number;
  /** Pairs that lead to the same world as one that was run. */
  alike: number;
  /** Runs in which everything settled and every invariant held. */
  converged: number;
  violations: { points: string; messages: string[] }[];
}

export interface Extent {
  pairs: boolean;
  /** Only every so-many-th first point, beginning with the `part`-th. */
  slice?: { part: number; of: number };
}

export async function search(scenario: Scenario, assemblies: Assemblies, { pairs, slice }: Extent): Promise<Found> {
  const whole = await runWith([], scenario, assemblies);
  const handlers = [...new Set(whole.calls.map((call) => call.slice(0, call.indexOf(':'))))].sort();
  const found: Found = {
    scenario: scenario.name,
    handlers,
    calls: whole.calls.length,
    points: 0,
    pairs: 0,
    alike: 0,
    converged: 0,
    violations: [],
  };
  if (whole.violations.length > 0) found.violations.push({ points: '', messages: whole.violations });
  const judge = (points: Point[], run: Run) => {
    const missed = run.deaths === points.length ? [] : [`only ${run.deaths} of ${points.length} handlers died`];
    const messages = [...run.violations, ...missed];
    if (messages.length === 0) found.converged += 1;
    else found.violations.push({ points: formatPoints(points), messages });
  };
  const firsts = pairs ? alikeOf(whole) : pointsOf(whole.calls).map((point) => [point]);
  for (const [index, alike] of firsts.entries()) {
    if (slice && index % slice.of !== slice.part) continue;
    const [first] = alike as [Point];
    const run = await runWith([first], scenario, assemblies);
    found.points += 1;
    judge([first], run);
    if (!pairs) continue;
    // The second death is among the calls that are made when the first has happened, retries and all.
    const seconds = alikeOf(run, first.call);
    for (const [second] of seconds as [Point][]) {
      found.pairs += 1;
      judge([first, second], await runWith([first, second], scenario, assemblies));
    }
    found.alike += alike.length * seconds.flat().length - seconds.length;
  }
  return found;
}
