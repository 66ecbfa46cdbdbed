/** Bundles and build context, made from the repository that this room stands in, or kept since they were. */
import { join } from 'node:path';
import { bundleCleanUp, bundleServices } from './bundle.ts';
import type { Bundles } from './bundles.ts';
import { keepBundles } from './keep-bundles.ts';
import { placeBundles } from './place-bundles.ts';
import { stageImage } from './stage-image.ts';

/** Gives them, with what may be written to below `directory`. Throws BundleFailed. */
export function prepareBundles(directory: string, root: string): Bundles {
  return placeBundles(
    keepBundles(root, (made) => makeBundles(made, root)),
    directory,
  );
}

/** Makes all below `directory`. Throws BundleFailed. */
export function makeBundles(directory: string, root: string): void {
  bundleServices(root, join(directory, 'services'));
  bundleCleanUp(join(directory, 'clean-up'));
  stageImage(root, join(directory, 'image'));
}
