/** Answers that no git server gives: from fronts, login pages, and hooks that do not speak UTF-8. Nothing is lost by them, and each is named in words. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reachSource } from '@hourglass/relay';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refsOf } from './git.ts';
import { createPair, type Pair } from './pair.ts';

let pair: Pair;
let server: Server | undefined;
beforeEach(async () => {
  pair = await createPair();
});
afterEach(async () => {
  server?.close();
  server = undefined;
  await pair.close();
});

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/app`;
}
const always = (status: number, headers: Record<string, string>, body: string | Buffer = '') =>
  serve((_, response) => response.writeHead(status, headers).end(body));

describe.each(['auto', 'git'] as const)('by %s', (via) => {
  it.each([204, 206, 203])('a status of %i is no empty source: nothing is deleted', async (status) => {
    await pair.commit('main');
    await pair.mirror();
    const source = await always(status, { 'x-request-id': 'req-7' });
    const { result, message } = await pair.mirror({ source, via, allowMassDelete: true });
    expect(result).toMatch(/failed|refused/);
    expect(message).toContain(`the source answered ${status} (x-request-id req-7)`);
    expect(refsOf(pair.destination)).toHaveLength(1);
  });
});

it("the relay's sentence, with the server's id and all its lines, comes before git's", async () => {
  const text = 'Die St\xf6rung dauert an.\nBitte sp\xe4ter.\n';
  const source = await always(
    418,
    { 'content-type': 'text/plain', 'x-request-id': 'req-7' },
    Buffer.from(text, 'latin1'),
  );
  const { message } = await pair.mirror({ source, via: 'auto' });
  expect(message).toMatch(
    /^the source answered 418: Die St\\xf6rung dauert an\.; Bitte sp\\xe4ter\. \(x-request-id req-7\); by git: listing/,
  );
});

it.each([
  ['http://[bad', /redirects to an address that is none/],
  ['/login?next=s3cret', /something that is not a repository: http:\/\/127\.0\.0\.1:\d+\/login$/],
])('a redirect to %s is refused in words', async (location, sentence) => {
  const source = await always(302, { location });
  const { result, message } = await pair.mirror({ source, via: 'auto' });
  expect(result).toBe('refused');
  expect(message).toMatch(sentence);
});

it('credentials are not sent on to another host, and that is said', async () => {
  const other = await always(401, { 'www-authenticate': 'Basic realm="x"' });
  const first = createServer((request, response) => {
    response.writeHead(302, { location: `${other.replace('/app', '')}${request.url}` }).end();
  });
  await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
  try {
    const host = `127.0.0.1:${(first.address() as AddressInfo).port}`;
    const { message } = await pair.mirror({ source: `http://me:s3cret-one@${host}/app` });
    expect(message).toContain(
      `(401); it is at ${new URL(other).host}, to which ${host} redirects, and credentials are not`,
    );
    expect(message).not.toContain('s3cret-one');
  } finally {
    first.close();
  }
});

it('a content type has no case', async () => {
  await pair.commit('main');
  const source = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const body = method === 'POST' ? { body: Buffer.concat(chunks) } : {};
    const real = await fetch(`${pair.from.url}/source${url.slice('/app'.length)}`, {
      method,
      headers: { 'git-protocol': String(headers['git-protocol']), 'content-type': headers['content-type'] ?? '' },
      ...body,
    });
    const type = real.headers.get('content-type') ?? '';
    response.writeHead(real.status, { 'content-type': `${type.toUpperCase()}; charset=x` });
    response.end(Buffer.from(await real.arrayBuffer()));
  });
  expect(await pair.mirror({ source })).toMatchObject({ result: 'mirrored', why: [] });
  pair.expectEqual();
});

it.each(['relay', 'git'] as const)(
  "a hook's words are shown in whatever bytes and colours they come (%s)",
  async (via) => {
    await pair.commit('main');
    await mkdir(`${pair.destination}/hooks`);
    const words = String.raw`\033[1;31mGesperrt:\033[0m f\374r heute\nこの時間は受け付けません\n`;
    // Byte by byte, so that no packet has a whole character.
    const hook = `#!/bin/bash\nprintf '${words}' | while IFS= LC_ALL=C read -r -d '' -n1 c; do printf '%s' "$c" >&2; done; printf '${words}' >&2; exit 1\n`;
    await writeFile(`${pair.destination}/hooks/pre-receive`, hook, { mode: 0o755 });
    const { refs } = await pair.mirror({ via });
    expect(refs.rejected[0]?.reason).toContain('Gesperrt: f\\xfcr heute; この時間は受け付けません');
  },
);

it.each(['relay', 'git'] as const)(
  'a front that repeats what it was sent: no secret of it is shown (%s)',
  async (via) => {
    const [password, header, proxied] = ['pa55-of-the-source', 'header-of-the-c0nfiguration', 'pa55-of-the-proxy'];
    // As a proxy it is asked for whatever there is, and repeats that too.
    const source = await serve((request, response) => {
      const { authorization = '', 'proxy-authorization': login = '', 'x-gate': gate = '' } = request.headers;
      const plain = [authorization, login].map((value) => Buffer.from(value.replace(/^\w+ /, ''), 'base64').toString());
      const sent = [authorization, login, gate].map((value) => String(value).replace(/^\w+ /, ''));
      const challenge = authorization === '' ? { 'www-authenticate': 'Basic realm="x"' } : {};
      response.writeHead(authorization === '' ? 401 : 418, { 'content-type': 'text/plain', ...challenge });
      response.end([...sent, ...plain].join(' and '));
    });
    const options = {
      source: source.replace('127.0.0.1', 'git.invalid'),
      destination: `${pair.to.url}/destination`,
      auth: { source: { username: 'me', password } },
      environment: {
        ...process.env,
        http_proxy: `http://me:${proxied}@${new URL(source).host}`,
        no_proxy: '127.0.0.1',
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'http.extraHeader',
        GIT_CONFIG_VALUE_0: `X-Gate: ${header}`,
      },
    };
    const outcome = await pair.mirror({ ...options, via });
    const beforehand = await reachSource(options).catch((error: unknown) => error);
    expect(beforehand).toMatchObject({ message: expect.stringContaining('answered 418') });
    // What git shows of an answer is its status.
    expect(outcome.message).toMatch(via === 'relay' ? /answered 418: \*\*\*.* and \*\*\*/ : /418/);
    const said = JSON.stringify([outcome, String(beforehand)]);
    for (const secret of [password, header, proxied]) {
      expect(said).not.toContain(secret);
      expect(said).not.toContain(Buffer.from(`me:${secret}`).toString('base64'));
    }
  },
);

