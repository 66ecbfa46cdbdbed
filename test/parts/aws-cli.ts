/** The AWS CLI, the client that the README names: this machine's, PyPI's, or the system's package. */
import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bringOnce } from './bring.ts';
import type { Found, Part } from './part.ts';
import { describeInstallation, installByApt } from './system-packages.ts';

/** Where the tests find the command. */
export const AWS_CLI_VARIABLE = 'HOURGLASS_TEST_AWS';

const requirement = fileURLToPath(new URL('aws-cli-requirement.txt', import.meta.url));
const packages = { apt: ['awscli'], dnf: 'awscli2', brew: 'awscli' };

export const awsCli: Part = {
  name: 'aws-cli',
  title: 'The AWS CLI',
  purpose: 'requests as its users send them',
  ways: [useInstalled, usePythonPackage, useSystemPackage],
  command: () => describeInstallation(packages),
};

function useInstalled(): Promise<Found> {
  return tryOut('aws');
}

async function usePythonPackage(): Promise<Found> {
  const run = promisify(execFile);
  const folder = await bringOnce('awscli', async (aside) => {
    const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'install', '--quiet', '--target', aside];
    await run('python3', [...pip, '--requirement', requirement]).catch((error) => {
      throw new Error(
        `python3 -m pip: ${String(error.stderr || error.message)
          .trim()
          .split('\n')
          .at(-1)}`,
      );
    });
    const command = join(aside, 'aws');
    await writeFile(command, '#!/bin/sh\nPYTHONPATH="$(dirname "$0")" exec python3 -m awscli "$@"\n');
    await chmod(command, 0o755);
  });
  return await tryOut(join(folder, 'aws'));
}

async function useSystemPackage(): Promise<Found> {
  await installByApt(packages, 'its users send requests by it');
  return await useInstalled();
}

async function tryOut(command: string): Promise<Found> {
  const { stdout, stderr } = await promisify(execFile)(command, ['--version']).catch((error) => {
    throw new Error(error.code === 'ENOENT' ? `${command} is not on PATH` : String(error.stderr || error.message));
  });
  const version = /aws-cli\/\S+/.exec(stdout + stderr)?.[0];
  if (version === undefined) throw new Error(`${command} is not the AWS CLI`);
  return { what: version, environment: { [AWS_CLI_VARIABLE]: command } };
}
