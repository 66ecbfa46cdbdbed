/** What a deployment is made of besides its template: the services' bundles and the build context of the task image. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bundles, bundleCleanUp, bundleServices } from './bundle.ts';
import type { HourglassConfig } from './config.ts';
import { chooseEndpointServices } from './endpoint-services.ts';
import { endpointsTemplateFile } from './names.ts';
import { renderEndpointsTemplate } from './render-endpoints-template.ts';
import { stageImage } from './stage-image.ts';

/** The repository's root, where `services/` and `docker/` are. */
export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Directories that the CDK copies into its assembly while the construct is made. */
export interface Assets {
  /** The services' bundles; the provisioner's has the endpoints template in it. */
  readonly bundles: Bundles;
  /** The bundle of the function that removes the endpoints stack before the control plane goes. */
  readonly cleanUp: string;
  /** Build context of the task image. */
  readonly imageContext: string;
  /** The endpoints stack's template. */
  readonly endpointsTemplate: string;
}

/** Makes the assets of `config` in a temporary directory, gives them to `use`, and removes them. Throws BundleFailed. */
export function withAssets<T>(config: HourglassConfig, use: (assets: Assets) => T, root = repositoryRoot): T {
  const endpointsTemplate = renderEndpointsTemplate(chooseEndpointServices(config));
  const directory = mkdtempSync(join(tmpdir(), 'hourglass-synth-'));
  try {
    const bundles = bundleServices(root, join(directory, 'services'));
    writeFileSync(join(bundles.provisioner, endpointsTemplateFile), endpointsTemplate);
    const cleanUp = bundleCleanUp(join(directory, 'clean-up'));
    return use({ bundles, cleanUp, imageContext: stageImage(root, join(directory, 'image')), endpointsTemplate });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
