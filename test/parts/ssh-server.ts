/** An ssh server for the tests: OpenSSH's own where a login to it works, else the npm package ssh2 inside the test's process. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { SSHD_VARIABLE, startSshServer } from '../relay/server/ssh-server.ts';
import type { SshServer } from '../relay/server/ssh-settings.ts';
import type { Found, Part } from './part.ts';
import { describeInstallation, installByApt } from './system-packages.ts';

const packages = { apt: ['openssh-server'], dnf: 'openssh-server', brew: 'openssh' };

export const sshServer: Part = {
  name: 'ssh-server',
  title: 'an ssh server',
  purpose: 'git servers over ssh',
  ways: [useSshd, useSystemPackage, useNpmPackage],
  command: () => describeInstallation(packages),
};

async function useSshd(): Promise<Found> {
  // It starts itself anew for each connection, so it wants its whole path.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  let reason = '';
  for (const path of new Set(folders.filter(Boolean).map((folder) => join(folder, 'sshd')))) {
    try {
      await logIn(path);
      return { what: `OpenSSH's ${path}`, environment: { [SSHD_VARIABLE]: path } };
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') reason = `${path}: ${(error as Error).message}`;
    }
  }
  throw new Error(reason || 'there is no sshd');
}

/** Only in CI, whose machine is for nothing else: Debian starts the server of this package, on port 22, at once and at each boot. */
async function useSystemPackage(): Promise<Found> {
  if (!process.env.CI) throw new Error('outside CI no server is installed that stays');
  await installByApt(packages, 'in CI the git server over ssh is a real sshd');
  return await useSshd();
}

async function useNpmPackage(): Promise<Found> {
  const { version } = createRequire(import.meta.url)('ssh2/package.json');
  // The tests also need the client, which is a part of its own.
  await withServer('', async () => {});
  return {
    what: `the npm package ssh2 ${version}, since no sshd can be used here`,
    environment: { [SSHD_VARIABLE]: '' },
  };
}

/** As a test does. @throws {Error} with what the server or the client said */
async function logIn(sshd: string): Promise<void> {
  await withServer(sshd, async ({ clientEnvironment, port, user }) => {
    const command = `${clientEnvironment.GIT_SSH_COMMAND} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`;
    const words = `${command} -o ConnectTimeout=10 -p ${port} ${user}@127.0.0.1 'git --version'`;
    await promisify(execFile)('sh', ['-c', words]).catch((error) => {
      throw new Error(
        String(error.stderr || error.message)
          .trim()
          .split('\n')
          .at(-1),
      );
    });
  });
}

async function withServer(sshd: string, use: (server: SshServer) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'hourglass-ssh-server-'));
  try {
    const server = await startSshServer(join(dir, 'it'), { acceptsGitProtocol: true, sshd });
    await use(server).finally(() => server.close());
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
