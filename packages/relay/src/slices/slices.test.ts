/** Slices cover a history once, in an order in which each can be pushed, whatever fails in between. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyByOrder } from './history-by-order.ts';
import { Ceiling, Pace } from './pace.ts';
import { nameTemporaryRef, readTemporaryRef, temporaryRefsOf } from './temporary-refs.ts';

const id = (n: number) => n.toString(16).padStart(40, '0');

/** Commits with up to two parents, each among the earlier ones. */
const graphs = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 60 })
  .map((drawn) =>
    drawn.map(([a, b, count], n) => {
      const parents = n === 0 ? [] : [...new Set([a % n, b % n])].slice(0, count);
      return [n, ...parents].map(id);
    }),
  );

function orderOf(commits: readonly string[][]) {
  const lines = (async function* () {
    for (const line of commits) yield line.join(' ');
  })();
  return { count: commits.length, lines, close: async () => {} };
}

/** All that commits reach. */
function reach(commits: readonly string[][], tips: Iterable<string>): Set<string> {
  const parents = new Map(commits.map(([oid = '', ...rest]) => [oid, rest]));
  const seen = new Set<string>();
  const left = [...tips];
  for (let oid = left.pop(); oid !== undefined; oid = left.pop()) {
    if (!seen.has(oid)) left.push(...(parents.get(oid) ?? []));
    seen.add(oid);
  }
  return seen;
}

describe('a history in order', () => {
  it('is brought whole, each slice on what came before, and what is held reaches all of it', () =>
    fc.assert(
      fc.asyncProperty(graphs, fc.array(fc.boolean()), async (commits, failures) => {
        const history = historyByOrder(orderOf(commits), []);
        const there = new Set<string>();
        const held = new Set<string>();
        for (let slice = await history.next(); slice !== undefined; slice = await history.next()) {
          if (failures.pop() === true && history.halve()) continue;
          for (const have of slice.haves) expect(there).toContain(have);
          for (const oid of reach(commits, slice.wants)) there.add(oid);
          history.passed(1000, 2000);
          for (const oid of slice.wants) held.add(oid);
          for (const oid of held) if (!history.isHeld(oid)) held.delete(oid);
          expect(reach(commits, held)).toEqual(there);
        }
        expect(there.size).toBe(commits.length);
      }),
    ));

  it('cannot be halved below one commit', async () => {
    const history = historyByOrder(orderOf([[id(1)], [id(2), id(1)]]), []);
    expect(await history.next()).toEqual({ wants: [id(1)], haves: [] });
    expect(history.halve()).toBe(false);
    history.passed(10, 1000);
    expect(await history.next()).toEqual({ wants: [id(2)], haves: [id(1)] });
  });
});

describe('the size of slices', () => {
  it('is half of what was refused, and never more than was allowed', () => {
    const ceiling = new Ceiling(10_000_000);
    expect(ceiling.aim).toBe(5_000_000);
    ceiling.lower(8_000_000, 'status');
    expect([ceiling.bytes, ceiling.aim, ceiling.most]).toEqual([8_000_000, 4_000_000, 10_000_000]);
    ceiling.lower(9_000_000, 'status');
    ceiling.lower(1, 'limit');
    expect(ceiling.bytes).toBe(8_000_000);
  });

  it('does not go to nothing where connections break at random', () => {
    const ceiling = new Ceiling(undefined);
    ceiling.lower(17, 'cut');
    expect(ceiling.aim).toBe(1024 * 1024);
  });

  it('follows what slices weigh, four times at most at once; strides over what was there are not sent', () => {
    const pace = new Pace(100);
    pace.took(100, 1000, 2000);
    expect(pace.steps).toBe(200);
    pace.took(200, 1, 2000);
    expect(pace.steps).toBe(800);
    pace.took(800, 0, 2000);
    expect([pace.steps, pace.isTrusted(3200), pace.isTrusted(800)]).toEqual([3200, false, true]);
    pace.took(800, 4000, 2000);
    expect([pace.steps, pace.isTrusted(3200)]).toEqual([400, true]);
  });
});

describe('a temporary ref', () => {
  it('says what it holds and how much passed, and is none where the source has it too', () => {
    const ref = { namespace: 'refs/hourglass/slices/', oid: id(7), bytes: 8_000_000 } as const;
    const name = nameTemporaryRef(ref);
    expect(readTemporaryRef(name)).toEqual(ref);
    for (const other of [
      'refs/heads/main',
      'refs/hourglass/slices/x',
      `refs/hourglass/slices/8/${id(7)}0`,
      `refs/heads/hourglass-slices/a/${id(7)}`,
    ]) {
      expect(readTemporaryRef(other), other).toBeUndefined();
    }
    const refs = new Map([[name, id(7)]]);
    expect(temporaryRefsOf(refs, new Map())).toEqual(refs);
    expect(temporaryRefsOf(refs, refs).size).toBe(0);
  });
});
