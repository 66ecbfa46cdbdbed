/** From a configuration to a cloud assembly on disk: bundles, the endpoints template, the control plane. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { repositoryRoot, withAssets } from './assets.ts';
import { checkBestPractice } from './best-practice.ts';
import type { HourglassConfig } from './config.ts';
import { ControlPlane } from './control-plane.ts';
import { nameEverything } from './names.ts';

/** Where to read from and write to. */
export interface SynthesizeOptions {
  /** Directory of the cloud assembly. */
  readonly outdir: string;
  /** Holds `services/<name>/src/handler.ts` and `docker/`. */
  readonly root?: string;
}

/** What was synthesized. */
export interface Synthesized {
  readonly assembly: CloudAssembly;
  readonly controlPlaneTemplate: string;
  readonly endpointsTemplate: string;
}

/** Synthesizes the deployment of `config`; needs no account, no network and no Docker. */
export function synthesize(config: HourglassConfig, options: SynthesizeOptions): Synthesized {
  const { outdir, root = repositoryRoot } = options;
  const names = nameEverything(config.deployment);
  return withAssets(
    config,
    (assets) => {
      const app = new App({ outdir, analyticsReporting: false });
      checkBestPractice(app);
      new ControlPlane(app, { config, assets });
      const assembly = app.synth();
      // A plain file, not a stack of the assembly: `cdk deploy --all` must never open endpoints that no lease closes.
      const endpointsTemplate = join(assembly.directory, `${names.endpointsStack}.template.json`);
      writeFileSync(endpointsTemplate, assets.endpointsTemplate);
      return {
        assembly,
        controlPlaneTemplate: assembly.getStackByName(names.stack).templateFullPath,
        endpointsTemplate,
      };
    },
    root,
  );
}
