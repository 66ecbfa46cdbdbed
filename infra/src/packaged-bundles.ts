/** Bundles and build context as they come with the package: `make-bundles.ts` has made them when it was packed. */
import { join } from 'node:path';
import type { Bundles } from './bundles.ts';
import { placeBundles } from './place-bundles.ts';

/** They rest beside the one file that all this is in. */
export function prepareBundles(directory: string): Bundles {
  return placeBundles(join(import.meta.dirname, 'assets'), directory);
}
