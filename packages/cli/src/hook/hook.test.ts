import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HookOptions, writeHook } from './script.ts';

const run = promisify(execFile);
const KEY = 'the-key-of-the-webhook';
/** The hook asks by it; without it the suite's report lists these tests as skipped. */
const curls = spawnSync('curl', ['--version']).status === 0;
const needsCurl = { skip: !curls, meta: { missing: curls ? [] : ['curl'] } };

let dir: string;
let work: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hourglass-hook-'));
  work = join(dir, 'work');
  // What the hook logs to syslog, and what it asks of the AWS CLI, is written down.
  await mkdir(join(dir, 'bin'));
  await program('logger', `echo "$@" >>'${dir}/syslog'`);
  await writeFile(join(dir, 'key'), `${KEY}\n`);
  env = { ...process.env, PATH: `${join(dir, 'bin')}:${process.env.PATH}`, GIT_CONFIG_GLOBAL: '/dev/null', HOME: dir };
  await run('git', ['init', '--quiet', '--bare', join(dir, 'app.git')]);
  await run('git', ['init', '--quiet', '--initial-branch=main', work]);
  await git('config', 'user.email', 'aiko@example.com');
  await git('config', 'user.name', 'Aiko');
  await git('commit', '--quiet', '--allow-empty', '--message=First');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const git = (...args: string[]) => run('git', ['-C', work, ...args], { env });
const syslog = () => readFile(join(dir, 'syslog'), 'utf8').catch(() => '');

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(dir, 'bin', name), `#!/bin/sh\n${script}\n`);
  await chmod(join(dir, 'bin', name), 0o755);
}

async function install(options: Partial<HookOptions>): Promise<void> {
  const path = join(dir, 'app.git', 'hooks', 'post-receive');
  await mkdir(join(dir, 'app.git', 'hooks'), { recursive: true });
  const keyFile = join(dir, 'key');
  await writeFile(path, writeHook({ repository: 'app', via: 'curl', keyFile, deployment: 'main', ...options }).script);
  await chmod(path, 0o755);
}

/** @returns what git printed to whoever pushed */
const push = async () => (await git('push', '--quiet', join(dir, 'app.git'), 'main')).stderr;

interface Heard {
  url: string;
  close(): void;
  calls: { headers: IncomingMessage['headers']; body: string }[];
  gone: Promise<void>;
}

