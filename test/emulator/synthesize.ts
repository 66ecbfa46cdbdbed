/** The templates for a run's configuration, by the CDK app that users have. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { HourglassConfigInput } from '@hourglass/infra';

/** @returns the cloud assembly's folder, in one of its own below `parent` */
export async function synthesize(parent: string, config: HourglassConfigInput): Promise<string> {
  const directory = join(parent, config.deployment ?? 'deployment');
  mkdirSync(directory);
  const file = join(directory, 'hourglass.config.json');
  const outdir = join(directory, 'cdk.out');
  writeFileSync(file, JSON.stringify(config));
  const app = fileURLToPath(new URL('../../infra/src/app.ts', import.meta.url));
  const env = { ...process.env, HOURGLASS_CONFIG: file, CDK_OUTDIR: outdir };
  await promisify(execFile)(process.execPath, [app], { env, maxBuffer: 2 ** 26 });
  return outdir;
}