describe('what a front says instead of git', () => {
  const json = (said: unknown) => [{ 'content-type': 'application/problem+json' }, JSON.stringify(said)] as const;
  it.each<[string, number, Record<string, string>, string, string]>([
    ['JSON', 422, ...json({ id: 7, error: { message: 'closed until noon' } }), 'answered 422: closed until noon'],
    ['a list in JSON', 400, ...json({ errors: [{ detail: 'no' }] }), 'answered 400: no'],
    ['JSON without words', 400, ...json({ secret: 'x', n: [1] }), 'answered 400'],
    ['no JSON', 400, { 'content-type': 'application/json' }, '{', 'answered 400'],
    [
      'a page',
      418,
      { 'content-type': 'text/html' },
      '<title>Out\n of service</title>',
      'a page with the title "Out of service"',
    ],
    ['colours', 418, { 'content-type': 'text/plain' }, '\x1b[31mred\x1b[0m \x9b1mfat', 'answered 418: red'],
    [
      'a token',
      403,
      { 'content-type': 'text/plain' },
      `no: ghp_${'x'.repeat(36)} token=abc`,
      '(403): no: ghp_*** token=***',
    ],
    [
      'a pause that is too long',
      429,
      { 'retry-after': '7200' },
      '',
      'answered 429; it wants to be asked again in 7200 seconds',
    ],
  ])('in %s is reported', async (_, status, headers, body, expected) => {
    const { message } = await pair.mirror({ source: await always(status, headers, body) });
    expect(message).toContain(expected);
    expect(message).not.toMatch(/\p{Cc}|xxx|abc/u);
  });

  it.each<[string, number, Record<string, string>, RegExp]>([
    [
      'a login page',
      200,
      { 'content-type': 'text/html' },
      /^the source answers git with text\/html: a page with the title "Wifi"$/,
    ],
    [
      'a redirect',
      302,
      { location: '/login?token=s3cret' },
      /^the source answered 302 in the middle .* http:[^?]+\/login$/,
    ],
  ])('in the middle, with %s, is reported', async (_, status, headers, sentence) => {
    await pair.commit('main');
    const source = await serve(async (request, response) => {
      if (request.method === 'POST') return response.writeHead(status, headers).end('<title>Wifi</title>');
      const real = await fetch(`${pair.from.url}/source${request.url?.slice('/app'.length)}`, {
        headers: { 'git-protocol': 'version=2' },
      });
      response.writeHead(200, { 'content-type': real.headers.get('content-type') ?? '' });
      return response.end(Buffer.from(await real.arrayBuffer()));
    });
    expect((await pair.mirror({ source })).message).toMatch(sentence);
  });

  it('of a push that is small is not taken for its size', async () => {
    await pair.commit('main');
    pair.to.faults = { answer: { on: 'receive-pack', status: 408, times: 100 } };
    const { result, message } = await pair.mirror();
    expect(result).toBe('failed');
    expect(message).toMatch(/^the destination answered 408/);
    expect(pair.to.requests.filter(({ phase }) => phase === 'receive-pack').length).toBeLessThan(5);
  });
});

it.each(['relay', 'git'] as const)(
  "a hook's words without end, with secrets and bells, are short and clean (%s)",
  async (via) => {
    await pair.commit('main');
    await mkdir(`${pair.destination}/hooks`);
    const words = ['\\007\\033]0;title\\007Closed.', 'AUTHORIZATION: bearer abcdefgh', `glpat-${'x'.repeat(20)}`];
    const hook = `#!/bin/sh\nprintf '${words.join('\\n')}\\n' >&2; head -c 1000000 /dev/zero | tr '\\0' 'w' >&2; exit 1\n`;
    await writeFile(`${pair.destination}/hooks/pre-receive`, hook, { mode: 0o755 });
    const { refs, why } = await pair.mirror({ via });
    const [{ reason = '' } = {}] = refs.rejected;
    // The git command's end is kept, and the relay's beginning.
    expect(reason).toMatch(
      via === 'relay' ? /declined: Closed\.; AUTHORIZATION: bearer \*\*\*; glpat-\*\*\*/ : /declined/,
    );
    expect(reason.length).toBeLessThan(600);
    expect(JSON.stringify([refs, why])).not.toMatch(/abcdefgh|xxxx|\\u00|\p{Cc}/u);
  },
);
