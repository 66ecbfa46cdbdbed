/**
 * The CDK app. Reads the configuration from the file that HOURGLASS_CONFIG names, else `infra/hourglass.config.ts`, and
 * writes the cloud assembly to CDK_OUTDIR, else `infra/cdk.out`. What is wrong with the configuration is reported in words,
 * with exit status 2.
 */
import { join, resolve } from 'node:path';
import { repositoryRoot } from './assets.ts';
import { BundleFailed } from './bundle.ts';
import { ConfigurationInvalid } from './config.ts';
import { describeSynthesized } from './describe-synthesized.ts';
import { findConfigFile, loadConfig } from './load-config.ts';
import { synthesize } from './synthesize.ts';

try {
  const { CDK_OUTDIR } = process.env;
  const config = await loadConfig(findConfigFile(process.env));
  // The CDK CLI gives CDK_OUTDIR from its own working directory, which is this process's too.
  const outdir = CDK_OUTDIR === undefined ? join(repositoryRoot, 'infra/cdk.out') : resolve(CDK_OUTDIR);
  process.stdout.write(describeSynthesized(synthesize(config, { outdir }), config));
} catch (error) {
  const { message, code = '' } = error as Error & { code?: string };
  // The findings of a check, which the CDK has printed by then; and a directory that cannot be written.
  const isForPeople = /^Validation failed/.test(message) || /^(EACCES|EROFS|ENOTDIR|ENOSPC)$/.test(code);
  if (!(error instanceof ConfigurationInvalid || error instanceof BundleFailed || isForPeople)) throw error;
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}
