/** Where everything is below a folder that `makeBundles` wrote. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundles } from './bundles.ts';
import { serviceNames } from './names.ts';

/** The provisioner's is copied into `directory`, since the endpoints template is written into it. */
export function placeBundles(made: string, directory: string): Bundles {
  const provisioner = join(directory, 'provisioner');
  cpSync(join(made, 'services/provisioner'), provisioner, { recursive: true });
  const services = serviceNames.map((name) => [name, join(made, 'services', name)] as const);
  return {
    services: { ...(Object.fromEntries(services) as Bundles['services']), provisioner },
    cleanUp: join(made, 'clean-up'),
    imageContext: join(made, 'image'),
  };
}
