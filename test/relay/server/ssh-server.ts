/** An ssh server on the loopback address that lets one key in, with keys and settings of its own: nothing of the machine's is used. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { startNodeSshd } from './node-sshd.ts';
import type { SshServer, SshServerOptions } from './ssh-settings.ts';
import { startSshd } from './sshd.ts';

/** The path of the sshd that serves; if empty, the npm package ssh2 does. */
export const SSHD_VARIABLE = 'HOURGLASS_TEST_SSHD';

export async function startSshServer(dir: string, options: SshServerOptions): Promise<SshServer> {
  const sshd = options.sshd ?? process.env[SSHD_VARIABLE] ?? '';
  mkdirSync(dir, { recursive: true });
  const [host, user] = [createKey(join(dir, 'host')), createKey(join(dir, 'user'))];
  const settings = { ...options, dir, hostKeyFile: join(dir, 'host'), authorizedKey: user.public };
  const serving = sshd === '' ? await startNodeSshd(settings) : await startSshd(sshd, settings);
  return {
    ...serving,
    url: `ssh://${serving.user}@127.0.0.1:${serving.port}`,
    hostKey: host.public,
    clientEnvironment: {
      ...process.env,
      GIT_SSH_COMMAND: `ssh -F none -o IdentitiesOnly=yes -o IdentityAgent=none -i '${join(dir, 'user')}'`,
    },
    userKey: user.private,
    strangerEnvironment: { ...process.env, GIT_SSH_COMMAND: 'ssh -F none' },
  };
}

/** A key pair, the private half also as a file that nobody else can read, as ssh wants it. */
function createKey(file: string): { public: string; private: string } {
  let pair = ssh2.utils.generateKeyPairSync('ed25519', { comment: '' });
  // ssh2 drops a zero that a key begins with, one time in 256, and then nobody can read it.
  while (ssh2.utils.parseKey(pair.private) instanceof Error) {
    pair = ssh2.utils.generateKeyPairSync('ed25519', { comment: '' });
  }
  writeFileSync(file, pair.private, { mode: 0o600 });
  return { public: pair.public.trim(), private: pair.private };
}
