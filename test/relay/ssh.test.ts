/** Sources and destinations behind an ssh server: still a stream, no clone, and no host that nobody has vouched for. */
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { needs } from '../parts/needs.ts';
import { bundledHourglass, runHourglass } from './bundle-hourglass.ts';
import { refsOf } from './git.ts';
import { createPair, type Pair } from './pair.ts';
import { startSshServer } from './server/ssh-server.ts';
import type { SshServer } from './server/ssh-settings.ts';

const NAME = 'git.onpremises.invalid';
/** A key that no server here has. */
const OTHER_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

let folder: string;
let program: string;
/** One that lets the client ask for protocol v2, and one that does not. */
let servers: { v2: SshServer; v0: SshServer };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-ssh-'));
  const [v2, v0, made] = await Promise.all([
    startSshServer(join(folder, 'v2'), { acceptsGitProtocol: true }),
    startSshServer(join(folder, 'v0'), { acceptsGitProtocol: false }),
    bundledHourglass(),
  ]);
  servers = { v2, v0 };
  program = made;
});
afterAll(async () => {
  await Promise.all(Object.values(servers ?? {}).map((server) => server.close()));
  await rm(folder, { recursive: true, force: true });
});

let pair: Pair;
beforeEach(async () => {
  pair = await createPair();
});
afterEach(() => pair.close());

const knownHosts = ({ port, hostKey }: SshServer, key = hostKey) => `[127.0.0.1]:${port} ${key}\n`;

/** A known_hosts file in the folder of this test's repositories. */
function writeKnownHosts(text: string): string {
  const file = join(pair.scratch, 'known_hosts');
  writeFileSync(file, text);
  return file;
}

describe('an ssh source', needs('ssh'), () => {
  it.each(['v2', 'v0'] as const)(
    'is relayed in protocol %s without scratch space, first and after one commit',
    async (version) => {
      const server = servers[version];
      const options = {
        source: `${server.url}${pair.source}`,
        sourceNetwork: { knownHosts: knownHosts(server) },
        environment: server.clientEnvironment,
      };
      await pair.commit('main', 'one', { noise: randomBytes(100_000) });
      expect(await pair.mirror(options)).toMatchObject({ result: 'mirrored', via: 'relay', why: [] });
      pair.expectEqual();
      await pair.commit('main', 'two', { small: 'two' });
      const second = await pair.mirror(options);
      expect(second).toMatchObject({ result: 'mirrored', via: 'relay', refs: { updated: 1 } });
      expect(second.bytesFromSource).toBeLessThan(5_000);
      pair.expectEqual();
      // The known hosts that were given as text are gone again, too.
      expect(readdirSync(join(pair.scratch, 'disk'))).toEqual([]);
    },
  );

  it('is reached by an address, and known by its name', async () => {
    const server = servers.v2;
    await pair.commit('main');
    for (const via of ['relay', 'git'] as const) {
      const options = {
        via,
        source: `${server.url.replace('127.0.0.1', NAME)}${pair.source}`,
        sourceNetwork: { address: '127.0.0.1', knownHosts: writeKnownHosts(`${NAME} ${server.hostKey}\n`) },
        environment: server.clientEnvironment,
      };
      expect(await pair.mirror(options)).toMatchObject({ result: 'mirrored', via });
      pair.expectEqual();
      await pair.commit('main', `after ${via}`);
    }
  });

  it('takes a key that is given as text, offers no other, and leaves no trace of it', async () => {
    const server = servers.v2;
    await pair.commit('main');
    const options = {
      source: `${server.url}${pair.source}`,
      sourceNetwork: { knownHosts: knownHosts(server) },
      environment: server.strangerEnvironment,
    };
    for (const via of ['relay', 'git'] as const) {
      const refused = await pair.mirror({ ...options, via, auth: { source: { privateKey: servers.v0.userKey } } });
      expect(refused).toMatchObject({
        result: 'refused',
        message: expect.stringMatching(/source.*(denied|not accepted)/),
      });
      // As an editor may leave it: without the end of its last line.
      const privateKey = server.userKey.trimEnd();
      expect(await pair.mirror({ ...options, via, auth: { source: { privateKey } } })).toMatchObject({
        result: 'mirrored',
        via,
      });
      pair.expectEqual();
      expect(readdirSync(join(pair.scratch, 'disk'))).toEqual([]);
      await pair.commit('main', `after ${via}`);
    }
  });

  it('with another host key than the known one is refused in words, whichever the way', async () => {
    const server = servers.v2;
    await pair.commit('main');
    const [changed, unknown] = [knownHosts(server, OTHER_KEY), `other.invalid ${server.hostKey}\n`];
    const cases = [
      ['relay', changed],
      ['auto', unknown],
      ['git', changed],
    ] as const;
    for (const [via, known] of cases) {
      const outcome = await pair.mirror({
        via,
        source: `${server.url}${pair.source}`,
        sourceNetwork: { knownHosts: known },
        environment: server.clientEnvironment,
      });
      expect(outcome).toMatchObject({ result: 'refused', message: expect.stringMatching(/source.*host key/) });
    }
    expect(refsOf(pair.destination)).toEqual([]);
  });

  it('is what --source-known-hosts and --source-address are for', async () => {
    const server = servers.v2;
    await pair.commit('main');
    const url = `${server.url.replace('127.0.0.1', NAME)}${pair.source}`;
    const words = [
      'mirror',
      url,
      `${pair.to.url}/destination`,
      '--source-address',
      '127.0.0.1',
      '--source-known-hosts',
    ];
    const go = (file: string) => runHourglass(program, [...words, file], server.clientEnvironment);
    expect(await go(writeKnownHosts(`${NAME} ${OTHER_KEY}\n`))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^hourglass: .*host key/),
    });
    expect(await go(writeKnownHosts(`${NAME} ${server.hostKey}\n`))).toMatchObject({ code: 0, stderr: '' });
    pair.expectEqual();
  });
});

describe('an ssh destination', needs('ssh'), () => {
  it('takes the stream as well', async () => {
    const server = servers.v2;
    const options = {
      destination: `${server.url}${pair.destination}`,
      destinationNetwork: { knownHosts: knownHosts(server) },
      environment: server.clientEnvironment,
    };
    await pair.commit('main');
    expect(await pair.mirror(options)).toMatchObject({ result: 'mirrored', via: 'relay', why: [] });
    pair.expectEqual();
    expect(await pair.mirror(options)).toMatchObject({ result: 'unchanged' });
  });

  it.each(['relay', 'git'] as const)('shows the words of its hook (%s)', async (via) => {
    const server = servers.v2;
    await mkdir(join(pair.destination, 'hooks'));
    const hook = '#!/bin/sh\necho "the mirror is closed on Fridays" >&2; exit 1\n';
    await writeFile(join(pair.destination, 'hooks/pre-receive'), hook, { mode: 0o755 });
    await pair.commit('main');
    const { refs } = await pair.mirror({
      destination: `${server.url}${pair.destination}`,
      destinationNetwork: { knownHosts: knownHosts(server) },
      environment: server.clientEnvironment,
      via,
    });
    expect(refs.rejected).toEqual([
      { ref: 'refs/heads/main', reason: 'pre-receive hook declined: the mirror is closed on Fridays' },
    ]);
  });
});
