/** What is pushed, in which order, and what is not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlanInput, planMirror } from './plan.ts';

const oid = (n: number) => n.toString(16).padStart(40, '0');
const refs = (given: Record<string, number>) =>
  new Map(Object.entries(given).map(([name, n]) => [`refs/heads/${name}`, oid(n)]));
const plan = (source: Record<string, number>, destination: Record<string, number>, more: Partial<PlanInput> = {}) =>
  planMirror({
    source: refs(source),
    destination: refs(destination),
    divergence: 'overwrite',
    allowMassDelete: false,
    maxRefsPerPush: 4000,
    canDelete: true,
    alsoThere: [],
    rememberedTips: [],
    ...more,
  });

describe('planMirror', () => {
  it('changes only what differs, with the old object of each ref, deletions first', () => {
    const { batches } = plan({ same: 1, moved: 3, new: 4 }, { same: 1, moved: 2, gone: 5 });
    expect(batches).toHaveLength(1);
    expect(batches[0]).toMatchObject({
      commands: [
        { ref: 'refs/heads/gone', from: oid(5), to: undefined },
        { ref: 'refs/heads/moved', from: oid(2), to: oid(3) },
        { ref: 'refs/heads/new', from: undefined, to: oid(4) },
      ],
      pack: 'fetch',
      wants: [oid(3), oid(4)],
    });
    expect(plan({ same: 1 }, { same: 1 })).toEqual({ batches: [], kept: [] });
  });

  it('asks for no pack where every object is there, and for none at all to delete', () => {
    expect(plan({ a: 1, b: 1 }, { a: 1 }).batches[0]).toMatchObject({ pack: 'empty', wants: [] });
    expect(plan({ a: 1 }, { a: 1, b: 2 }).batches[0]).toMatchObject({ pack: 'none' });
  });

  it('a push has no more lines than its bytes allow, long names counted; one that is too long alone goes alone', () => {
    const long = 'n'.repeat(200);
    const { batches } = plan({ a: 1, b: 2, c: 3, [long]: 4, d: 5 }, {}, { maxCommandBytes: 210 });
    const names = batches.map(({ commands }) =>
      commands.map(({ ref }) => ref.slice('refs/heads/'.length, 'refs/heads/'.length + 1)),
    );
    expect(names).toEqual([['a', 'b'], ['c'], ['n'], ['d']]);
  });

  it('names the most useful haves first: what the branch was, then what is remembered', () => {
    const { batches } = plan({ a: 9, z: 3 }, { a: 1, z: 2 }, { rememberedTips: [oid(7)], alsoThere: [oid(8)] });
    expect(batches[0]?.haves).toEqual([oid(1), oid(2), oid(7), oid(8)]);
  });

  it.each([
    [{ 'a/b': 2 }, { a: 1 }],
    [{ a: 2 }, { 'a/b': 1 }],
  ])('deletes what is in the way of a name by a push of its own: %j over %j', (source, destination) => {
    const { batches } = plan(source as Record<string, number>, destination as Record<string, number>);
    expect(batches.map(({ pack }) => pack)).toEqual(['none', 'fetch']);
  });

  it('never makes a batch too big, and does every change once', () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-d](\/[a-d])?$/), fc.nat(4)),
        fc.dictionary(fc.stringMatching(/^[a-d](\/[a-d])?$/), fc.nat(4)),
        fc.integer({ min: 1, max: 5 }),
        (source, destination, maxRefsPerPush) => {
          const { batches } = plan(source, destination, { maxRefsPerPush, allowMassDelete: true });
          const state = refs(destination);
          for (const { commands, wants, haves } of batches) {
            expect(commands.length).toBeLessThanOrEqual(maxRefsPerPush);
            expect(wants.filter((want) => haves.includes(want))).toEqual([]);
            for (const { ref, from, to } of commands) {
              expect(state.get(ref)).toBe(from);
              if (to === undefined) state.delete(ref);
              else state.set(ref, to);
            }
          }
          expect(new Map([...state].sort())).toEqual(new Map([...refs(source)].sort()));
        },
      ),
    ));
});

describe('guards', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`b${n}`, n]));
  it('stop an empty source and a shrunken one, by default', () => {
    expect(() => plan({}, { a: 1 })).toThrow(/never wipes a mirror/);
    expect(() => plan({ b0: 0 }, many)).toThrow(/29 of the destination's 30 refs/);
    expect(plan({ b0: 0 }, many, { allowMassDelete: true }).batches[0]?.commands).toHaveLength(29);
    expect(plan({}, {}).batches).toEqual([]);
  });

  it('let a few deletions pass', () => {
    expect(plan({ a: 1 }, { a: 1, b: 2, c: 3 }).batches[0]?.commands).toHaveLength(2);
  });
});

describe('a ref that has diverged', () => {
  it('is overwritten, kept or a reason to write nothing', () => {
    const known = new Set([oid(2)]);
    const kept = plan({ a: 5, b: 6 }, { a: 1, b: 2 }, { divergence: 'keep', known });
    expect(kept.kept).toEqual([{ ref: 'refs/heads/a', reason: expect.stringContaining('kept') }]);
    expect(kept.batches[0]?.commands.map(({ ref }) => ref)).toEqual(['refs/heads/b']);
    expect(() => plan({ a: 5 }, { a: 1 }, { divergence: 'fail', known })).toThrow(
      /nothing was written.*refs\/heads\/a/,
    );
    expect(plan({ a: 5 }, { a: 1 }).batches).toHaveLength(1);
  });

  it('is not deleted either', () => {
    const { batches, kept } = plan({ b: 2 }, { a: 1, b: 2 }, { divergence: 'keep', known: new Set() });
    expect([batches, kept.length]).toEqual([[], 1]);
  });
});
