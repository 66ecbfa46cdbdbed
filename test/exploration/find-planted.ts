/** That the exploration finds a bug which is planted, and nothing without it. */
import { expect, it } from 'vitest';
import { shared } from './bounds.ts';
import { explore } from './explore.ts';
import { exploreWith } from './plant.ts';
import type { PlantedBug } from './planted-bugs.ts';

/** A test for each. */
export const findPlanted = (bugs: readonly PlantedBug[]) =>
  it.each(bugs)('$name', async ({ edits, bound }) => {
    const planted = await exploreWith(edits);
    const { violation, states } = await planted({ ...shared, ...bound });
    expect(violation).not.toBeNull();
    // Code that does not even run would be found as well.
    expect(violation?.what).not.toMatch(/fails by itself/);
    // Without the bug, the same bound as far as it was searched holds: it is the bug that was found.
    const sound = await explore({ ...shared, ...bound, states });
    expect(sound.violation).toBeNull();
  });
