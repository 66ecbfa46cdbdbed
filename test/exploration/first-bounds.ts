/** The bounds that the tests explore: by `exploration.test.ts` the nearest states, by `exploration.proof.test.ts` more of them. */
import { describe, expect, it } from 'vitest';
import { oneRepository, pauseOfAll, pauseOfOne, twoRepositories, twoRequests } from './bounds.ts';
import { type Bound, explore } from './explore.ts';

/** With how many states there are, where all of them are reached. */
const bounds: [string, Bound, number | null][] = [
  [
    'two requests of one repository, two fences, every message lost, twice or stale: the nearest states',
    { requests: twoRequests(oneRepository), fences: 2, faults: 0, pauses: 0, states: 4_000 },
    null,
  ],
  [
    'two requests of one repository, one handler stopped between two calls, one fault: the nearest states',
    { requests: twoRequests(oneRepository), fences: 2, faults: 1, pauses: 1, states: 4_000 },
    null,
  ],
  [
    'two repositories, two handlers stopped one after the other: the nearest states',
    { requests: twoRequests(twoRepositories), fences: 2, faults: 0, pauses: 2, states: 4_000 },
    null,
  ],
  [
    'a lease of nothing, two requests of one repository, every message lost, twice or stale: all states',
    { requests: twoRequests(oneRepository), fences: 2, faults: 0, pauses: 0, states: 50_000, endpoints: false },
    1_800,
  ],
  [
    'a lease of nothing, one handler stopped between two calls, one call lost or refused: the nearest states',
    { requests: twoRequests(oneRepository), fences: 2, faults: 1, pauses: 1, states: 4_000, endpoints: false },
    null,
  ],
  [
    'an operator pauses everything and resumes it, one handler stopped between two calls: the nearest states',
    { requests: twoRequests(oneRepository), fences: 2, faults: 0, pauses: 1, states: 1_500, asks: pauseOfAll },
    null,
  ],
  [
    'an operator pauses one of two repositories, lets the endpoints go, and resumes: the nearest states',
    { requests: twoRequests(twoRepositories), fences: 2, faults: 0, pauses: 0, states: 1_500, asks: pauseOfOne },
    null,
  ],
];

/** As many states as are nearest, or fewer where a bound says so. */
export function describeExploration(nearest: number): void {
  describe('every state that can be reached keeps the invariants, and the timers alone lead from it to closed and idle', () => {
    it.each(bounds)('%s', async (_, bound, all) => {
      const states = all === null ? Math.min(bound.states, nearest) : bound.states;
      const explored = await explore({ ...bound, states });
      console.log(`${explored.states} states, ${explored.steps} steps, ${explored.depth} deep`);
      expect(explored.violation).toBeNull();
      expect(explored.isExhaustive).toBe(all !== null);
      expect(explored.states).toBeGreaterThanOrEqual(all ?? states);
    });
  });
}
