/** After which failures git gets a try: where it may get further, and never where a server asks for a pause or where it would get the same. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { MirrorOptions } from '@hourglass/relay';
import { reachSource } from '@hourglass/relay';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledHourglass, runHourglass } from './bundle-hourglass.ts';
import { git } from './git.ts';
import { createPair, type Pair } from './pair.ts';
import { createCertificates } from './server/certificates.ts';

let pair: Pair;
let closing: (() => unknown)[];
beforeEach(async () => {
  pair = await createPair();
  closing = [];
});
afterEach(async () => {
  for (const close of closing) close();
  await pair.close();
});

interface Served {
  readonly url: string;
  /** Headers of what came, by the relay and by git. */
  readonly byRelay: Record<string, string | string[] | undefined>[];
  readonly byGit: Record<string, string | string[] | undefined>[];
}

async function serve(answer: RequestListener, tls?: { key: string; cert: string }): Promise<Served> {
  const byRelay: Served['byRelay'] = [];
  const byGit: Served['byGit'] = [];
  const handle: RequestListener = (request, response) => {
    (request.headers['user-agent'] === 'git/hourglass' ? byRelay : byGit).push(request.headers);
    answer(request, response);
  };
  const server = tls ? createSecureServer(tls, handle) : createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${port}/app`, byRelay, byGit };
}

describe('whoever asks for a long pause gets it', () => {
  const SENTENCE = /^the (?:source|destination) answered \d+: not now; it wants to be asked again in 7200 seconds$/;
  it.each([
    ['source', 'upload-advertisement', 429],
    ['source', 'ls-refs', 503],
    ['source', 'fetch', 403],
    ['destination', 'receive-advertisement', 503],
    ['destination', 'receive-pack', 429],
    ['destination', 'receive-pack', 502],
  ] as const)('%s, %s, %i: one sentence, and nobody is asked again', async (side, on, status) => {
    await pair.commit('main');
    const front = side === 'source' ? pair.from : pair.to;
    // A second try would pass.
    front.faults = { answer: { on, status, retryAfterSeconds: 7200, times: 1 } };
    const { result, message, why, refs } = await pair.mirror({ via: 'auto' });
    expect({ result, message, why }).toEqual({
      result: 'failed',
      message: expect.stringMatching(SENTENCE),
      why: [expect.stringMatching(/^relay: /)],
    });
    expect(refs.created).toBe(0);
    expect(front.requests.at(-1)).toMatchObject({ phase: on, status });
    const asked = front.requests.map(({ phase }) => phase).filter((phase) => phase === on);
    expect(asked).toHaveLength(1);
  });

  it('also from git, whose words are read', async () => {
    await pair.commit('main');
    pair.to.faults = { answer: { on: 'receive-pack', status: 429, retryAfterSeconds: 7200, times: 1 } };
    expect(await pair.mirror({ via: 'git' })).toMatchObject({
      result: 'failed',
      message: expect.stringContaining('429'),
    });
    expect(pair.to.requests.at(-1)).toMatchObject({ phase: 'receive-pack', status: 429 });
  });

  it('also where the other side can only be read by git', async () => {
    const source = await serve((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Digest realm="x", nonce="n"' }).end(),
    );
    pair.to.faults = { answer: { on: 'receive-advertisement', status: 429, retryAfterSeconds: 7200, times: 1 } };
    const auth = { source: { username: 'me', password: 's3cret' } };
    const { message } = await pair.mirror({ source: source.url, via: 'auto', auth });
    expect(message).toMatch(SENTENCE);
    expect(source.byGit).toEqual([]);
  });

  it('what had been written before is counted without a look', async () => {
    await pair.commit('main');
    await pair.commit('other');
    const answer = { on: 'receive-pack', status: 429, retryAfterSeconds: 7200, times: 1 } as const;
    const run = async () => {
      pair.to.faults = { answer: { ...answer } };
    };
    pair.to.faults = { before: { on: 'receive-pack', run } };
    const outcome = await pair.mirror({ via: 'auto', maxRefsPerPush: 1 });
    expect(outcome).toMatchObject({ result: 'failed', refs: { created: 1, updated: 0, deleted: 0 }, sourceRefs: 2 });
    expect(pair.to.requests.at(-1)).toMatchObject({ phase: 'receive-pack', status: 429 });
  });

  it('before anything is made for the mirror, too', async () => {
    await pair.commit('main');
    pair.from.faults = { answer: { on: 'upload-advertisement', status: 429, retryAfterSeconds: 7200, times: 1 } };
    const options = { source: `${pair.from.url}/source`, destination: `${pair.to.url}/destination` };
    await expect(reachSource(options)).rejects.toThrow('does not answer: the source answered 429');
    expect(pair.from.requests).toHaveLength(1);
  });

  it('the command ends with that sentence and status 1', async () => {
    await pair.commit('main');
    pair.from.faults = { answer: { on: 'ls-refs', status: 429, retryAfterSeconds: 7200, times: 1 } };
    const words = ['mirror', `${pair.from.url}/source`, `${pair.to.url}/destination`];
    expect(await runHourglass(await bundledHourglass(), words)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'hourglass: the source answered 429: not now; it wants to be asked again in 7200 seconds\n',
    });
  });
});

describe('git is tried', () => {
  it.each([
    ['not', 429, {}],
    ['not', 410, {}],
    ['not', 451, {}],
    ['not', 304, {}],
    ['not', 500, { 'retry-after': '0' }],
    ['then', 400, {}],
    ['then', 406, {}],
    ['then', 418, {}],
    ['then', 426, {}],
  ] as const)('%s after a list that was answered with %i', async (when, status, headers) => {
    // A pause of none, so that the test need not wait for the tries.
    const pause = status === 429 ? { 'retry-after': '0' } : headers;
    const source = await serve((_, response) => response.writeHead(status, pause).end());
    const { result } = await pair.mirror({ source: source.url, via: 'auto' });
    expect(result).toBe('failed');
    expect(source.byGit.length > 0).toBe(when === 'then');
  });

  it('not after a page in the place of an answer', async () => {
    await pair.commit('main');
    const source = await serve(async (request, response) => {
      if (request.method === 'POST') return response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
      const real = await fetch(`${pair.from.url}/source${request.url?.slice('/app'.length)}`, {
        headers: { 'git-protocol': 'version=2' },
      });
      response.writeHead(200, { 'content-type': real.headers.get('content-type') ?? '' });
      return response.end(Buffer.from(await real.arrayBuffer()));
    });
    expect((await pair.mirror({ source: source.url, via: 'auto' })).message).toMatch(/answers git with text\/html/);
    expect(source.byGit).toEqual([]);
  });

  it('not after a certificate of another name; but after one that nobody here has signed', async () => {
    const { server, authority } = await createCertificates('other.invalid');
    const source = await serve((_, response) => response.writeHead(500).end(), server);
    const given = { source: source.url, via: 'auto' } as const;
    const wrong = await pair.mirror({ ...given, sourceNetwork: { caBundle: authority } });
    expect(wrong).toMatchObject({
      result: 'failed',
      via: 'relay',
      why: [expect.stringMatching(/altnames|host name/i)],
    });
    const unknown = await pair.mirror(given);
    expect(unknown).toMatchObject({ result: 'failed', via: 'git', why: [expect.anything(), expect.anything()] });
  });

  it('not for an object that the destination does not want', async () => {
    const commit = await pair.commit('main');
    git(pair.destination, 'config', 'receive.fsckObjects', 'true');
    git(pair.destination, 'config', 'receive.fsck.missingEmail', 'error');
    const text = `tree ${git(pair.source, 'rev-parse', `${commit}^{tree}`)}\nauthor A 1 +0000\ncommitter A 1 +0000\n\nx\n`;
    const bad = git(pair.source, 'hash-object', '-t', 'commit', '-w', '--literally', await file('bad', text));
    git(pair.source, 'update-ref', 'refs/heads/bad', bad);
    const outcome = await pair.mirror({ via: 'auto' });
    expect(outcome).toMatchObject({ result: 'failed', via: 'relay', message: expect.stringContaining('missingEmail') });
    expect(outcome.why).toHaveLength(1);
  });
});

async function file(name: string, text: string): Promise<string> {
  const { writeFile } = await import('node:fs/promises');
  await writeFile(`${pair.scratch}/${name}`, text);
  return `${pair.scratch}/${name}`;
}

describe('a redirect', () => {
  const login = { username: 'reader', password: 's3cret-of-https' };
  it.each<[MirrorOptions['via'] & string, 'source' | 'destination', string | undefined]>([
    ['relay', 'source', undefined],
    ['auto', 'source', undefined],
    ['git', 'source', undefined],
    ['git', 'source', 'http:https:ssh'],
    ['relay', 'destination', undefined],
    ['git', 'destination', undefined],
  ])('from https to http is followed by nobody (%s, %s, allowed: %s)', async (via, side, allowed) => {
    await pair.commit('main');
    const { server: tls, authority } = await createCertificates('localhost');
    const front = side === 'source' ? pair.from : pair.to;
    const secure = await serve((request, response) => {
      // So that `auto` comes to git.
      if (via === 'auto' && request.headers['user-agent'] === 'git/hourglass') return response.writeHead(418).end();
      return response.writeHead(301, { location: `${front.url}/${side}${request.url?.slice('/app'.length)}` }).end();
    }, tls);
    const outcome = await pair.mirror({
      [side]: secure.url,
      via,
      auth: { [side]: login },
      [`${side}Network`]: { caBundle: authority },
      environment: { ...process.env, ...(allowed && { GIT_ALLOW_PROTOCOL: allowed }) },
    });
    expect(outcome).toMatchObject({
      result: 'refused',
      message: expect.stringContaining(`the ${side} redirects from https to http, where everybody on the way can read`),
    });
    expect(front.requests).toEqual([]);
    expect(secure.byGit.length > 0).toBe(via !== 'relay');
  });

  it.each(['relay', 'git'] as const)('to another host does not take the password there (%s)', async (via) => {
    const other = await serve((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
    );
    const first = await serve((request, response) =>
      response.writeHead(302, { location: `${other.url}${request.url?.slice('/app'.length)}` }).end(),
    );
    const outcome = await pair.mirror({ source: first.url, via, auth: { source: login } });
    expect(outcome).toMatchObject({ result: 'refused', message: expect.stringContaining('(401)') });
    const asked = [...other.byRelay, ...other.byGit];
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });

  it('to another host is not followed by git with a token', async () => {
    await pair.commit('main');
    const first = await serve((request, response) =>
      response.writeHead(302, { location: `${pair.from.url}/source${request.url?.slice('/app'.length)}` }).end(),
    );
    const outcome = await pair.mirror({ source: first.url, via: 'git', auth: { source: { token: 't0ken-of-first' } } });
    expect(outcome).toMatchObject({
      result: 'refused',
      message: 'the source redirects, and git would send the token on: give the address where it is',
    });
    expect(pair.from.requests).toEqual([]);
  });

  it.each(['relay', 'git'] as const)("is followed as git's configuration says (%s)", async (via) => {
    await pair.commit('main');
    const first = await serve((request, response) =>
      response.writeHead(302, { location: `${pair.from.url}/source${request.url?.slice('/app'.length)}` }).end(),
    );
    const environment = (value: string) => ({
      ...process.env,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.followRedirects',
      GIT_CONFIG_VALUE_0: value,
    });
    expect(await pair.mirror({ source: first.url, via, environment: environment('false') })).toMatchObject({
      result: 'refused',
      message: expect.stringMatching(/^the source redirects, and git's configuration does not let it be followed/),
    });
    expect((await pair.mirror({ source: first.url, via, environment: environment('initial') })).result).toBe(
      'mirrored',
    );
  });
});
