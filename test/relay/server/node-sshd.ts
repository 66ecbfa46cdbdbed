/** The npm package ssh2 as a server in the test's own process: the ssh protocol is real, and each command runs in a shell, as sshd does it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import type { ServerSettings, Serving } from './ssh-settings.ts';

export async function startNodeSshd({
  hostKeyFile,
  authorizedKey,
  acceptsGitProtocol,
}: ServerSettings): Promise<Serving> {
  const known = ssh2.utils.parseKey(authorizedKey);
  if (known instanceof Error) throw known;
  const connections = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [readFileSync(hostKeyFile)] }, (connection) => {
    connections.add(connection);
    connection
      .on('close', () => connections.delete(connection))
      // A client that goes away in the middle.
      .on('error', () => {})
      .on('authentication', (asked) => (isKnown(asked, known) ? asked.accept() : asked.reject(['publickey'])))
      .on('session', (acceptSession) => serveSession(acceptSession(), acceptsGitProtocol));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    user: 'git',
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const connection of connections) connection.end();
      await closed;
    },
  };
}

/** A client first asks whether a key would do, without a signature. */
function isKnown(asked: ssh2.AuthContext, known: ssh2.ParsedKey): boolean {
  if (asked.method !== 'publickey' || !asked.key.data.equals(known.getPublicSSH())) return false;
  if (asked.signature === undefined) return true;
  return known.verify(asked.blob ?? Buffer.alloc(0), asked.signature, asked.hashAlgo) === true;
}

function serveSession(session: ssh2.Session, acceptsGitProtocol: boolean): void {
  const env = { ...process.env };
  delete env.GIT_PROTOCOL;
  session
    .on('env', (accept, reject, { key, val }) => {
      const taken = acceptsGitProtocol && key === 'GIT_PROTOCOL';
      if (taken) env[key] = val;
      (taken ? accept : reject)?.();
    })
    .on('exec', (accept, _reject, { command }) => {
      const channel = accept();
      const child = spawn('/bin/sh', ['-c', command], { env, stdio: 'pipe' });
      channel.pipe(child.stdin);
      child.stdin.on('error', () => {});
      child.stdout.pipe(channel, { end: false });
      child.stderr.pipe(channel.stderr, { end: false });
      channel.on('close', () => child.kill());
      child.on('close', (code) => {
        channel.exit(code ?? 1);
        channel.end();
      });
    });
}
