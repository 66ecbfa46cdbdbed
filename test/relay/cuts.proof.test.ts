/** As in `faults.test.ts`, at every place. */
import { describe, it } from 'vitest';
import { CUTS, expectHealed } from './cuts.ts';

describe('a connection that is cut', () => {
  it.concurrent.each(CUTS)(
    'at the $at, $on, $side after $afterBytes bytes: refs are old or new, and the next run heals',
    (cut) => expectHealed(cut),
  );
});
