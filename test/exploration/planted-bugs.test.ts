/** The exploration finds every bug that is planted, and nothing where it is not. */
import { describe, expect, it } from 'vitest';
import { shared } from './bounds.ts';
import { explore } from './explore.ts';
import { exploreWith } from './plant.ts';
import { plantedBugs } from './planted-bugs.ts';

describe('a planted bug is found', () => {
  it.each(plantedBugs)('$name', async ({ edits, bound }) => {
    const planted = await exploreWith(edits);
    const { violation, states } = await planted({ ...shared, ...bound });
    expect(violation).not.toBeNull();
    // Code that does not even run would be found as well.
    expect(violation?.what).not.toMatch(/fails by itself/);
    // Without the bug, the same bound as far as it was searched holds: it is the bug that was found.
    const sound = await explore({ ...shared, ...bound, states });
    expect(sound.violation).toBeNull();
  });

  it('and one whose place in the source is gone is told of', async () => {
    const gone = { file: 'packages/lease/src/stack.ts', find: 'no such text', replace: '' };
    await expect(exploreWith([gone])).rejects.toThrow(/0 times instead of once/);
  });
});
