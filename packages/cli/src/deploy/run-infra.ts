/** Runs the CDK app of `infra` as a process of its own: it is large, and other commands pay nothing for it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { standingIn } from '../demo/demo.ts';
import { UsageError } from '../errors.ts';

export type Verb = 'deploy' | 'diff' | 'destroy' | 'synth';

export interface InfraFiles {
  /** As the user names them, from where the user stands. */
  readonly config?: string;
  readonly output?: string;
}

/**
 * @param options for the CDK CLI
 * @returns the exit status
 * @throws {UsageError} where the repository is not around this file
 */
export async function runInfra(verb: Verb, options: readonly string[], files: InfraFiles): Promise<number> {
  const app = fileURLToPath(new URL(`../../../../infra/src/${verb === 'synth' ? 'app' : 'cdk'}.ts`, import.meta.url));
  if (!existsSync(app)) {
    throw new UsageError(
      `${verb} works in a clone of the repository; in a CDK app of your own use the construct and the CDK CLI`,
    );
  }
  const here = (file: string) => resolve(standingIn(), file);
  const child = spawn(process.execPath, [app, ...(verb === 'synth' ? [] : [verb]), ...options], {
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(files.config !== undefined && { HOURGLASS_CONFIG: here(files.config) }),
      ...(files.output !== undefined && { CDK_OUTDIR: here(files.output) }),
    },
  });
  // The terminal sends Ctrl-C to the child as well, which prints the rest; a kill of this process is passed on.
  const ignore = () => {};
  const pass = () => child.kill('SIGTERM');
  process.on('SIGINT', ignore).on('SIGTERM', pass).on('SIGHUP', pass);
  const [code] = await once(child, 'close');
  process.off('SIGINT', ignore).off('SIGTERM', pass).off('SIGHUP', pass);
  return code ?? 1;
}
