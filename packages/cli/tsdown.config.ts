/**
 * The command as a package: the entry with `mirror`, every other command as a chunk, and beside them the programs that it starts as processes of their own, which are
 * infra's app and the task's entrypoint. The CDK alone is a dependency: it reads files of its own folder.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundlePage } from '@hourglass/console/bundle';
import { defineConfig, type UserConfig } from 'tsdown';
import { makeBundles } from '../../infra/src/make-bundles.ts';

const here = import.meta.dirname;
const root = join(here, '../..');

const common = {
  platform: 'node',
  target: 'node20',
  dts: false,
  fixedExtension: true,
  clean: false,
  deps: { neverBundle: [/^aws-cdk-lib/, 'constructs'], onlyBundle: false },
  inputOptions: { resolve: { conditionNames: ['packaged', 'import', 'node', 'default'] } },
} satisfies UserConfig;
rmSync(join(here, 'dist'), { recursive: true, force: true });

/** commander loads node:child_process for commands that are programs of their own; here are none, and it takes a tenth of such a start. */
const commandersChildren = {
  name: 'commanders-children',
  resolveId: (id: string, importer?: string) =>
    id === 'node:child_process' && importer?.includes('/commander/') ? '\0none' : undefined,
  load: (id: string) => (id === '\0none' ? 'export default {};' : undefined),
};

/** The entry, and `mirror`: what it does not need at a start is in chunks that are not read. */
const start = defineConfig({
  ...common,
  entry: { hourglass: 'src/packaged.ts' },
  format: 'cjs',
  plugins: [commandersChildren],
  deps: { ...common.deps, neverBundle: [...common.deps.neverBundle, './all.mjs'] },
});

const all = defineConfig({
  ...common,
  entry: { all: 'src/all.ts', app: '../../infra/src/app.ts' },
  format: 'esm',
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

export default [start, all];
