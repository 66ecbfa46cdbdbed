/** How a running `hourglass local` is found: by its file, and only if it answers to its own keys. */
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findLocalWorlds, writeLocalState } from './local-state.ts';

let dir: string;
const servers: Server[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hourglass-state-'));
  vi.stubEnv('XDG_RUNTIME_DIR', dir);
  vi.stubEnv('XDG_CACHE_HOME', join(dir, 'cache'));
  vi.stubEnv('TMPDIR', join(dir, 'tmp'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.closeAllConnections();
  await rm(dir, { recursive: true, force: true });
});

/** Answers as a world does to whoever knows its key. */
async function serve(key: string): Promise<string> {
  const server = createServer((request, response) => {
    const isKnown = request.headers.authorization?.includes(`Credential=${key}/`) ?? false;
    response.writeHead(isKnown ? 200 : 403).end(isKnown ? '<GetCallerIdentityResponse/>' : '<ErrorResponse/>');
    request.resume();
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const stateOf = (endpoint: string, key: string, deployment = 'local') => ({
  endpoint,
  region: 'ap-northeast-1',
  deployment,
  credentials: { accessKeyId: key, secretAccessKey: 's', sessionToken: 't' },
});
const files = () => readdir(join(dir, 'hourglass'));

it('is found while it runs, for its user alone, and forgotten when it ends', async () => {
  const endpoint = await serve('key');
  const remove = await writeLocalState(stateOf(endpoint, 'key'));
  expect(await findLocalWorlds()).toMatchObject([{ ...stateOf(endpoint, 'key'), pid: process.pid }]);
  const [name = ''] = await files();
  expect((await stat(join(dir, 'hourglass', name))).mode & 0o077).toBe(0);
  await remove();
  expect(await findLocalWorlds()).toEqual([]);
});

it('is the last that was started, of several', async () => {
  const now = vi.spyOn(Date, 'now');
  const endpoints = [await serve('a'), await serve('b')];
  now.mockReturnValue(1_000);
  await writeLocalState(stateOf(endpoints[0] ?? '', 'a', 'first'));
  now.mockReturnValue(2_000);
  await writeLocalState(stateOf(endpoints[1] ?? '', 'b', 'second'));
  now.mockRestore();
  expect((await findLocalWorlds()).map(({ deployment }) => deployment)).toEqual(['second', 'first']);
});

it('is not taken for another one at its port, which keeps its own file', async () => {
  await writeLocalState(stateOf(await serve('other'), 'key'));
  expect(await findLocalWorlds()).toEqual([]);
  // Its process lives, so it may only be slow.
  expect(await files()).toHaveLength(1);
});

it('that was killed leaves a file that is taken away, and what is no file of ours is left alone', async () => {
  const folder = join(dir, 'hourglass');
  await mkdir(folder);
  const killed = { version: 1, pid: 2 ** 22 + 1, startedAtMs: 1, ...stateOf('http://127.0.0.1:1', 'key') };
  await writeFile(join(folder, 'local-1.json'), JSON.stringify(killed));
  await writeFile(join(folder, 'local-2.json'), '{"version":9}');
  await writeFile(join(folder, 'notes.txt'), 'mine');
  expect(await findLocalWorlds()).toEqual([]);
  expect((await files()).sort()).toEqual(['local-2.json', 'notes.txt']);
});

it('goes on where no folder can be written', async () => {
  await writeFile(join(dir, 'hourglass'), 'a file');
  await writeFile(join(dir, 'cache'), 'a file');
  const remove = await writeLocalState(stateOf(await serve('key'), 'key'));
  await remove();
});
