/** Writes the endpoints stack's template as text, in an app of its own: it is no stack of the assembly. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { EndpointsStack, maxTemplateBytes } from './endpoints-stack.ts';

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
