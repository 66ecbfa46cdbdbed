/** OpenSSH's own sshd as a process of the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ServerSettings, Serving } from './ssh-settings.ts';

/** Where a sshd that is started by root insists on an empty folder. */
const PRIVILEGE_SEPARATION = '/run/sshd';

/** @param program its whole path. @throws {Error} with what it said, if it does not start */
export async function startSshd(program: string, settings: ServerSettings): Promise<Serving> {
  const { dir, hostKeyFile, authorizedKey, acceptsGitProtocol } = settings;
  const user = userInfo();
  if (user.uid === 0) mkdirSync(PRIVILEGE_SEPARATION, { recursive: true, mode: 0o755 });
  writeFileSync(join(dir, 'authorized_keys'), `${authorizedKey}\n`);
  const port = await findFreePort();
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey "${hostKeyFile}"`,
    `AuthorizedKeysFile "${join(dir, 'authorized_keys')}"`,
    'AuthenticationMethods publickey',
    'PermitRootLogin prohibit-password',
    // Its folders lie in a temporary one, which everybody may write to.
    'StrictModes no',
    'UsePAM no',
    // The quickest there is: the tests open many connections.
    'KexAlgorithms curve25519-sha256',
    'PidFile none',
    'LogLevel INFO',
    ...(acceptsGitProtocol ? ['AcceptEnv GIT_PROTOCOL'] : []),
  ];
  writeFileSync(join(dir, 'config'), `${lines.join('\n')}\n`);
  const child = spawn(program, ['-D', '-e', '-f', join(dir, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  await Promise.race([once(child, 'spawn'), once(child, 'error').then(([error]) => Promise.reject(error))]);
  await listening(child);
  return {
    port,
    user: user.username,
    async close() {
      const closed = once(child, 'close');
      child.kill();
      await closed;
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function listening(child: ChildProcess & { stderr: NonNullable<ChildProcess['stderr']> }): Promise<void> {
  const said: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    said.push(line);
    if (line.startsWith('Server listening')) {
      child.stderr.resume();
      return;
    }
  }
  throw new Error(`sshd does not start: ${said.join('; ')}`);
}
