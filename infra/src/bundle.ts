/**
 * Bundles each service into one CommonJS `index.js` with the local esbuild. Not NodejsFunction: that looks for esbuild
 * on the PATH, starts a package manager per function, and falls back to Docker where it finds neither; here there is
 * no way to Docker, one esbuild run does all six, and the same sources give the same bytes on every machine.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { type ServiceName, serviceNames } from './names.ts';

/** A service could not be bundled; the message names it and says why. */
export class BundleFailed extends Error {
  override readonly name = 'BundleFailed';
}

/** Bundles the clean-up function, which is this room's own, into `outdir`, and gives `outdir`. */
export function bundleCleanUp(outdir: string): string {
  bundle(
    resolve(dirname(fileURLToPath(import.meta.url)), '../..'),
    { index: './infra/src/clean-up/handler.ts' },
    outdir,
  );
  return outdir;
}

/**
 * Bundles `<root>/services/<name>/src/handler.ts` of every service into a directory of its own under
 * `outdir`. Paths in the output are relative to `root`, so that a bundle does not depend on where the clone stands.
 */
export function bundleServices(root: string, outdir: string): Record<ServiceName, string> {
  const entries = serviceNames.map((service) => [service, `services/${service}/src/handler.ts`] as const);
  for (const [service, entry] of entries) {
    if (!existsSync(join(root, entry))) throw new BundleFailed(`${service}: ${entry} is not there`);
  }
  bundle(root, Object.fromEntries(entries.map(([service, entry]) => [`${service}/index`, `./${entry}`])), outdir);
  return Object.fromEntries(serviceNames.map((service) => [service, join(outdir, service)])) as Record<
    ServiceName,
    string
  >;
}

function bundle(root: string, entryPoints: Record<string, string>, outdir: string): void {
  try {
    buildSync({
      absWorkingDir: root,
      entryPoints,
      outdir,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      // The SDK goes into the bundle: the runtime's own copy changes without notice.
      external: [],
      // ES modules first: they can be tree-shaken, which makes a bundle several times smaller.
      mainFields: ['module', 'main'],
      legalComments: 'none',
      minify: false,
      sourcemap: false,
      charset: 'utf8',
      logLevel: 'silent',
    });
  } catch (error) {
    throw new BundleFailed(`esbuild: ${error instanceof Error ? error.message : String(error)}`);
  }
}
