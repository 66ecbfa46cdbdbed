/** The `hourglass` command as one bundle, as the container image has its task: without it, a run would mostly measure the type stripper. */
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const CLI = fileURLToPath(new URL('../../packages/cli/', import.meta.url));

/** Bundles into a folder and gives the program's path. */
export async function bundleHourglass(dir: string): Promise<string> {
  await build({
    entryPoints: [join(CLI, 'src/main.ts')],
    outdir: dir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Other commands' needs, which a mirror between two git servers never loads.
    external: ['@aws-sdk/*', '@smithy/*', 'aws-cdk*', 'esbuild', 'fast-xml-parser'],
    logLevel: 'warning',
  });
  await symlink(join(CLI, 'node_modules'), join(dir, 'node_modules'));
  return join(dir, 'main.mjs');
}
