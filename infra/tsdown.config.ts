/** The package for apps of others: one CommonJS file and its types, and beside it what a deployment is made of. CDK apps are CommonJS as often as not. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'tsdown';
import { repositoryRoot } from './src/assets.ts';
import { chooseEndpointServices } from './src/endpoint-services.ts';
import { makeBundles } from './src/make-bundles.ts';
import { endpointsTemplateFile } from './src/names.ts';
import { renderEndpointsTemplate } from './src/render-endpoints-template.ts';

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  dts: true,
  fixedExtension: true,
  inputOptions: { resolve: { conditionNames: ['packaged', 'import', 'node', 'default'] } },
  hooks: {
    'build:done': () => {
      const assets = join(import.meta.dirname, 'dist/assets');
      rmSync(assets, { recursive: true, force: true });
      makeBundles(assets, repositoryRoot);
      // As it is without commands of one's own; each synthesis writes the template of its configuration.
      const template = renderEndpointsTemplate(
        chooseEndpointServices({ commands: {}, existingEndpoints: [], sources: { networks: {} } as never }),
      );
      writeFileSync(join(assets, 'services/provisioner', endpointsTemplateFile), template);
    },
  },
});
