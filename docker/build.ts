/**
 * Bundles the entrypoint into one file, so that the image needs no package manager and no workspace.
 *
 * `pnpm --filter @hourglass/docker bundle` writes `dist/entrypoint.cjs`; whoever stages this folder for an image calls it first.
 */
import { join } from 'node:path';
import { build } from 'esbuild';

const HERE = import.meta.dirname;

/**
 * Writes `entrypoint.cjs` into a folder (`dist` beside this file by default) and gives its path. The same sources give the
 * same bytes, so that an unchanged entrypoint is an unchanged image.
 */
export async function bundleEntrypoint(options: { readonly outDir?: string } = {}): Promise<string> {
  const outfile = join(options.outDir ?? join(HERE, 'dist'), 'entrypoint.cjs');
  await build({
    entryPoints: [join(HERE, 'src/main.ts')],
    // Paths in the output are relative to this, whatever folder the caller stands in.
    absWorkingDir: HERE,
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  return outfile;
}

if (import.meta.main) process.stdout.write(`${await bundleEntrypoint()}\n`);
