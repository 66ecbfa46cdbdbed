/** Names of refs are bytes: what git accepts arrives as it is, by every way, and is shown so that no two names look the same. */
import { compareRefs, listRefs } from '@hourglass/cli/git';
import { bytesOf } from '@hourglass/relay';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git, refsOf, updateRefs } from './git.ts';
import { createPair, type Pair } from './pair.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await createPair();
});
afterEach(() => pair.close());

/** One character a byte. */
const ODD = [
  'caf\xe9',
  'caf\xe8',
  '\xff\xfe',
  bytesOf('caf\u00e9'),
  bytesOf('cafe\u0301'),
  bytesOf('next\u0085line'),
  bytesOf('non\u00a0breaking'),
  bytesOf('全角\u3000空白'),
  bytesOf('\ufeffmark'),
  bytesOf('\ufffd'),
  "it's-$(quoted)",
  // Bytes that a shell marks its own words with, and what it would act on.
  '\x81\x82\x83\x84\x85\x86\x87\x88',
  '\xe9\'"$(x)`y`;z&|<u>',
  '-x\xe9',
  '!\xe9',
  'l/'.repeat(5) + 'o'.repeat(240),
];

describe.each(['relay', 'git'] as const)('by %s', (via) => {
  it('names that are not UTF-8, and those with odd characters, are made, moved and deleted as bytes', async () => {
    const first = await pair.commit('main');
    updateRefs(
      pair.source,
      ODD.map((name) => `create refs/heads/${name} ${first}`),
    );
    const second = await pair.commit('main', 'second');
    updateRefs(pair.source, [`update refs/heads/caf\xe8 ${second}`, `create refs/tags/v\xe9 ${second}`]);
    expect(await pair.mirror({ via })).toMatchObject({
      result: 'mirrored',
      refs: { created: ODD.length + 2, rejected: [] },
    });
    pair.expectEqual();
    expect(refsOf(pair.destination)).toHaveLength(ODD.length + 2);
    updateRefs(pair.source, [`update refs/heads/\xff\xfe ${second}`, 'delete refs/heads/caf\xe9']);
    expect(await pair.mirror({ via })).toMatchObject({ result: 'mirrored', refs: { updated: 1, deleted: 1 } });
    pair.expectEqual();
    expect(await pair.mirror({ via })).toMatchObject({ result: 'unchanged' });
    const left = ODD.filter((name) => name !== 'caf\xe9');
    updateRefs(
      pair.source,
      left.map((name) => `delete refs/heads/${name}`),
    );
    expect(await pair.mirror({ via, allowMassDelete: true })).toMatchObject({ refs: { deleted: left.length } });
    pair.expectEqual();
  });
});

it('a refused name is shown with its bytes escaped, and a pattern may name it so', async () => {
  await pair.commit('main');
  const tip = git(pair.source, 'rev-parse', 'main');
  updateRefs(pair.source, [`create refs/heads/caf\xe9 ${tip}`, `create refs/heads/${bytesOf('a\u0085b')} ${tip}`]);
  // A clash of names that the destination cannot take.
  const other = git(pair.source, 'commit-tree', '-m', 'other', `${tip}^{tree}`);
  git(pair.destination, 'config', 'receive.denyNonFastForwards', 'true');
  expect(await pair.mirror()).toMatchObject({ result: 'mirrored' });
  updateRefs(pair.source, [`update refs/heads/caf\xe9 ${other}`, `update refs/heads/${bytesOf('a\u0085b')} ${other}`]);
  const { result, refs } = await pair.mirror();
  expect(result).toBe('rejected');
  expect(refs.rejected.map(({ ref }) => ref).sort()).toEqual(['refs/heads/a\\xc2\\x85b', 'refs/heads/caf\\xe9']);
  expect(await pair.mirror({ exclude: ['caf\\xe9', 'a\u0085b'] })).toMatchObject({ result: 'unchanged' });
});

it("the world's own reader of refs keeps two names apart that are the same as text", async () => {
  const first = await pair.commit('main');
  const second = await pair.commit('main', 'second');
  updateRefs(pair.source, [`create refs/heads/caf\xe9 ${first}`, `create refs/heads/caf\xe8 ${second}`]);
  const listed = await listRefs(pair.source);
  expect(listed.size).toBe(3);
  expect(compareRefs(listed, new Map([...listed].filter(([name]) => !name.endsWith('\xe8')))).missing).toEqual([
    'refs/heads/caf\xe8',
  ]);
});
