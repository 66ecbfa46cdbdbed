/** What is pushed, and in which order. */
import { expect, it } from 'vitest';
import { planPush, refsEqual } from './plan-push.ts';

const refs = (...names: string[]) => new Map(names.map((name) => [`refs/heads/${name}`, `oid-${name}`]));

it('only what differs is pushed', () => {
  const destination = new Map([...refs('same', 'gone'), ['refs/heads/moved', 'old']]);
  expect(planPush(refs('same', 'moved', 'new'), destination)).toEqual({
    deletions: [['refs/heads/gone']],
    writes: [
      [
        ['refs/heads/moved', 'oid-moved'],
        ['refs/heads/new', 'oid-new'],
      ],
    ],
  });
  expect(planPush(refs('same'), refs('same'))).toEqual({ deletions: [], writes: [] });
});

it('no batch has more refs than CodeCommit takes in one push, and none is left out', () => {
  const many = refs(...Array.from({ length: 9001 }, (_, n) => `b${n}`));
  const { writes } = planPush(many, new Map());
  expect(writes.map((batch) => batch.length)).toEqual([4000, 4000, 1001]);
  expect(new Map(writes.flat())).toEqual(many);
  const { deletions } = planPush(new Map(), many);
  expect(Math.max(...deletions.map((batch) => batch.length))).toBeLessThanOrEqual(4000);
  expect(deletions.flat()).toEqual([...many.keys()]);
});

it('refs are equal only with the same names at the same objects', () => {
  expect(refsEqual(refs('a', 'b'), refs('b', 'a'))).toBe(true);
  expect(refsEqual(refs('a'), refs('a', 'b'))).toBe(false);
  expect(refsEqual(refs('a', 'c'), refs('a', 'b'))).toBe(false);
  expect(refsEqual(refs('a'), new Map([['refs/heads/a', 'other']]))).toBe(false);
});
