/** A connection that is cut, at every place that a mirror passes: what must hold afterwards. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { git, refsOf } from './git.ts';
import { createPair, expectWhole, type Pair } from './pair.ts';
import type { Faults } from './server/faults.ts';

const noise = (bytes: number) => randomBytes(bytes);

/** A mirror of one commit, and then more in the source: a branch moved, one made, one deleted. */
export async function getAhead(of: Pair): Promise<void> {
  await of.commit('main', 'one', { noise: noise(60_000) });
  await of.commit('gone');
  await of.mirror();
  await of.commit('main', 'two', { more: noise(60_000) });
  await of.commit('new');
  git(of.source, 'update-ref', '-d', 'refs/heads/gone');
}

type Cut = Omit<NonNullable<Faults['cut']>, 'times'>;
const SOURCE_CUTS: Cut[] = [
  { on: 'upload-advertisement', side: 'answer', afterBytes: 0 },
  { on: 'upload-advertisement', side: 'answer', afterBytes: 60 },
  { on: 'ls-refs', side: 'answer', afterBytes: 0 },
  { on: 'ls-refs', side: 'answer', afterBytes: 70 },
  { on: 'fetch', side: 'request', afterBytes: 20 },
  { on: 'fetch', side: 'answer', afterBytes: 0 },
  { on: 'fetch', side: 'answer', afterBytes: 30 },
  { on: 'fetch', side: 'answer', afterBytes: 40_000 },
];
const DESTINATION_CUTS: Cut[] = [
  { on: 'receive-advertisement', side: 'answer', afterBytes: 0 },
  { on: 'receive-advertisement', side: 'answer', afterBytes: 90 },
  { on: 'receive-pack', side: 'request', afterBytes: 0 },
  { on: 'receive-pack', side: 'request', afterBytes: 100 },
  { on: 'receive-pack', side: 'request', afterBytes: 40_000 },
  { on: 'receive-pack', side: 'answer', afterBytes: 0 },
  { on: 'receive-pack', side: 'answer', afterBytes: 12 },
];
export const CUTS = [
  ...SOURCE_CUTS.map((cut) => ({ at: 'source', ...cut })),
  ...DESTINATION_CUTS.map((cut) => ({ at: 'destination', ...cut })),
];

/** Refs are old or new, and the next run heals. */
export async function expectHealed(c: (typeof CUTS)[number]): Promise<void> {
  const own = await createPair();
  try {
    await getAhead(own);
    const [before, wanted] = [refsOf(own.destination), refsOf(own.source)];
    const { at, ...cut } = c;
    const front = at === 'source' ? own.from : own.to;
    front.faults = { cut: { ...cut, times: 1000 } };
    const outcome = await own.mirror();
    // Deletions come first, so that between the two there is also: the branch gone, the others not moved yet.
    expect([before, wanted, before.filter((line) => !line.endsWith('/gone'))]).toContainEqual(refsOf(own.destination));
    expect(outcome.result === 'failed' || refsOf(own.destination).join() === wanted.join()).toBe(true);
    expectWhole(own.destination);

    front.faults = {};
    expect(['mirrored', 'unchanged']).toContain((await own.mirror()).result);
    own.expectEqual();
  } finally {
    await own.close();
  }
}
