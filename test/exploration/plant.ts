/** Builds the exploration with the services of today or with a bug planted in them, and loads it: the code itself has no hooks. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { explore } from './explore.ts';
import type { Edit } from './planted-bugs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const zod = pathToFileURL(createRequire(join(root, 'shared/package.json')).resolve('zod')).href;

/** @throws Error if an edit's text is not found exactly once: then the source has moved on, and the bug with it. */
export async function exploreWith(edits: Edit[]): Promise<typeof explore> {
  const sources = new Map<string, string>();
  for (const { file, find, replace } of edits) {
    const path = join(root, file);
    const source = sources.get(path) ?? (await readFile(path, 'utf8'));
    const found = source.split(find).length - 1;
    if (found !== 1) throw new Error(`${file} has the text to be edited ${found} times instead of once: ${find}`);
    sources.set(
      path,
      source.replace(find, () => replace),
    );
  }
  const { outputFiles } = await build({
    entryPoints: [join(root, 'test/exploration/explore.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    treeShaking: true,
    plugins: [planting(sources), withoutClients],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-planted-'));
  try {
    const file = join(folder, 'explore.mjs');
    await writeFile(file, outputFiles[0]?.contents ?? '');
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)).explore;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function planting(sources: Map<string, string>): Plugin {
  return {
    name: 'planting',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const contents = sources.get(path);
        return contents === undefined ? undefined : { contents, loader: 'ts' };
      });
    },
  };
}

/** No use case calls the SDK itself: what would load it is left out, which makes a bundle in a tenth of the time. */
const withoutClients: Plugin = {
  name: 'without-clients',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(@aws-sdk|@aws-lambda-powertools|@middy)\// }, ({ path }) => ({ path, namespace: 'client' }));
    // Loaded as it is, once for all bundles.
    onResolve({ filter: /^zod$/ }, () => ({ path: zod, external: true }));
    onLoad({ filter: /.*/, namespace: 'client' }, () => ({
      contents: 'module.exports = new Proxy({}, { get: (_, name) => (name === "__esModule" ? true : class {}) });',
      loader: 'js',
    }));
  },
};
