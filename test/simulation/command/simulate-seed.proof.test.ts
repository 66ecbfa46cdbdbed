/** What a violation is reported with, for a bug that is planted in the bundles. */
import { expect, inject, it } from 'vitest';
import { withPlanted } from '../planted-bundle.ts';
import { readOptions } from './read-options.ts';
import { simulateSeed } from './simulate-seed.ts';

const options = { days: 6, faults: 'all', carriers: 'fargate', doors: false, requests: undefined } as const;

it('a violation is reported with no more requests and faults than it takes, what happened, and a command that replays it', async () => {
  const [onlyPending, runningToo] = [
    'if (item.state === "pending" || item.state === "held") {',
    'if (item.state !== "dead") {',
  ];
  await withPlanted(inject('assembly'), onlyPending, runningToo, async (assembly) => {
    const { outcome, found } = await simulateSeed(31, { ...options, assembly }, assembly);
    expect(outcome.arrivals).toBeGreaterThan(3);
    expect(outcome.scenario.kinds.length).toBeGreaterThan(1);

    const replay = `pnpm simulate:faults --seeds 31 --days 3 --faults destination-refused --requests 1,2,5 --assembly ${assembly}`;
    expect(found).toMatchObject({ seed: 31, invariant: 6, replay });
    expect(found?.message).toMatch(/^Push 2 of mirror:web was accepted, only 1 is in the mirror/);
    expect(found?.log).toContainEqual(expect.stringMatching(/RequestAccepted mirror:web .*push-5/));
    expect(found?.log.at(-1)).toMatch(/VIOLATION .*6: Push 2 of mirror:web/);

    const replayed = await simulateSeed(31, readOptions(replay.split(' ').slice(2)), assembly);
    expect(replayed.outcome.violations).toHaveLength(1);
    expect(found).toMatchObject({ ...replayed.outcome.violations[0] });
  });
});
