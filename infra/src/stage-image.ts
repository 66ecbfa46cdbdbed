/** Prepares the build context of the task image: the Dockerfile and the bundled entrypoint, and nothing else. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BundleFailed } from './bundle.ts';

/**
 * Stages `<root>/docker` into `context` and gives `context`. The entrypoint is bundled by `docker/build.ts`, run as a
 * program of its own, since this room imports nothing from that one. Docker itself is not needed until deployment.
 */
export function stageImage(root: string, context: string): string {
  const docker = join(root, 'docker');
  if (!existsSync(join(docker, 'Dockerfile'))) throw new BundleFailed('docker/Dockerfile is not there');
  mkdirSync(context, { recursive: true });
  cpSync(join(docker, 'Dockerfile'), join(context, 'Dockerfile'));
  const build = pathToFileURL(join(docker, 'build.ts')).href;
  const program = `const { bundleEntrypoint } = await import(${JSON.stringify(build)});
await bundleEntrypoint({ outDir: ${JSON.stringify(join(context, 'dist'))} });`;
  try {
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    throw new BundleFailed(`docker/build.ts: ${error instanceof Error ? error.message : String(error)}`);
  }
  return context;
}
