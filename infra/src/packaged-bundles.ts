/** Bundles and build context as they come with the package: `make-bundles.ts` has made them when it was packed. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundles } from './bundles.ts';
import { serviceNames } from './names.ts';

/** Where they rest, beside the one file that all this is in. */
const assets = join(import.meta.dirname, 'assets');

/** Copies the provisioner's into `directory`, since the endpoints template is written into it. */
export function prepareBundles(directory: string): Bundles {
  const provisioner = join(directory, 'provisioner');
  cpSync(join(assets, 'services/provisioner'), provisioner, { recursive: true });
  const services = serviceNames.map((name) => [name, join(assets, 'services', name)] as const);
  return {
    services: { ...(Object.fromEntries(services) as Bundles['services']), provisioner },
    cleanUp: join(assets, 'clean-up'),
    imageContext: join(assets, 'image'),
  };
}
