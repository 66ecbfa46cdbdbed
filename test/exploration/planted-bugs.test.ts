/** The exploration finds a planted bug of each rule and carrier, and nothing where it is not; `planted-bugs.proof.test.ts` takes all bugs. */
import { describe, expect, it } from 'vitest';
import { findPlanted } from './find-planted.ts';
import { exploreWith } from './plant.ts';
import { plantedBugs } from './planted-bugs.ts';

const kindOf = (name: string) => /^(rule \d|the fence|a lease of nothing|a pause)/.exec(name)?.[0];
const kinds = plantedBugs.map(({ name }) => kindOf(name));
const firsts = plantedBugs.filter((_, index) => kinds[index] && kinds.indexOf(kinds[index]) === index);

describe('a planted bug is found', () => {
  findPlanted(firsts);

  it('for each of the seven rules, the fence, a lease of nothing and an operator’s pause', () => {
    expect(firsts).toHaveLength(10);
  });

  it('and one whose place in the source is gone is reported', async () => {
    const gone = { file: 'packages/lease/src/stack.ts', find: 'no such text', replace: '' };
    await expect(exploreWith([gone])).rejects.toThrow(/0 times instead of once/);
  });
});
