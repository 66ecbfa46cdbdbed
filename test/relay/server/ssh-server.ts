/** An ssh server on the loopback address that lets one key in, with keys and settings of its own: nothing of the machine's is used. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { startNodeSshd } from './node-sshd.ts';
import { startSshd } from './sshd.ts';

/** The path of the sshd that serves; if empty, the npm package ssh2 does. */
export const SSHD_VARIABLE = 'HOURGLASS_TEST_SSHD';

export interface SshServer {
  readonly port: number;
  readonly user: string;
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

export interface SshServerOptions {
  /** Lets the client ask for protocol v2, as few servers do unasked. */
  readonly acceptsGitProtocol: boolean;
  /** The program; by default the one that was found before the tests. */
  readonly sshd?: string;
}

/** What a kind of server is started with. */
export interface ServerSettings extends SshServerOptions {
  readonly dir: string;
  /** Files of private keys. */
  readonly hostKeyFile: string;
  /** The public half of the one key that is let in. */
  readonly authorizedKey: string;
}

/** A server that runs. */
export type Serving = Pick<SshServer, 'port' | 'user' | 'close'>;

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
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment: '' });
  writeFileSync(file, pair.private, { mode: 0o600 });
  return { public: pair.public.trim(), private: pair.private };
}
