/**
 * `deploy`, `destroy` and `diff` with the CDK CLI, in one Region that is named. A deployment begins with the preflight, in the Region and
 * with the credentials that the CLI will use; what it finds is printed, with exit status 2, and nothing is created. All options go to the CLI.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { createAccountClients } from '@hourglass/operations/checks';
import { findAccount } from './account.ts';
import { repositoryRoot } from './assets.ts';
import { ConfigurationInvalid } from './config.ts';
import { findConfigFile, loadConfig } from './load-config.ts';
import { nameEverything } from './names.ts';
import { PreflightFailed, preflight } from './preflight/preflight.ts';

const usage = 'usage: hourglass deploy|destroy|diff [options of the CDK CLI]\n';
const infra = join(repositoryRoot, 'infra');
const [verb = '', ...options] = process.argv.slice(2);

try {
  if (!['deploy', 'destroy', 'diff'].includes(verb)) throw new ConfigurationInvalid(usage);
  const configFile = findConfigFile(process.env);
  const config = await loadConfig(configFile);
  const { region, credentials } = await findAccount(options, process.env);
  // The CLI would take us-east-1.
  if (region === undefined) {
    throw new PreflightFailed('No Region is named: give --region, AWS_REGION, or a profile that has a region.');
  }
  if (verb === 'deploy') {
    const account = { region, credentials };
    const remarks = await preflight(createAccountClients(account), config);
    for (const remark of remarks) process.stderr.write(`${remark}\n`);
  }
  const cdk = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin/cdk');
  // The parameters stand for the configuration, so a value that an earlier deployment had must not be kept.
  const always = ['--region', region, ...(verb === 'deploy' ? ['--no-previous-parameters'] : [])];
  const own = options.some((option) => /^--region(=|$)/.test(option)) ? always.slice(2) : always;
  // The CLI starts the app by `node`, and the first one on PATH may be older than this.
  const withThisNode = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const { status } = spawnSync(
    process.execPath,
    [cdk, verb, nameEverything(config.deployment).stack, ...own, ...options],
    { cwd: infra, stdio: 'inherit', env: { ...process.env, PATH: withThisNode, HOURGLASS_CONFIG: configFile } },
  );
  process.exitCode = status ?? 1;
} catch (error) {
  if (!(error instanceof ConfigurationInvalid || error instanceof PreflightFailed)) throw error;
  process.stderr.write(`${error.message.trimEnd()}\n`);
  process.exitCode = 2;
}