async function webhook(answer: (response: ServerResponse) => void): Promise<Heard> {
  const calls: Heard['calls'] = [];
  let left = () => {};
  const gone = new Promise<void>((resolve) => {
    left = resolve;
  });
  const server = createServer(async (request, response) => {
    request.socket.once('close', left);
    let body = '';
    for await (const chunk of request) body += chunk;
    calls.push({ headers: request.headers, body });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/requests`;
  return { url, calls, gone, close: () => void server.close() };
}

describe('the post-receive hook', needsCurl, () => {
  it('asks for a mirror at each push, with the key from its file', async () => {
    const heard = await webhook((response) => response.writeHead(202).end('{"requestId":"1"}'));
    await install({ url: heard.url, sourceUrl: "https://git.example.com/it's/app.git" });
    expect(await push()).toBe('');
    await vi.waitFor(() => expect(heard.calls).toHaveLength(1), 30_000);
    expect(heard.calls[0]?.headers).toMatchObject({ 'x-api-key': KEY, 'content-type': 'application/json' });
    expect(JSON.parse(heard.calls[0]?.body ?? '')).toEqual({
      repository: 'app',
      sourceUrl: "https://git.example.com/it's/app.git",
    });
    await heard.gone;
    expect(await syslog()).toBe('');
    heard.close();
  });

  it('leaves the source out where the configuration names it', async () => {
    const heard = await webhook((response) => response.writeHead(202).end('{}'));
    await install({ url: heard.url });
    await push();
    await vi.waitFor(() => expect(heard.calls).toHaveLength(1), 30_000);
    expect(heard.calls[0]?.body).toBe('{"repository":"app"}');
    heard.close();
  });

  it('does not keep whoever pushed waiting for a webhook that never answers, and gives up after five seconds', async () => {
    const heard = await webhook(() => {});
    await install({ url: heard.url });
    // It would wait for the hook, if the hook held its pipes.
    expect(await push()).toBe('');
    await vi.waitFor(() => expect(heard.calls).toHaveLength(1), 30_000);
    expect(await syslog()).toBe('');
    await heard.gone;
    await vi.waitFor(async () => expect(await syslog()).toMatch(/-t hourglass no mirror of app was asked for/), 10_000);
    heard.close();
  });

  it.each([
    [
      'an answer that is no success',
      async () => (await webhook((response) => response.writeHead(401).end('{"error":"wrong key"}'))).url,
      /wrong key.*401/,
    ],
    ['nobody there', async () => 'http://127.0.0.1:1/requests', /curl|000/],
    ['no address', async () => '', /url is not filled in/],
  ])('logs to syslog, and prints nothing to whoever pushed: %s', async (_, url, logged) => {
    await install({ url: await url() });
    expect(await push()).toBe('');
    await vi.waitFor(async () => expect(await syslog()).toMatch(logged), 10_000);
    expect(await syslog()).not.toContain(KEY);
  });

  it('logs a key that cannot be read, and of a machine without curl', async () => {
    await install({ url: 'http://127.0.0.1:1/', keyFile: join(dir, 'nowhere') });
    expect(await push()).toBe('');
    await vi.waitFor(async () => expect(await syslog()).toMatch(/nowhere cannot be read/), 10_000);
  });

  it('asks by the AWS CLI, as an on-premises client does', async () => {
    await program('aws', `printf '%s\\n' "$@" >'${dir}/asked'\necho '{\n    "FailedEntryCount": 0\n}'`);
    await install({ via: 'aws', sourceUrl: 'ssh://git@git.example.com/app.git', deployment: 'team' });
    expect(await push()).toBe('');
    const asked = await vi.waitFor(
      () => readFile(join(dir, 'asked'), 'utf8').then((text) => (text.includes('5\n') ? text : Promise.reject())),
      10_000,
    );
    const args = asked.split('\n');
    expect(args.slice(0, 3)).toEqual(['events', 'put-events', '--entries']);
    const [entry] = JSON.parse(args[3] ?? '');
    expect(entry).toMatchObject({
      EventBusName: 'hourglass-team',
      Source: 'hourglass.client',
      DetailType: 'MirrorRequested',
    });
    expect(JSON.parse(entry.Detail)).toEqual({
      version: 1,
      repository: 'app',
      sourceUrl: 'ssh://git@git.example.com/app.git',
    });
  });

  it('logs it when the bus did not take the request', async () => {
    await program('aws', `echo '{\n    "FailedEntryCount": 1\n}'`);
    await install({ via: 'aws', sourceUrl: 'https://git.example.com/app' });
    expect(await push()).toBe('');
    await vi.waitFor(async () => expect(await syslog()).toMatch(/"FailedEntryCount": 1/), 10_000);
  });
});

describe('what cannot stand in it', () => {
  const options: HookOptions = { repository: 'app', via: 'curl', keyFile: '/k', deployment: 'main' };

  it.each([
    [{ repository: 'a b' }, /--repository must be 1 to 100/],
    [{ repository: "a'; rm -rf /" }, /--repository/],
    [{ url: 'ftp://x' }, /--url must be an http/],
    [{ url: 'https://x"' }, /--url must not hold quotes/],
    [{ sourceUrl: 'https://x\n' }, /--source-url/],
  ])('is refused in words: %j', (more, fault) => {
    expect(() => writeHook({ ...options, ...more })).toThrow(fault);
  });

  it('and what is missing is said', () => {
    expect(writeHook(options).notes).toEqual([expect.stringMatching(/fill in url/)]);
    expect(writeHook({ ...options, via: 'aws' }).notes).toEqual([expect.stringMatching(/source_url.*--source-url/)]);
    expect(writeHook({ ...options, url: 'https://x.example/requests' }).notes).toEqual([]);
  });
});
