/** curl, as the post-receive hook starts it on a git server. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Found, Part } from './part.ts';
import { describeInstallation, installByApt } from './system-packages.ts';

const packages = { apt: ['curl'], dnf: 'curl', brew: 'curl' };

export const curl: Part = {
  name: 'curl',
  title: 'curl',
  purpose: 'the post-receive hook, which asks for mirrors by it',
  ways: [useInstalled, useSystemPackage],
  command: () => describeInstallation(packages),
};

async function useInstalled(): Promise<Found> {
  const { stdout } = await promisify(execFile)('curl', ['--version']).catch((error) => {
    throw new Error(error.code === 'ENOENT' ? 'curl is not on PATH' : error.message);
  });
  return { what: stdout.split(' ').slice(0, 2).join(' ') };
}

async function useSystemPackage(): Promise<Found> {
  await installByApt(packages, 'the post-receive hook asks by it');
  return await useInstalled();
}
