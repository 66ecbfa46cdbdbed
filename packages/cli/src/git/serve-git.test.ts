/** The git server as a real git client meets it. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareRefs, listRefs } from './refs.ts';
import { addCommit, createEmptyRepository } from './repositories.ts';
import { runGit } from './run-git.ts';
import { type GitServer, serveGit } from './serve-git.ts';

let scratch: string;
let root: string;
let server: GitServer;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'hourglass-serve-'));
  root = join(scratch, 'root');
  await mkdir(root);
  server = await serveGit({ root });
});
afterEach(async () => {
  await server.close();
  await rm(scratch, { recursive: true, force: true });
});

async function filledRepository(name: string): Promise<string> {
  const path = await createEmptyRepository(root, name);
  await addCommit(path, { branch: 'main', message: 'first', files: { 'a.txt': 'a' } });
  return path;
}

/** Sends the path untouched, as fetch() would not. */
function send(options: { path: string; method?: string; headers?: Record<string, string>; body?: Uint8Array }) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const { port } = new URL(server.url);
    const asking = request({ port, host: '127.0.0.1', ...options }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (more: string) => {
        text += more;
      });
      response.on('error', reject).on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asking.on('error', reject).end(options.body);
  });
}

describe('serveGit', () => {
  it('lists, clones and takes pushes', async () => {
    const path = await filledRepository('app');
    const clone = join(scratch, 'clone.git');
    await runGit(['clone', '--quiet', '--bare', `${server.url}/app`, clone]);
    const tip = await addCommit(clone, { branch: 'other', message: 'second', files: { 'b.txt': 'b' } });
    await runGit(['push', '--quiet', `${server.url}/app`, 'other'], { cwd: clone });
    expect((await listRefs(path)).get('refs/heads/other')).toBe(tip);
    expect(compareRefs(await listRefs(path), await listRefs(`${server.url}/app`)).equal).toBe(true);
  });

  it('carries a push bigger than one buffer, which git sends in chunks', async () => {
    await filledRepository('app');
    const clone = join(scratch, 'clone.git');
    await runGit(['clone', '--quiet', '--bare', `${server.url}/app`, clone]);
    const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)));
    const files = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [`f${n}`, Buffer.concat([noise, Buffer.from([n])])]),
    );
    files.big = Buffer.concat(
      Array.from({ length: 40 }, () => Buffer.from(crypto.getRandomValues(new Uint8Array(65_536)))),
    );
    const tip = await addCommit(clone, { branch: 'main', message: 'big', files });
    await runGit(['push', '--quiet', `${server.url}/app`, 'main'], { cwd: clone });
    expect((await listRefs(`${server.url}/app`)).get('refs/heads/main')).toBe(tip);
  });

  it('speaks protocol v2 when the client does', async () => {
    await filledRepository('app');
    const path = '/app/info/refs?service=git-upload-pack';
    expect((await send({ path, headers: { 'git-protocol': 'version=2' } })).text).toContain('version 2');
    expect((await send({ path })).text).toContain('refs/heads/main');
  });

  it('reads a request body that is gzipped', async () => {
    await filledRepository('app');
    const answer = await send({
      path: '/app/git-upload-pack',
      method: 'POST',
      headers: {
        'content-type': 'application/x-git-upload-pack-request',
        'content-encoding': 'gzip',
        'git-protocol': 'version=2',
      },
      body: gzipSync('0014command=ls-refs\n00010000'),
    });
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('refs/heads/main') });
  });

  it('refuses pushes where they are not allowed, and still serves', async () => {
    const path = await filledRepository('app');
    const closed = await serveGit({ root, receivePack: false });
    try {
      await expect(runGit(['push', `${closed.url}/app`, 'main:copy'], { cwd: path })).rejects.toThrow('403');
      expect((await listRefs(`${closed.url}/app`)).size).toBe(1);
    } finally {
      await closed.close();
    }
  });

  it.each([
    '/absent/info/refs?service=git-upload-pack',
    '/../outside/info/refs?service=git-upload-pack',
    '/%2e%2e/outside/info/refs?service=git-upload-pack',
    '/link/info/refs?service=git-upload-pack',
    '/folder/info/refs?service=git-upload-pack',
    '/app/info/refs',
    '/app/HEAD',
    '/',
  ])('answers 404 with a reason to %s', async (path) => {
    await filledRepository('app');
    const outside = await createEmptyRepository(scratch, 'outside');
    await symlink(outside, join(root, 'link'));
    await mkdir(join(root, 'folder'));
    await writeFile(join(root, 'folder', 'HEAD'), 'ref: refs/heads/main\n');
    const answer = await send({ path });
    expect(answer.status).toBe(404);
    expect(answer.text).toMatch(/there is no repository|git smart HTTP only/);
  });

  it('closes with a client still at it', async () => {
    await filledRepository('app');
    const open = send({
      path: '/app/git-upload-pack',
      method: 'POST',
      headers: { 'content-type': 'application/x-git-upload-pack-request', 'content-length': '100' },
      body: Buffer.from('0014'),
    });
    const ending = expect(open).rejects.toThrow();
    await send({ path: '/app/info/refs?service=git-upload-pack' });
    await server.close();
    await ending;
    server = await serveGit({ root });
  });
});
