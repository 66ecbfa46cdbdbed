/**
 * The command as a package: one entry, a chunk a command, and beside them the programs that it starts as processes of their own, which are
 * infra's app and the task's entrypoint. The CDK alone is a dependency: it reads files of its own folder.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundlePage } from '@hourglass/console/bundle';
import { defineConfig } from 'tsdown';
import { makeBundles } from '../../infra/src/make-bundles.ts';

const here = import.meta.dirname;
const root = join(here, '../..');

export default defineConfig({
  entry: { hourglass: 'src/packaged.ts', app: '../../infra/src/app.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: false,
  fixedExtension: true,
  deps: { neverBundle: [/^aws-cdk-lib/, 'constructs'], onlyBundle: false },
  inputOptions: { resolve: { conditionNames: ['packaged', 'import', 'node', 'default'] } },
  hooks: {
    'build:done': async () => {
      const assets = join(here, 'dist/assets');
      rmSync(assets, { recursive: true, force: true });
      makeBundles(assets, root);
      const pages = join(here, 'dist/console');
      mkdirSync(pages, { recursive: true });
      for (const [name, bytes] of await bundlePage()) writeFileSync(join(pages, name), bytes);
      // The page of `simulate --html`.
      const page = join(here, 'dist/page');
      cpSync(join(root, 'packages/cost/src/report/page'), page, {
        recursive: true,
        filter: (path) => !/[.]ts$|tsconfig/.test(path),
      });
      const charts = createRequire(join(root, 'packages/cost/package.json')).resolve(
        'echarts/dist/echarts.common.min.js',
      );
      cpSync(charts, join(page, 'echarts.common.min.js'));
    },
  },
});
