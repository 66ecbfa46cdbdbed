/** What a deployment is made of besides its template: the services' bundles and the build context of the task image. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareBundles } from '#bundles';
import type { Bundles } from './bundles.ts';
import type { HourglassConfig } from './config.ts';
import { chooseEndpointServices } from './endpoint-services.ts';
import { endpointsTemplateFile } from './names.ts';
import { renderEndpointsTemplate } from './render-endpoints-template.ts';

/** The repository's root, where `services/` and `docker/` are. */
export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Directories that the CDK copies into its assembly while the construct is made. */
export interface Assets extends Bundles {
  /** The endpoints stack's template; it is in the provisioner's bundle too. */
  readonly endpointsTemplate: string;
}

/** Gives the assets of `config` to `use`, as far as they are made in a temporary directory, and removes that. Throws BundleFailed. */
export function withAssets<T>(config: HourglassConfig, use: (assets: Assets) => T, root = repositoryRoot): T {
  const endpointsTemplate = renderEndpointsTemplate(chooseEndpointServices(config));
  const directory = mkdtempSync(join(tmpdir(), 'hourglass-synth-'));
  try {
    const bundles = prepareBundles(directory, root);
    writeFileSync(join(bundles.services.provisioner, endpointsTemplateFile), endpointsTemplate);
    return use({ ...bundles, endpointsTemplate });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
