/** Who may ask the console, and what. Raw requests, as another program or another page of the browser would send them. */
import { connect } from 'node:net';
import { type RunningConsole, startConsole } from '@hourglass/console';
import { createStage, type Stage } from '@hourglass/console/testing';
import { afterEach, describe, expect, it } from 'vitest';

const open: RunningConsole[] = [];

afterEach(async () => {
  for (const running of open.splice(0)) await running.close();
});

interface Opened {
  stage: Stage;
  host: string;
  token: string;
  cookie: string;
  /** With the session and the right host, unless said; a header that is null is left out. */
  send(path: string, headers?: Record<string, string | null>, method?: string, body?: string): Promise<Answer>;
}

async function start({ allowActions = false } = {}): Promise<Opened> {
  const stage = createStage();
  const running = await startConsole({ source: stage, port: 0, allowActions, everyMs: 1_000 });
  open.push(running);
  const { host, port, searchParams } = new URL(running.address);
  const token = searchParams.get('token') ?? '';
  const first = await ask(Number(port), 'GET', `/?token=${token}`, { host });
  const cookie = first.headers['set-cookie']?.split(';')[0] ?? '';
  const send: Opened['send'] = async (path, headers = {}, method = 'GET', body = '') =>
    await ask(Number(port), method, path, { host, cookie, ...headers }, body);
  return { stage, host, token, cookie, send };
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A request byte by byte: no client corrects its path or its headers. */
function ask(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string | null>,
  body = '',
): Promise<Answer> {
  const given = Object.entries({ connection: 'close', 'content-length': String(Buffer.byteLength(body)), ...headers });
  const lines = given.filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${value}`);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`),
    );
    socket.setEncoding('utf8');
    socket.on('data', (part) => {
      text += part;
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', ...rest] = text.split('\r\n\r\n');
      const [first = '', ...fields] = head.split('\r\n');
      const pairs = fields.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]);
      resolve({ status: Number(first.split(' ')[1]), headers: Object.fromEntries(pairs), body: rest.join('\r\n\r\n') });
    });
  });
}

const json = (host: string) => ({ origin: `http://${host}`, 'content-type': 'application/json' });

