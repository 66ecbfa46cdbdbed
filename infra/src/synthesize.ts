/** From a configuration to a cloud assembly on disk: bundles, the endpoints template, the control plane. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { bundleServices } from './bundle.ts';
import type { HourglassConfig } from './config.ts';
import { ControlPlane } from './control-plane.ts';
import { chooseEndpointServices } from './endpoint-services.ts';
import { EndpointsStack, maxTemplateBytes } from './endpoints-stack.ts';
import { endpointsTemplateFile, nameEverything } from './names.ts';
import { stageImage } from './stage-image.ts';

/** The repository's root, where `services/` and `docker/` are. */
export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

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
  const template = renderEndpointsTemplate(chooseEndpointServices(config));
  const workDirectory = mkdtempSync(join(tmpdir(), 'hourglass-synth-'));
  try {
    const bundles = bundleServices(root, join(workDirectory, 'services'));
    const imageContext = stageImage(root, join(workDirectory, 'image'));
    writeFileSync(join(bundles.provisioner, endpointsTemplateFile), template);
    const app = new App({ outdir, analyticsReporting: false });
    new ControlPlane(app, { config, bundles, imageContext });
    const assembly = app.synth();
    // A plain file, not a stack of the assembly: `cdk deploy --all` must never open endpoints that no lease closes.
    const endpointsTemplate = join(assembly.directory, `${names.endpointsStack}.template.json`);
    writeFileSync(endpointsTemplate, template);
    const controlPlaneTemplate = assembly.getStackByName(names.stack).templateFullPath;
    return { assembly, controlPlaneTemplate, endpointsTemplate };
  } finally {
    rmSync(workDirectory, { recursive: true, force: true });
  }
}

/** The endpoints stack's template as compact JSON; throws if CreateStack would not take it without a bucket. */
export function renderEndpointsTemplate(services: readonly string[]): string {
  const outdir = mkdtempSync(join(tmpdir(), 'hourglass-endpoints-'));
  try {
    const app = new App({
      outdir,
      analyticsReporting: false,
      // The CDK CLI asks for metadata that would make another bundle of the same provisioner.
      postCliContext: { 'aws:cdk:enable-path-metadata': false },
    });
    const { artifactId } = new EndpointsStack(app, 'endpoints', services);
    const template = `${JSON.stringify(app.synth().getStackArtifact(artifactId).template, null, 1)}\n`;
    if (Buffer.byteLength(template) > maxTemplateBytes) {
      throw new Error(
        `the endpoints template has more than ${maxTemplateBytes} bytes: too many endpoints in one stack`,
      );
    }
    return template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
