/** What plain git can read, by the relay where it can, and else by git itself; whoever is refused is told what was asked and what helps. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { reachSource } from '@hourglass/relay';
import { afterEach, describe, expect, it } from 'vitest';
import { git, refsOf } from './git.ts';
import { createPair, type Pair, type PairOptions } from './pair.ts';
import { createCertificates } from './server/certificates.ts';
import { type ForwardProxy, startForwardProxy } from './server/forward-proxy.ts';

const NAME = 'git.onpremises.invalid';
const LOGIN = { username: 'reader', password: 'pa ss"w0rd' } as const;
let pair: Pair;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all([pair?.close(), ...closing.splice(0).map((close) => close())]);
});
async function open(options: PairOptions = {}): Promise<void> {
  pair = await createPair(options);
  await pair.commit('main');
}

describe('answers that are compressed unasked', () => {
  it('are read, lists and packs, and what a server says of a failure too', async () => {
    await open();
    pair.from.faults = { gzips: true };
    pair.to.faults = { gzips: true };
    expect(await pair.mirror()).toMatchObject({ result: 'mirrored', via: 'relay', why: [] });
    await pair.commit('main', 'two', { noise: Buffer.alloc(300_000, 'x') });
    expect(await pair.mirror()).toMatchObject({ result: 'mirrored', via: 'relay', why: [] });
    pair.expectEqual();
  });

  it('are no good when they are cut off', async () => {
    await open();
    pair.from.faults = { gzips: true, cut: { on: 'fetch', side: 'answer', afterBytes: 60, times: 1000 } };
    expect(await pair.mirror()).toMatchObject({ result: 'failed', message: expect.stringMatching(/source|cut off/) });
    expect(refsOf(pair.destination)).toEqual([]);
  });
});

describe('a password in .netrc', () => {
  const entry = `machine 127.0.0.1 login ${LOGIN.username} password "pa ss\\"w0rd"\n`;
  async function home(text: string) {
    const HOME = join(pair.scratch, 'home');
    await mkdir(HOME, { recursive: true });
    await writeFile(join(HOME, '.netrc'), text, { mode: 0o600 });
    return { environment: { ...process.env, HOME } };
  }

  it('is sent to its host, by the relay as by git', async () => {
    await open({ sourceAuth: { kind: 'basic', ...LOGIN } });
    const environment = await home(`machine other.invalid login x password y\n${entry}`);
    for (const via of ['relay', 'git'] as const) {
      expect(await pair.mirror({ via, ...environment })).toMatchObject({ result: 'mirrored', via });
      pair.expectEqual();
      await pair.commit('main', `after ${via}`);
    }
  });

  it('is found for the user that the URL names, and shown nowhere', async () => {
    await open({ sourceAuth: { kind: 'basic', username: LOGIN.username, password: 'another' } });
    const environment = await home(`machine 127.0.0.1 login somebody password else\n${entry}`);
    const source = `${pair.from.url.replace('://', `://${LOGIN.username}@`)}/source`;
    const refused = await pair.mirror({ source, ...environment });
    expect(refused).toMatchObject({ result: 'refused', message: expect.stringContaining('(401)') });
    expect(JSON.stringify(refused)).not.toMatch(/w0rd/);
  });

  it('of another host is not sent', async () => {
    await open({ sourceAuth: { kind: 'basic', ...LOGIN } });
    const environment = await home(entry.replace('127.0.0.1', 'other.invalid'));
    expect(await pair.mirror({ ...environment })).toMatchObject({
      result: 'refused',
      message:
        'the source does not accept the credentials (401): who are you?; it asks for Basic, and none were given: --source-user with --source-password-file, or --source-token-file, .netrc or a credential helper',
    });
  });
});

describe('a forward proxy', () => {
  let proxy: ForwardProxy;
  async function start(login?: string): Promise<string> {
    proxy = await startForwardProxy(login);
    closing.push(() => proxy.close());
    return `http://${login === undefined ? '' : 'pr%6Fxy-user:s3cret@'}127.0.0.1:${proxy.port}`;
  }
  const named = (url: string) => `${url.replace('127.0.0.1', NAME)}/source`;

  it.each(['relay', 'git'] as const)('is taken for http and https, with user and password (%s)', async (via) => {
    const { server, authority } = await createCertificates(NAME);
    const url = await start('proxy-user:s3cret');
    for (const tls of [undefined, server]) {
      await open(tls ? { sourceServer: { tls } } : {});
      const environment = { ...process.env, http_proxy: url, HTTPS_PROXY: url, no_proxy: '127.0.0.1' };
      const sourceNetwork = tls ? { caBundle: authority } : {};
      proxy.asked.length = 0;
      const outcome = await pair.mirror({ via, source: named(pair.from.url), sourceNetwork, environment });
      expect(outcome).toMatchObject({ result: 'mirrored', via, why: [] });
      expect(proxy.asked[0]).toMatch(
        tls ? /^CONNECT git\.onpremises\.invalid:/ : /^GET http:\/\/git\.onpremises\.invalid:/,
      );
      pair.expectEqual();
      await pair.close();
    }
  });

  it('that refuses the password is named, without it', async () => {
    await open();
    await start('proxy-user:s3cret');
    const http_proxy = `http://proxy-user:wr0ng@127.0.0.1:${proxy.port}`;
    const environment = { ...process.env, http_proxy, no_proxy: '' };
    const { result, message } = await pair.mirror({ source: named(pair.from.url), environment });
    expect({ result, message }).toMatchObject({
      result: 'failed',
      message: expect.stringMatching(/proxy.*407.*https_proxy/),
    });
    expect(message).not.toContain('wr0ng');
  });

  it('is left out for what no_proxy names, and for an address that was given', async () => {
    await open();
    const http_proxy = await start();
    for (const no_proxy of ['127.0.0.1', 'x.invalid, 127.0.0.0/8', '*']) {
      const environment = { ...process.env, http_proxy, no_proxy };
      expect((await pair.mirror({ environment })).result).not.toBe('failed');
    }
    const given = { source: named(pair.from.url), sourceNetwork: { address: '127.0.0.1' } };
    const environment = { ...process.env, http_proxy, no_proxy: '127.0.0.1' };
    expect((await pair.mirror({ ...given, environment })).result).toBe('unchanged');
    await pair.commit('main', 'for git');
    expect((await pair.mirror({ ...given, environment, via: 'git' })).result).toBe('mirrored');
    expect(proxy.asked).toEqual([]);
  });
});

describe('a source of plain files (dumb HTTP)', () => {
  it('is read by git, without being asked to', async () => {
    await open();
    git(pair.source, 'tag', 'v1');
    git(pair.source, 'repack', '-adq');
    git(pair.source, 'update-server-info');
    const server = createServer((request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      const file = createReadStream(join(pair.source, path.replace(/^\/source/, '')));
      file.on('error', () => response.writeHead(404).end());
      file.once('open', () => file.pipe(response.writeHead(200, { 'content-type': 'text/plain' })));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => once(server.close(), 'close'));
    const source = `http://127.0.0.1:${(server.address() as AddressInfo).port}/source`;
    await reachSource({ source, destination: `${pair.to.url}/destination` });
    expect(await pair.mirror({ source, via: 'relay' })).toMatchObject({
      result: 'failed',
      message: expect.stringMatching(/dumb kind.*--via git/),
    });
    expect(await pair.mirror({ source, via: 'auto' })).toMatchObject({
      result: 'mirrored',
      via: 'git',
      why: [expect.stringMatching(/^relay: .*dumb/)],
    });
    pair.expectEqual();
  });
});

describe('a source that asks for what only git speaks', () => {
  it('is read by git with the password that was given (Digest)', async () => {
    await open({ sourceAuth: { kind: 'digest', ...LOGIN } });
    const auth = { source: LOGIN };
    expect(await pair.mirror({ via: 'auto', auth })).toMatchObject({
      result: 'mirrored',
      via: 'git',
      why: ['relay: the source asks for Digest, which only git speaks (--via git)'],
    });
    pair.expectEqual();
    const refused = await pair.mirror({ via: 'auto', auth: { source: { ...LOGIN, password: 'wr0ng' } } });
    expect(refused).toMatchObject({
      result: 'refused',
      message: expect.stringMatching(/asks for Digest.*does not accept/),
    });
    expect(await pair.mirror({ via: 'auto' })).toMatchObject({
      result: 'refused',
      message: expect.stringMatching(/asks for Digest.*no user was given: --source-user/),
    });
  });

  it('is named by its scheme when git cannot either (NTLM)', async () => {
    await open({ sourceAuth: { kind: 'ntlm' } });
    expect(await pair.mirror({ via: 'auto', auth: { source: LOGIN } })).toMatchObject({
      result: 'refused',
      message: expect.stringContaining('the source asks for NTLM, which only git speaks'),
    });
  });
});
