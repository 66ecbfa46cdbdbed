/** OpenSSH's client, as git and the relay start it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Found, Part } from './part.ts';
import { describeInstallation, installByApt } from './system-packages.ts';

const packages = { apt: ['openssh-client'], dnf: 'openssh-clients', brew: 'openssh' };

export const ssh: Part = {
  name: 'ssh',
  title: "OpenSSH's client",
  purpose: 'git servers over ssh',
  ways: [useInstalled, useSystemPackage],
  command: () => describeInstallation(packages),
};

async function useInstalled(): Promise<Found> {
  const run = promisify(execFile);
  // Asked for the settings of a connection, it also says whether it would run for this user at all.
  await run('ssh', ['-F', 'none', '-G', '127.0.0.1']).catch((error) => {
    throw new Error(error.code === 'ENOENT' ? 'ssh is not on PATH' : String(error.stderr || error.message).trim());
  });
  const { stderr } = await run('ssh', ['-V']);
  return { what: `the client of ${stderr.trim().split(/[ ,]/)[0]}` };
}

async function useSystemPackage(): Promise<Found> {
  await installByApt(packages, 'git servers are also reached over ssh');
  return await useInstalled();
}
