/** A small slice of `pnpm bench:load`. */
import { describe, expect, inject, it } from 'vitest';
import { growthOf, judge, judgeGrowth } from './conditions.ts';
import type { Load } from './load.ts';
import type { Outcome } from './outcome.ts';
import { runLoad } from './run-load.ts';

function burst(
  requests: number,
  repositories: number,
  endpoints: Load['endpoints'],
  more: Partial<Load> = {},
): Promise<Outcome> {
  const assembly = inject('assembly');
  return runLoad({
    assembly,
    requests,
    repositories,
    minutes: 1,
    endpoints,
    mirrorSeconds: 5,
    dynamo: 'memory',
    ...more,
  });
}

const broken = (outcome: Outcome) => judge(outcome).filter(({ holds }) => !holds);

describe('a burst of requests within a minute', () => {
  it('that opens the endpoints loses none, and takes no more writes for each request than a smaller one', async () => {
    // PutEvents brings ten at once: with fewer repositories some of a batch would be for the same one, and cost one item.
    const [smaller, larger] = [await burst(80, 10, 'closed'), await burst(240, 30, 'closed')];
    expect([...broken(smaller), ...broken(larger)]).toEqual([]);
    expect(judgeGrowth(growthOf(smaller, larger)).filter(({ holds }) => !holds)).toEqual([]);
    expect(larger.fargate.usd).toBeLessThan(larger.fargate.aloneUsd);
  });

  it('that is more than a partition key of the table takes in a second waits in the queue, and loses none', async () => {
    const outcome = await burst(240, 120, 'closed', { minutes: 0.1, writeUnitsPerKey: 60 });
    expect(outcome.throttled).toBeGreaterThan(20);
    // They come within six seconds; of the key's units a write of 24 takes nearly all.
    expect(outcome.acceptedPerSecond).toBeLessThanOrEqual(24);
    expect(outcome.acceptedAfterMs.p99).toBeGreaterThan(2_000);
    expect(outcome).toMatchObject({ accepted: 240, lost: 0, isClosed: true, resting: {} });
    expect(outcome.handlers.longestSeconds).toBeLessThan(outcome.handlers.timeoutSeconds);
  });

  it('for one repository is mirrored by one run after the other, of which only the last is behind the running one', async () => {
    const outcome = await burst(120, 1, 'open');
    expect(broken(outcome)).toEqual([]);
    // Of a minute's pushes each run takes all that came before it.
    expect(outcome.attempts).toBeLessThan(20);
  });

  it('that finds them open loses none, with one task for a repository and ten tasks at one time at most', async () => {
    const outcome = await burst(160, 30, 'open');
    expect(broken(outcome)).toEqual([]);
    expect(outcome.tasksAtOnce).toBe(10);
    expect(outcome.attempts).toBeGreaterThan(outcome.repositories);
  });
});