describe('the first address', () => {
  it('sets a cookie that no script reads and no other site sends, and leaves no token behind', async () => {
    const { host, token, send } = await start();
    const answer = await send(`/repositories?order=age&token=${token}`, { cookie: null });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/repositories?order=age');
    expect(answer.headers['set-cookie']).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(answer.headers['set-cookie']).not.toContain(token);
    expect(host).toMatch(/^127[.]0[.]0[.]1:\d+$/);
  });

  it('is needed: without cookie, with a wrong one, or with a wrong token there is nothing to see', async () => {
    const { token, cookie, send } = await start();
    const wrong = `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`;
    for (const path of ['/', '/page.js', '/api/start', '/api/status', '/events', '/repositories/x', '/nothing']) {
      expect((await send(path, { cookie: null })).status, path).toBe(401);
      expect((await send(path, { cookie: wrong })).status, path).toBe(401);
    }
    for (const guess of ['', 'x', token.slice(1), `${token}x`]) {
      const answer = await send(`/?token=${guess}`, { cookie: null });
      expect([answer.status, answer.headers['set-cookie']]).toEqual([401, undefined]);
    }
    expect((await send('/api/start')).status).toBe(200);
  });

  it('shows a person how to get in, and tries once more where a link of another site led here', async () => {
    const { send } = await start();
    const page = { cookie: null, accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const typed = await send('/failures', { ...page, 'sec-fetch-site': 'none' });
    expect(typed.body).toContain('Open the address that the command has printed');
    expect(typed.body).not.toContain('http-equiv="refresh"');
    const linked = await send('/failures', { ...page, 'sec-fetch-site': 'cross-site' });
    expect(linked.body).toContain('http-equiv="refresh"');
  });
});

describe('another page of the browser', () => {
  it('gets nothing by a name of its own that leads to loopback', async () => {
    const { host, send } = await start();
    const port = host.split(':')[1];
    for (const other of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1.evil.example:${port}`,
      `[::1]:${port}`,
      '',
    ]) {
      expect((await send('/api/start', { host: other })).status, other).toBeGreaterThanOrEqual(400);
      expect((await send('/', { host: other })).body, other).not.toContain('page.js');
    }
    expect((await send('/api/start', { host: `localhost:${port}` })).status).toBe(200);
  });

  it('gets nothing by the right name from an origin of its own', async () => {
    const { host, send } = await start({ allowActions: true });
    const port = Number(host.split(':')[1]);
    for (const origin of [
      'https://evil.example',
      'null',
      `http://127.0.0.1:${port + 1}`,
      `https://${host}`,
      `http://localhost:${port}`,
    ]) {
      expect((await send('/api/status', { origin })).status, origin).toBe(403);
      expect((await send('/events', { origin })).status, origin).toBe(403);
      expect((await send('/api/actions', { ...json(host), origin }, 'POST', '{"action":"close"}')).status, origin).toBe(
        403,
      );
    }
    expect((await send('/api/status', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).status).toBe(
      403,
    );
    expect((await send('/page.js', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' })).status).toBe(403);
  });

  it('can neither show the console in a frame nor have it load or run anything of elsewhere', async () => {
    const { send } = await start();
    for (const path of ['/', '/api/start', '/nothing']) {
      const { headers } = await send(path);
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cache-control']).toBe('no-store');
    }
    const { body } = await send('/');
    expect(body).not.toMatch(/<script(?![^>]*\bsrc="\/page[.]js")|\son\w+=|style=|https?:/);
  });
});

describe('an action', () => {
  const body = '{"action":"replay"}';

  it('is refused unless the console was started with leave for it', async () => {
    const { stage, host, send } = await start();
    const answer = await send('/api/actions', json(host), 'POST', body);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([403, 'actions']);
    expect(answer.body).toContain('--allow-actions');
    expect(stage.acted).toEqual([]);
  });

  it('is refused without session, without origin, as a form, and by GET', async () => {
    const { stage, host, send } = await start({ allowActions: true });
    expect((await send('/api/actions', { ...json(host), cookie: null }, 'POST', body)).status).toBe(401);
    expect((await send('/api/actions', { 'content-type': 'application/json' }, 'POST', body)).status).toBe(403);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', null]) {
      expect((await send('/api/actions', { ...json(host), 'content-type': type }, 'POST', body)).status).toBe(415);
    }
    expect((await send('/api/actions')).status).toBe(404);
    expect(stage.acted).toEqual([]);
    expect((await send('/api/actions', json(host), 'POST', body)).status).toBe(200);
    expect(stage.acted).toEqual(['replay all']);
  });

  it('is refused in words where it is none, too long, or no JSON', async () => {
    const { stage, host, send } = await start({ allowActions: true });
    const long = JSON.stringify({ action: 'discard', requestId: 'x', reason: 'y'.repeat(100_000) });
    for (const wrong of ['{', '[]', '{"action":"destroy"}', '{"action":"discard","requestId":"x"}', long]) {
      const answer = await send('/api/actions', json(host), 'POST', wrong);
      expect([answer.status, JSON.parse(answer.body).code], wrong.slice(0, 40)).toEqual([400, 'question']);
    }
    expect(stage.acted).toEqual([]);
  });
});

describe('a path', () => {
  it('never leads out of what the console has', async () => {
    const { send } = await start();
    const paths = [
      '/../../../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%2f..%2fetc%2fpasswd',
      '/page.js/../../package.json',
      '/repositories/../../../etc/passwd',
      '//evil.example/x',
      'http://evil.example/x',
      '/api/../api/constructor',
      '/api/constructor',
      '/api/__proto__',
      '/api/requests/x/log/y',
      '/src/page/main.tsx',
      '/package.json',
    ];
    for (const path of paths) {
      const answer = await send(path);
      expect(answer.body, path).not.toMatch(/root:|"name"|import /);
      if (answer.status === 200) expect(answer.headers['content-type'], path).toMatch(/text\/html/);
      else expect([400, 404], path).toContain(answer.status);
    }
  });

  it('with a wrong question is answered in words', async () => {
    const { send } = await start();
    for (const path of [
      '/api/timeline',
      '/api/timeline?from=0&to=1e15',
      '/api/timeline?from=x&to=y',
      '/api/history?before=-1',
      '/api/repositories?offset=NaN',
    ]) {
      const answer = await send(path);
      expect([answer.status, JSON.parse(answer.body).code], path).toEqual([400, 'question']);
    }
  });

  it('asked by another method is refused', async () => {
    const { send } = await start({ allowActions: true });
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) {
      expect((await send('/api/status', {}, method)).status, method).toBe(405);
    }
  });
});

it('listens on loopback alone', async () => {
  const { host } = await start();
  const { networkInterfaces } = await import('node:os');
  const elsewhere = Object.values(networkInterfaces())
    .flat()
    .find((one) => one && !one.internal && one.family === 'IPv4');
  if (elsewhere === undefined) return;
  const refused = await new Promise((resolve) => {
    const socket = connect(Number(host.split(':')[1]), elsewhere.address, () => resolve('connected'));
    socket.on('error', ({ message }) => resolve(message));
  });
  expect(refused).toContain('ECONNREFUSED');
});
