/** What plain git can read, by the relay where it can, and else by git itself; a refusal says what was asked and what helps. */
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
    expect(refused).toMatchObject({
      result: 'refused',
      message: expect.stringMatching(/\(401\).*those of \.netrc were sent/),
    });
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

  it('may have a password with a percent sign that begins nothing', async () => {
    await open();
    proxy = await startForwardProxy('proxy-user:100%');
    closing.push(() => proxy.close());
    const http_proxy = `http://proxy-user:100%@127.0.0.1:${proxy.port}`;
    const environment = { ...process.env, http_proxy, no_proxy: '127.0.0.1' };
    const outcome = await pair.mirror({ source: named(pair.from.url), environment });
    expect(outcome).toMatchObject({ result: 'mirrored', via: 'relay' });
  });

  it('that refuses the password is named, without it', async () => {
    await open();
    await start('proxy-user:s3cret');
    const http_proxy = `http://proxy-user:wr0ng@127.0.0.1:${proxy.port}`;
    const environment = { ...process.env, http_proxy, no_proxy: '' };
    const { result, message } = await pair.mirror({ source: named(pair.from.url), environment });
    expect({ result, message }).toMatchObject({
      result: 'refused',
      message: expect.stringMatching(/proxy.*407.*https_proxy=http:\/\/USER:PASSWORD@HOST:PORT/),
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

describe("git's own configuration", () => {
  const basic = `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64')}`;
  async function configured(text: string, more: Record<string, string> = {}) {
    const HOME = join(pair.scratch, 'home');
    await mkdir(HOME, { recursive: true });
    await writeFile(join(HOME, '.gitconfig'), text);
    const { GIT_CONFIG_GLOBAL: _, ...own } = process.env;
    return { environment: { ...own, HOME, XDG_CONFIG_HOME: HOME, ...more } };
  }

  it.each(['relay', 'git'] as const)(
    'sends headers to the addresses that it names, and nowhere else (%s)',
    async (via) => {
      await open({ sourceAuth: { kind: 'basic', ...LOGIN } });
      const header = `\textraHeader = AUTHORIZATION: ${basic}\n`;
      const given = await configured(`[http "${pair.from.url}/source"]\n${header}`);
      expect(await pair.mirror({ via, ...given })).toMatchObject({ result: 'mirrored', via, why: [] });
      expect(pair.to.requests.length).toBeGreaterThan(0);
      pair.expectEqual();
      const other = await configured(`[http "${pair.from.url}/sour"]\n${header}[http "http://*.invalid"]\n${header}`);
      const refused = await pair.mirror({ via, ...other });
      expect(refused.message).toContain('(401)');
      expect(JSON.stringify(refused)).not.toContain(basic.slice(6));
    },
  );

  it('may stand in the environment, beside a token of ours', async () => {
    await open({ sourceAuth: { kind: 'basic', ...LOGIN } });
    const environment = {
      ...process.env,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `http.${pair.from.url}/.extraheader`,
      GIT_CONFIG_VALUE_0: `Authorization: ${basic}`,
    };
    for (const via of ['relay', 'git'] as const) {
      const auth = { destination: { token: 'a-token-of-the-destination' } };
      expect((await pair.mirror({ via, environment, auth })).result).toMatch(/mirrored|unchanged/);
    }
  });

  it('puts another address in the place of one, with its password, by the longest rule and for pushes by their own', async () => {
    await open({ sourceAuth: { kind: 'basic', ...LOGIN } });
    const login = `${LOGIN.username}:${encodeURIComponent(LOGIN.password)}`;
    const given = await configured(
      `[url "${pair.from.url.replace('//', `//${login}@`)}/"]\n\tinsteadOf = corp:\n` +
        '[url "http://127.0.0.1:1/"]\n\tinsteadOf = cor\n\tinsteadOf = push:\n' +
        `[url "${pair.to.url}/"]\n\tpushInsteadOf = push:\n`,
    );
    const sides = { source: 'corp:source', destination: 'push:destination' };
    expect(await pair.mirror({ ...sides, ...given })).toMatchObject({ result: 'mirrored', via: 'relay', why: [] });
    pair.expectEqual();
    const same = { source: 'corp:source', destination: `${pair.from.url}/source` };
    expect((await pair.mirror({ ...same, ...given })).message).toBe('source and destination are the same repository');
  });

  it('names a proxy, before the environment does', async () => {
    await open();
    const proxy = await startForwardProxy(undefined);
    closing.push(() => proxy.close());
    const given = await configured(`[http]\n\tproxy = http://127.0.0.1:${proxy.port}\n`, {
      http_proxy: 'http://127.0.0.1:1',
      no_proxy: '127.0.0.1',
    });
    const source = `${pair.from.url.replace('127.0.0.1', NAME)}/source`;
    expect(await pair.mirror({ source, ...given })).toMatchObject({ result: 'mirrored', via: 'relay' });
    expect(proxy.asked.length).toBeGreaterThan(0);
  });

  it.each([
    ['trusts an authority', (file: string) => `sslCAInfo = ${file}`, 'mirrored'],
    ['trusts everybody', () => 'sslVerify = false', 'mirrored'],
    ['trusts nobody else', () => 'sslVerify = true', 'failed'],
  ])('%s for https', async (_, setting, result) => {
    const { server, authority } = await createCertificates('localhost');
    await open({ sourceServer: { tls: server } });
    const file = join(pair.scratch, 'ca.pem');
    await writeFile(file, authority);
    const given = await configured(`[http]\n\t${setting(file)}\n`);
    // Of the certificate is the name, not the address: only who verifies nothing takes that.
    const named = setting('').includes('false') ? pair.from.url : pair.from.url.replace('127.0.0.1', 'localhost');
    const source = `${named}/source`;
    expect((await pair.mirror({ source, ...given })).result).toBe(result);
  });

  it('names the client that a front lets in', async () => {
    await open();
    const front = createServer(async (request, response) => {
      if (request.headers['user-agent'] !== 'corp/7') return response.writeHead(403).end('who are you?');
      return response.writeHead(302, { location: `${pair.from.url}${request.url}` }).end();
    });
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    closing.push(() => once(front.close(), 'close'));
    const source = `http://127.0.0.1:${(front.address() as AddressInfo).port}/source`;
    expect((await pair.mirror({ source })).message).toContain('forbids this (403)');
    const given = await configured('[http]\n\tuserAgent = corp/7\n');
    expect(await pair.mirror({ source, ...given })).toMatchObject({ result: 'mirrored', via: 'relay' });
  });

  it('has what only git follows: git goes, and it is said', async () => {
    await open();
    const given = await configured('[http]\n\tcookieFile = /nowhere\n');
    const outcome = await pair.mirror({ via: 'auto', ...given });
    expect(outcome).toMatchObject({ result: 'mirrored', via: 'git' });
    expect(outcome.why[0]).toMatch(/git's configuration has http\.cookiefile .*\(--via git\)/);
  });
});
