/** Bundles and build context, made from the repository that this room stands in. */
import { join } from 'node:path';
import { bundleCleanUp, bundleServices } from './bundle.ts';
import type { Bundles } from './bundles.ts';
import { stageImage } from './stage-image.ts';

/** Makes all below `directory`, from the repository at `root`. Throws BundleFailed. */
export function prepareBundles(directory: string, root: string): Bundles {
  return {
    services: bundleServices(root, join(directory, 'services')),
    cleanUp: bundleCleanUp(join(directory, 'clean-up')),
    imageContext: stageImage(root, join(directory, 'image')),
  };
}
