/** Debian's own sshd on the loopback address, with a host key, a user's key and a configuration of its own: nothing of the machine's is used. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = '/usr/sbin/sshd';
/** Where a sshd that is started by root insists on an empty folder. */
const PRIVILEGE_SEPARATION = '/run/sshd';

export interface Sshd {
  readonly port: number;
  /** The login and host of a URL. */
  readonly url: string;
  /** Kind and key, as they stand behind the host in known_hosts. */
  readonly hostKey: string;
  /** Environment for a client that has the user's key and no configuration. */
  readonly clientEnvironment: NodeJS.ProcessEnv;
  /** That key, as text; and an environment for a client that has no key and no configuration. */
  readonly userKey: string;
  readonly strangerEnvironment: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

export interface SshdOptions {
  /** Lets the client ask for protocol v2, as few servers do unasked. */
  readonly acceptsGitProtocol: boolean;
}

/** @throws {Error} if sshd is not installed; the message says how to install it. */
export async function startSshd(dir: string, { acceptsGitProtocol }: SshdOptions): Promise<Sshd> {
  if (!existsSync(PROGRAM)) {
    throw new Error(`ssh sources are checked against a real server, and ${PROGRAM} is missing: run .ci/install-sshd`);
  }
  mkdirSync(dir, { recursive: true });
  if (userInfo().uid === 0) mkdirSync(PRIVILEGE_SEPARATION, { recursive: true, mode: 0o755 });
  const [hostKey, userKey] = [createKey(join(dir, 'host')), createKey(join(dir, 'user'))];
  writeFileSync(join(dir, 'authorized_keys'), `${userKey}\n`);
  const port = await findFreePort();
  const settings = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(dir, 'host')}`,
    `AuthorizedKeysFile ${join(dir, 'authorized_keys')}`,
    'AuthenticationMethods publickey',
    // Its folders lie in a temporary one, which everybody may write to.
    'StrictModes no',
    'UsePAM no',
    // The quickest there is: the tests open many connections.
    'KexAlgorithms curve25519-sha256',
    'PidFile none',
    'LogLevel INFO',
    ...(acceptsGitProtocol ? ['AcceptEnv GIT_PROTOCOL'] : []),
  ];
  writeFileSync(join(dir, 'config'), `${settings.join('\n')}\n`);
  const child = spawn(PROGRAM, ['-D', '-e', '-f', join(dir, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  await listening(child);
  return {
    port,
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    hostKey,
    clientEnvironment: {
      ...process.env,
      GIT_SSH_COMMAND: `ssh -F none -o IdentitiesOnly=yes -o IdentityAgent=none -i ${join(dir, 'user')}`,
    },
    userKey: readFileSync(join(dir, 'user'), 'utf8'),
    strangerEnvironment: { ...process.env, GIT_SSH_COMMAND: 'ssh -F none' },
    async close() {
      const closed = once(child, 'close');
      child.kill();
      await closed;
    },
  };
}

/** Gives the public half. */
function createKey(file: string): string {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]);
  chmodSync(file, 0o600);
  return readFileSync(`${file}.pub`, 'utf8').trim();
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
