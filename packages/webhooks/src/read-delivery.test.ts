import { createHmac } from 'node:crypto';
import { sign as signAsGitHub, verify as verifyAsGitHub } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, vi } from 'vitest';
import type { Delivery } from './delivery.ts';
import { MAX_BODY_BYTES, readDelivery, type ServerName, serverNames } from './index.ts';
import {
  asForm,
  deliveryIdOf,
  type Kind,
  kinds,
  RECEIVED_AT_MS,
  sample,
  standardHeaders,
} from './testing/deliveries.ts';
import * as payloads from './testing/payloads.ts';

const { NEW, OLD, ZERO } = payloads;
const SIGNING = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
const secretOf = (server: ServerName) =>
  server === 'azure-devops' ? 'hook:pa:ss+w/rd=' : 'correct horse+battery/staple=';

/** Names of one repository as each server gives them. */
const NAMED: Record<ServerName, { names: string[]; cloneUrls: string[] }> = {
  ...(Object.fromEntries(
    (['github', 'gitea', 'forgejo', 'gogs', 'gitbucket'] as const).map((server) => [
      server,
      {
        names: ['acme/widgets', 'widgets'],
        cloneUrls: [
          `https://${server}.example.com${server === 'gitbucket' ? '/git' : ''}/acme/widgets.git`,
          `git@${server}.example.com:acme/widgets.git`,
        ],
      },
    ]),
  ) as Record<'github' | 'gitea' | 'forgejo' | 'gogs' | 'gitbucket', { names: string[]; cloneUrls: string[] }>),
  gitlab: {
    names: ['tools/deep/widgets', 'widgets'],
    cloneUrls: ['https://gitlab.example.com/tools/deep/widgets.git', 'git@gitlab.example.com:tools/deep/widgets.git'],
  },
  bitbucket: {
    names: ['ACME/widgets', 'widgets'],
    cloneUrls: [
      'ssh://git@bitbucket.example.com:7999/acme/widgets.git',
      'https://bitbucket.example.com/scm/acme/widgets.git',
    ],
  },
  backlog: { names: ['widgets'], cloneUrls: ['https://acme.backlog.example.com/git/ACME/widgets'] },
  'azure-devops': {
    names: ['Acme Tools/widgets', 'widgets'],
    cloneUrls: ['https://azure.example.com/tfs/Main/Acme%20Tools/_git/widgets'],
  },
  generic: { names: ['acme/widgets'], cloneUrls: ['https://git.example.com/acme/widgets'] },
};

describe.each(serverNames)('a delivery of %s', (server) => {
  const secret = secretOf(server);
  const samples = kinds.flatMap((kind) => {
    const one = sample(server, kind, secret);
    return one === undefined ? [] : [{ kind, ...one }];
  });

  it.each(samples)('is read: $kind', ({ delivery, outcome, refs }) => {
    const read = readDelivery(server, delivery);
    expect(read.outcome).toBe(outcome);
    expect(read.refs).toEqual(refs);
    if (outcome === 'push') {
      expect(read).toMatchObject({ repository: NAMED[server], deliveryId: deliveryIdOf(server), why: null });
    } else expect(read.why).toMatch(/^[A-Z].*\.$/);
  });

  it.each(samples)('is taken with either of two secrets: $kind', ({ delivery, outcome }) => {
    for (const secrets of [
      ['the next one:x', secret],
      [secret, 'the last one:x'],
      ['', secret],
    ]) {
      expect(readDelivery(server, { ...delivery, secrets }).outcome).toBe(outcome);
    }
  });

  it('is refused without a secret here, and with another one', () => {
    for (const { kind, delivery } of samples) {
      for (const secrets of [[], ['']]) {
        expect(readDelivery(server, { ...delivery, secrets })).toMatchObject({ outcome: 'refused', status: 401 });
      }
      if (server === 'bitbucket' && kind === 'ping') continue;
      expect(readDelivery(server, { ...delivery, secrets: ['user:another'] })).toMatchObject({
        outcome: 'refused',
        status: 401,
        authentic: false,
        refs: [],
      });
    }
  });

  it('never shows a secret, nor what was sent as one', () => {
    for (const { delivery } of samples) {
      for (const secrets of [[secret], ['sesame:another']]) {
        const shown = JSON.stringify(readDelivery(server, { ...delivery, secrets }));
        for (const text of [secret, secret.slice(secret.indexOf(':') + 1), 'sesame']) expect(shown).not.toContain(text);
      }
    }
  });

  it('is refused as soon as any one byte of body, signature or secret is another (property)', () => {
    const changed = fc
      .record({ of: fc.constantFrom(...samples.filter(({ kind }) => kind !== '1 MB')), at: fc.nat(), to: fc.nat(255) })
      .filter(({ of }) => !(server === 'bitbucket' && of.kind === 'ping'));
    const swapByte = (bytes: Uint8Array, at: number, to: number) => {
      const copy = Uint8Array.from(bytes);
      const index = at % copy.length;
      if (copy[index] === to) copy[index] = to ^ 1;
      else copy[index] = to;
      return copy;
    };
    const swapCharacter = (text: string, at: number, to: number) => {
      const index = at % text.length;
      const character = String.fromCharCode(33 + (to % 94));
      const other = character === text[index] ? ('~' === character ? '!' : '~') : character;
      return text.slice(0, index) + other + text.slice(index + 1);
    };
    const isSigned = server !== 'backlog' && server !== 'azure-devops' && server !== 'gitlab';
    const refused = (delivery: Delivery) =>
      expect(readDelivery(server, delivery)).toMatchObject({ outcome: 'refused', status: 401 });
    fc.assert(
      fc.property(changed, ({ of: { delivery }, at, to }) => {
        refused({ ...delivery, secrets: [swapCharacter(secret, at, to)] });
        if (isSigned) refused({ ...delivery, body: swapByte(delivery.body, at, to) });
        for (const name of signaturesOf[server]) {
          const headers = { ...delivery.headers, [name]: swapCharacter(String(delivery.headers[name]), at, to) };
          refused({ ...delivery, headers });
        }
        if (delivery.query !== undefined) {
          const token = swapCharacter(delivery.query.slice('token='.length), at, to);
          // Another way to write the same, such as %2b for %2B, is the same token.
          fc.pre(safeDecode(token) !== secret);
          refused({ ...delivery, query: `token=${token}` });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is refused when its signature comes twice, is empty or is gone', () => {
    for (const { kind, delivery } of samples) {
      if (server === 'bitbucket' && kind === 'ping') continue;
      for (const name of signaturesOf[server]) {
        const given = String(delivery.headers[name]);
        for (const value of [undefined, '', 'sha256=', [given, given], `${given}, ${given}`, `${given} `]) {
          const read = readDelivery(server, { ...delivery, headers: { ...delivery.headers, [name]: value } });
          expect(read, `${name}: ${value}`).toMatchObject({ outcome: 'refused', status: 401 });
        }
      }
    }
  });

  it('is refused as unreadable once its signature is right and its body is no JSON object of UTF-8', () => {
    for (const body of ['', '[]', '"push"', 'null', '{', '{"a":1}}', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])]) {
      const delivery = signAnew(server, Buffer.from(body), secret);
      expect(readDelivery(server, delivery)).toMatchObject({ outcome: 'refused', status: 400, authentic: true });
      expect(readDelivery(server, { ...delivery, secrets: ['x:y'] })).toMatchObject({ status: 401 });
    }
  });

  it('is read in bounded ways from any JSON at all (property)', () => {
    const keys = fc.constantFrom(
      'repository',
      'project',
      'ref',
      'changes',
      'resource',
      '__proto__',
      'constructor',
      'name',
    );
    const value = fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.jsonValue()));
    fc.assert(
      fc.property(
        fc.dictionary(keys, value),
        fc.constantFrom('push', 'create', 'Push Hook', '__proto__'),
        (body, event) => {
          const delivery = signAnew(server, Buffer.from(JSON.stringify(body)), secret, event);
          const read = readDelivery(server, delivery);
          for (const text of [
            ...read.repository.names,
            ...read.repository.cloneUrls,
            ...read.refs.map(({ ref }) => ref),
          ]) {
            expect(typeof text).toBe('string');
          }
          expect(Object.keys({})).toEqual([]);
        },
      ),
    );
  });

  it('of 25 MB is refused without being parsed, and says whether its sender is the right one', () => {
    const parse = vi.spyOn(JSON, 'parse');
    const delivery = signAnew(server, Buffer.alloc(MAX_BODY_BYTES, ' '), secret);
    const large = { outcome: 'refused', status: 413, refs: [] };
    expect(readDelivery(server, delivery)).toMatchObject({ ...large, authentic: true });
    expect(readDelivery(server, { ...delivery, secrets: ['x:y'] })).toMatchObject({ ...large, authentic: false });
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });
});

describe('GitHub', () => {
  const body = JSON.stringify(payloads.gitHubShape('github.example.com').push('refs/heads/main', OLD, NEW));

  it("is believed when GitHub's own library signs, and this library believes what the samples sign", async () => {
    const signature = await signAsGitHub('It is a secret', body);
    const headers = { 'x-github-event': 'push', 'x-hub-signature-256': signature };
    const delivery = { headers, body: Buffer.from(body), secrets: ['It is a secret'], receivedAtMs: 0 };
    expect(readDelivery('github', delivery).outcome).toBe('push');
    const form = deliveryOf('github', 'form');
    const text = Buffer.from(form.body).toString();
    expect(await verifyAsGitHub('s', text, String(form.headers['x-hub-signature-256']))).toBe(true);
  });

  it("is signed as the documentation's example is", () => {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const delivery = { body: Buffer.from('Hello, World!'), secrets: ["It's a Secret to Everybody"], receivedAtMs: 0 };
    const read = readDelivery('github', { ...delivery, headers: { 'x-hub-signature-256': signature } });
    expect(read).toMatchObject({ outcome: 'refused', status: 400, authentic: true });
  });

  it('is not believed for its SHA-1 signature, nor for the right signature in the header of another server', () => {
    const sha256 = createHmac('sha256', 's').update(body).digest('hex');
    const sha1 = createHmac('sha1', 's').update(body).digest('hex');
    for (const header of [
      { 'x-hub-signature': `sha1=${sha1}` },
      { 'x-hub-signature': `sha256=${sha256}` },
      { 'x-gitea-signature': sha256 },
      { 'x-hub-signature-256': sha256 },
    ]) {
      const headers = { 'x-github-event': 'push', ...header };
      const read = readDelivery('github', { headers, body: Buffer.from(body), secrets: ['s'], receivedAtMs: 0 });
      expect(read).toMatchObject({ outcome: 'refused', status: 401 });
    }
  });
});

describe('Gogs, Gitea and Forgejo', () => {
  const shape = payloads.gitHubShape('git.example.com');
  const send = (server: 'gogs' | 'gitea' | 'forgejo', event: string, payload: object) =>
    readDelivery(server, signAnew(server, Buffer.from(JSON.stringify(payload)), 's', event));

  it.each(['gogs', 'gitea', 'forgejo'] as const)('%s: the test button deletes nothing, be it all zeros', (server) => {
    for (const id of [ZERO, NEW, '0'.repeat(64)]) {
      expect(send(server, 'push', shape.push('refs/heads/main', id, id)).refs).toEqual([
        { ref: 'refs/heads/main', deleted: false },
      ]);
    }
  });

  it.each(['gogs', 'gitea', 'forgejo'] as const)(
    '%s: short and full names of what was created or deleted',
    (server) => {
      const refs = [
        ['v1', 'tag', 'refs/tags/v1'],
        ['refs/tags/v1', 'tag', 'refs/tags/v1'],
        ['feature/x', 'branch', 'refs/heads/feature/x'],
        ['refs/heads/feature/x', 'branch', 'refs/heads/feature/x'],
        ['refs/tags/odd', 'branch', 'refs/heads/refs/tags/odd'],
      ] as const;
      for (const [ref, type, full] of refs) {
        for (const event of ['create', 'delete']) {
          const read = send(server, event, shape.change(ref, type));
          expect(read).toMatchObject({ outcome: 'push', refs: [{ ref: full, deleted: event === 'delete' }] });
        }
      }
    },
  );

  it('zeros of SHA-256 repositories are a deletion', () => {
    const read = send('gitea', 'push', shape.push('refs/tags/v1', 'a'.repeat(64), '0'.repeat(64)));
    expect(read.refs).toEqual([{ ref: 'refs/tags/v1', deleted: true }]);
  });

  it('a form that says the same in other bytes is not what was signed', () => {
    const { body, headers } = deliveryOf('gitea', 'form');
    const text = Buffer.from(body).toString();
    const same = { headers, secrets: ['s'], receivedAtMs: 0 };
    expect(readDelivery('gitea', { ...same, body: Buffer.from(text) }).outcome).toBe('push');
    for (const other of [text.replace('%7B', '%7b'), text.replace('+', ' '), `${text}&x=1`, `a=1&${text}`]) {
      expect(readDelivery('gitea', { ...same, body: Buffer.from(other) })).toMatchObject({ status: 401 });
    }
  });

  it("an empty signature says that the hook has no secret, in Gitea's words for it too", () => {
    const { body, headers } = deliveryOf('gitea', 'push');
    const empty = { 'x-gitea-signature': '', 'x-gogs-signature': '', 'x-hub-signature-256': 'sha256=' };
    const read = readDelivery('gitea', { headers: { ...headers, ...empty }, body, secrets: ['s'], receivedAtMs: 0 });
    expect(read).toMatchObject({ outcome: 'refused', why: expect.stringContaining('the hook has no secret') });
  });

  it("Forgejo's first versions, which sent Gitea's headers alone, are to be configured as gitea", () => {
    const delivery = deliveryOf('gitea', 'push');
    expect(readDelivery('forgejo', delivery)).toMatchObject({
      why: expect.stringMatching(/those of Gitea/),
    });
    const newer = deliveryOf('forgejo', 'push');
    expect(readDelivery('gitea', newer).outcome).toBe('push');
  });

  it('whoever configured another server reads what the headers look like', () => {
    const delivery = deliveryOf('gitea', 'form');
    expect(readDelivery('github', delivery).why).toMatch(/headers are those of Gitea.*configured as github/);
  });
});

describe('GitLab', () => {
  const payload = JSON.stringify(payloads.gitLab('push', 'refs/heads/main', OLD, NEW));
  const body = Buffer.from(payload);
  const event = { 'x-gitlab-event': 'Push Hook' };
  const read = (headers: Record<string, string>, secrets = [SIGNING], receivedAtMs = RECEIVED_AT_MS) =>
    readDelivery('gitlab', { headers: { ...event, ...headers }, body, secrets, receivedAtMs });

  it('is believed when the library of Standard Webhooks signs, and that library believes what the samples sign', () => {
    const oracle = new Webhook(SIGNING);
    const signature = oracle.sign('msg_1', new Date(RECEIVED_AT_MS), payload);
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(RECEIVED_AT_MS / 1_000) };
    expect(read({ ...headers, 'webhook-signature': signature }).outcome).toBe('push');
    vi.useFakeTimers({ now: RECEIVED_AT_MS });
    expect(oracle.verify(payload, standardHeaders(SIGNING, payload))).toBeTypeOf('object');
    vi.useRealTimers();
  });

  it('may be five minutes off, on either side, and no second more', () => {
    const headers = standardHeaders(SIGNING, payload);
    for (const offS of [-300, 0, 300]) {
      expect(read(headers, [SIGNING], RECEIVED_AT_MS + offS * 1_000).outcome).toBe('push');
    }
    for (const offS of [-301, 301]) {
      const late = read(headers, [SIGNING], RECEIVED_AT_MS + offS * 1_000);
      expect(late).toMatchObject({ outcome: 'refused', status: 401, why: expect.stringContaining('five minutes') });
    }
  });

  it('may give a list of signatures, one of which fits', () => {
    const headers = standardHeaders(SIGNING, payload);
    const right = headers['webhook-signature'];
    const wrong = `v1,${Buffer.alloc(32).toString('base64')}`;
    for (const list of [`${wrong} ${right}`, `${right} ${wrong}`, `v1a,x ${right}`]) {
      expect(read({ ...headers, 'webhook-signature': list }).outcome).toBe('push');
    }
    for (const list of [`${wrong} ${wrong}`, `${wrong},${right}`, right?.replace('v1', 'v2') ?? '']) {
      expect(read({ ...headers, 'webhook-signature': list })).toMatchObject({ status: 401 });
    }
  });

  it('is refused as soon as any one byte of what is signed, or of the token that signs, is another (property)', () => {
    const headers = standardHeaders(SIGNING, payload);
    const swap = (text: string, at: number, to: number) => {
      const index = at % text.length;
      const other = String.fromCharCode(33 + (to % 94));
      return text.slice(0, index) + (other === text[index] ? ' ' : other) + text.slice(index + 1);
    };
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.constantFrom(...Object.keys(headers)), (at, to, name) => {
        const changed = { ...headers, [name]: swap(headers[name] ?? '', at, to) };
        expect(read(changed)).toMatchObject({ outcome: 'refused', status: 401 });
        expect(read(headers, [swap(SIGNING, at, to)])).toMatchObject({ outcome: 'refused', status: 401 });
        const bytes = Buffer.from(swap(payload, at, to));
        expect(
          readDelivery('gitlab', { headers, body: bytes, secrets: [SIGNING], receivedAtMs: RECEIVED_AT_MS }),
        ).toMatchObject({ outcome: 'refused', status: 401 });
      }),
    );
  });

  it('is not believed for a plain token where a signature is required', () => {
    expect(read({ 'x-gitlab-token': SIGNING })).toMatchObject({ outcome: 'refused', status: 401 });
    const headers = { ...standardHeaders(SIGNING, payload), 'webhook-signature': 'v1,AAAA', 'x-gitlab-token': 'plain' };
    expect(read(headers, ['plain', SIGNING])).toMatchObject({ outcome: 'refused', status: 401 });
  });

  it('goes from a plain token to a signing token without a refused delivery between', () => {
    const both = ['plain', SIGNING];
    expect(read({ 'x-gitlab-token': 'plain' }, both).outcome).toBe('push');
    expect(read({ ...standardHeaders(SIGNING, payload), 'x-gitlab-token': 'plain' }, both).outcome).toBe('push');
    expect(read({ ...standardHeaders(SIGNING, payload), 'x-gitlab-token': 'plain' }, [SIGNING]).outcome).toBe('push');
    expect(read({ 'x-gitlab-token': SIGNING }, both)).toMatchObject({ status: 401 });
  });

  it('names the event of a system hook in the body alone', () => {
    const { object_kind: _, ...push } = payloads.gitLab('push', 'refs/heads/main', OLD, NEW);
    const changes = [
      { before: OLD, after: NEW, ref: 'refs/heads/main' },
      { before: NEW, after: ZERO, ref: 'refs/tags/v1' },
    ];
    const system = (body: object) =>
      readDelivery('gitlab', {
        headers: { 'x-gitlab-event': 'System Hook', 'x-gitlab-token': 't' },
        body: Buffer.from(JSON.stringify(body)),
        secrets: ['t'],
        receivedAtMs: 0,
      });
    expect(system(push)).toMatchObject({ outcome: 'push', refs: [{ ref: 'refs/heads/main', deleted: false }] });
    expect(system(payloads.gitLabSystem(changes))).toMatchObject({
      outcome: 'push',
      refs: [
        { ref: 'refs/heads/main', deleted: false },
        { ref: 'refs/tags/v1', deleted: true },
      ],
    });
    expect(system({ event_name: 'project_create', path_with_namespace: 'a/b' }).outcome).toBe('ignored');
  });
});

describe('Bitbucket', () => {
  const push = Buffer.from(
    JSON.stringify(payloads.bitbucket([{ id: 'refs/heads/main', kind: 'BRANCH', type: 'UPDATE' }])),
  );

  it('may ping unsigned, and what pings never pushes', () => {
    const headers = { 'x-event-key': 'diagnostics:ping' };
    for (const body of [Buffer.from('{"test":true}'), push]) {
      const read = readDelivery('bitbucket', { headers, body, secrets: ['s'], receivedAtMs: 0 });
      expect(read).toMatchObject({ outcome: 'ping', refs: [], repository: { names: [] } });
    }
    for (const event of ['repo:refs_changed', 'diagnostics:ping, repo:refs_changed', 'DIAGNOSTICS:PING', undefined]) {
      const read = readDelivery('bitbucket', {
        headers: { 'x-event-key': event },
        body: push,
        secrets: ['s'],
        receivedAtMs: 0,
      });
      expect(read).toMatchObject({ outcome: 'refused', status: 401 });
    }
  });

  it('lists several refs, and a mirror that leaves its list out', () => {
    const body = payloads.bitbucket([
      { id: 'refs/heads/a', kind: 'BRANCH', type: 'UPDATE' },
      { id: 'refs/tags/b', kind: 'TAG', type: 'DELETE' },
    ]);
    const read = readDelivery('bitbucket', signAnew('bitbucket', Buffer.from(JSON.stringify(body)), 's'));
    expect(read.refs).toEqual([
      { ref: 'refs/heads/a', deleted: false },
      { ref: 'refs/tags/b', deleted: true },
    ]);
    const synchronized = { ...body, eventKey: 'mirror:repo_synchronized', changes: [], refLimitExceeded: true };
    const mirror = readDelivery('bitbucket', signAnew('bitbucket', Buffer.from(JSON.stringify(synchronized)), 's'));
    expect(mirror).toMatchObject({ outcome: 'push', refs: [], repository: NAMED.bitbucket });
  });

  it('may have user and password instead of a secret, where no signature is sent', () => {
    const authorization = `Basic ${Buffer.from('hook:pass').toString('base64')}`;
    const headers = { 'x-event-key': 'repo:refs_changed', authorization };
    const delivery = { headers, body: push, secrets: ['hook:pass'], receivedAtMs: 0 };
    expect(readDelivery('bitbucket', delivery).outcome).toBe('push');
    const signed = { ...delivery, headers: { ...headers, 'x-hub-signature': 'sha256=00' } };
    expect(readDelivery('bitbucket', signed)).toMatchObject({ status: 401 });
  });
});

describe('Backlog', () => {
  const body = Buffer.from(asForm(JSON.stringify(payloads.backlog('refs/heads/main', OLD, NEW))));
  const send = (address: { query?: string; path?: string }, secret = 'a+b/c=') =>
    readDelivery('backlog', { headers: {}, body, secrets: [secret], receivedAtMs: 0, ...address }).outcome;

  it('has its secret in the address: the query, or the last part of the path', () => {
    for (const address of [
      { query: 'token=a%2Bb%2Fc%3D' },
      { query: '?x=1&token=a+b/c=' },
      { path: '/hooks/backlog-main/a+b/c=' },
      { path: '/hooks/backlog-main/a%2Bb%2Fc%3D' },
      { path: '/hooks/backlog-main?token=a%2Bb%2Fc%3D' },
      { path: '/hooks/backlog-main', query: 'token=a%2Bb%2Fc%3D' },
    ]) {
      expect(send(address), JSON.stringify(address)).toBe('push');
    }
    for (const address of [
      {},
      { query: '' },
      { query: 'token=' },
      { query: 'token=wrong', path: '/hooks/backlog-main/a+b/c=' },
      { query: 'token=a+b/c=&token=a+b/c=' },
      { query: 'token=%ff' },
      { path: '/hooks/backlog-main' },
      { path: '/hooks/backlog-main/' },
    ]) {
      expect(send(address), JSON.stringify(address)).toBe('refused');
    }
    // The name of the source is no token, be it the secret.
    expect(send({ path: '/hooks/backlog-main' }, 'backlog-main')).toBe('refused');
  });

  it("reads a push in a project's webhook too", () => {
    const event = {
      type: 12,
      project: { projectKey: 'ACME' },
      content: { repository: { name: 'widgets' }, change_type: 'delete', ref: 'refs/heads/old' },
    };
    const delivery = {
      headers: {},
      body: Buffer.from(JSON.stringify(event)),
      query: 'token=t',
      secrets: ['t'],
      receivedAtMs: 0,
    };
    expect(readDelivery('backlog', delivery)).toMatchObject({
      outcome: 'push',
      repository: { names: ['ACME/widgets', 'widgets'] },
      refs: [{ ref: 'refs/heads/old', deleted: true }],
    });
  });
});

describe('Azure DevOps', () => {
  const send = (
    headers: Record<string, string>,
    secret: string,
    payload: object = payloads.azure('refs/heads/main', OLD, NEW),
  ) =>
    readDelivery('azure-devops', {
      headers,
      body: Buffer.from(JSON.stringify(payload)),
      secrets: [secret],
      receivedAtMs: 0,
    });
  const basic = (userAndPassword: string) => ({
    authorization: `Basic ${Buffer.from(userAndPassword).toString('base64')}`,
  });

  it("takes a header of one's own, written as its page writes it", () => {
    expect(send({ 'x-hook': 'open sesame' }, 'X-Hook:open sesame').outcome).toBe('push');
    expect(send({ 'x-hook': 'open sesame' }, 'X-Hook: open sesame').outcome).toBe('push');
    expect(send({ authorization: 'Bearer t' }, 'Authorization:Bearer t').outcome).toBe('push');
    expect(send({ 'x-hook': 'open' }, 'X-Hook:open sesame').outcome).toBe('refused');
    expect(send({ 'x-other': 'open sesame' }, 'X-Hook:open sesame').outcome).toBe('refused');
    expect(send({ 'x-hook': '' }, 'X-Hook:').outcome).toBe('refused');
    // Authorization decides where it came.
    expect(send({ ...basic('a:b'), 'x-hook': 'open' }, 'X-Hook:open').outcome).toBe('refused');
  });

  it('says how to set the hook when the event leaves the repository out', () => {
    const { resource: _, ...none } = payloads.azure('refs/heads/main', OLD, NEW);
    expect(send(basic('u:p'), 'u:p', none)).toMatchObject({
      outcome: 'push',
      repository: { names: [] },
      why: expect.stringContaining('Resource details'),
    });
  });
});

describe('the generic form', () => {
  const body = Buffer.from(
    '{"repository":{"name":"app","url":"https://git.example.com/app"},"refs":["main","refs/tags/v1"]}',
  );
  const send = (headers: Record<string, string>, more: Partial<Delivery> = {}) =>
    readDelivery('generic', { headers, body, secrets: ['sesame'], receivedAtMs: RECEIVED_AT_MS, ...more });

  it('takes the secret in one of several headers, the first that is there deciding', () => {
    const right = [{ authorization: 'Bearer sesame' }, { 'x-api-key': 'sesame' }];
    for (const headers of right) {
      expect(send(headers)).toMatchObject({
        outcome: 'push',
        repository: { names: ['app'], cloneUrls: ['https://git.example.com/app'] },
        refs: [{ ref: 'refs/heads/main' }, { ref: 'refs/tags/v1' }],
      });
      expect(send({ ...headers, 'x-hub-signature-256': 'sha256=00' })).toMatchObject({ status: 401 });
    }
    expect(send({}, { query: 'token=sesame' }).outcome).toBe('push');
    expect(send({ 'x-api-key': 'wrong' }, { query: 'token=sesame' })).toMatchObject({ status: 401 });
  });

  it('takes the signature of Standard Webhooks', () => {
    const signed = { secrets: [SIGNING] };
    expect(send(standardHeaders(SIGNING, body.toString()), signed).outcome).toBe('push');
    expect(send({ authorization: `Bearer ${SIGNING}` }, signed)).toMatchObject({ status: 401 });
    expect(send({ 'x-api-key': 'sesame' }, { secrets: ['sesame', SIGNING] }).outcome).toBe('push');
    expect(send({ 'x-api-key': SIGNING }, { secrets: ['sesame', SIGNING] })).toMatchObject({ status: 401 });
  });

  it('says what is missing in a body that names no repository', () => {
    expect(send({ 'x-api-key': 'sesame' }, { body: Buffer.from('{"ref":"main"}') })).toMatchObject({
      outcome: 'refused',
      status: 400,
      why: expect.stringContaining('"repository"'),
    });
  });
});

describe('a body', () => {
  const json = JSON.stringify({ repository: 'app', ref: 'refs/heads/é' });
  const send = (body: string | Uint8Array, type?: string) =>
    readDelivery('generic', {
      headers: { 'content-type': type, 'x-api-key': 's' },
      body: Buffer.from(body),
      secrets: ['s'],
      receivedAtMs: 0,
    });

  it('is read whatever curl or a proxy calls its type', () => {
    const types = [undefined, 'application/json;charset=UTF-8', 'text/plain', 'application/x-www-form-urlencoded'];
    for (const type of types) expect(send(json, type)).toMatchObject({ refs: [{ ref: 'refs/heads/é' }] });
    for (const type of [
      'application/x-www-form-urlencoded; charset=utf-8',
      'APPLICATION/X-WWW-FORM-URLENCODED',
      undefined,
    ]) {
      expect(send(asForm(json), type)).toMatchObject({ refs: [{ ref: 'refs/heads/é' }] });
    }
    expect(send(`\ufeff${json}`)).toMatchObject({ outcome: 'push' });
  });

  it('is read in the encoding that it names', () => {
    expect(send(Buffer.from(json, 'latin1'), 'application/json; charset=iso-8859-1')).toMatchObject({
      refs: [{ ref: 'refs/heads/é' }],
    });
    expect(send(Buffer.from(json, 'latin1'), 'application/json')).toMatchObject({ status: 400 });
    expect(send(json, 'application/json; charset=martian')).toMatchObject({ status: 400 });
  });

  it('of a form must have its field once, and well written', () => {
    for (const form of [`${asForm(json)}&${asForm(json)}`, 'payload=%', 'payload=%ff', 'other=1', 'payload=']) {
      expect(send(form, 'application/x-www-form-urlencoded')).toMatchObject({ status: 400 });
    }
  });
});

const signaturesOf: Record<ServerName, string[]> = {
  github: ['x-hub-signature-256'],
  gitbucket: ['x-hub-signature-256'],
  gitea: ['x-gitea-signature'],
  forgejo: ['x-forgejo-signature'],
  gogs: ['x-gogs-signature'],
  gitlab: ['x-gitlab-token'],
  bitbucket: ['x-hub-signature'],
  backlog: [],
  'azure-devops': ['authorization'],
  generic: ['x-hub-signature-256'],
};

/** Any body, signed as the server signs JSON. */
function signAnew(server: ServerName, body: Buffer, secret: string, event = 'push'): Delivery {
  const hex = createHmac('sha256', secret).update(body).digest('hex');
  const headers: Record<string, string> = {
    'x-hub-signature-256': `sha256=${hex}`,
    [`x-${server}-signature`]: hex,
    [`x-${server}-event`]: event,
    'x-gitlab-token': secret,
  };
  if (server === 'gitbucket') headers['x-github-event'] = event;
  if (server === 'bitbucket') {
    Object.assign(headers, { 'x-hub-signature': `sha256=${hex}`, 'x-event-key': 'repo:refs_changed' });
  }
  if (server === 'azure-devops') headers.authorization = `Basic ${Buffer.from(secret).toString('base64')}`;
  return {
    headers,
    body,
    query: `token=${encodeURIComponent(secret)}`,
    secrets: [secret],
    receivedAtMs: RECEIVED_AT_MS,
  };
}

function deliveryOf(server: ServerName, kind: Kind): Delivery {
  const found = sample(server, kind, 's');
  if (found === undefined) throw new Error(`${server} sends no ${kind}`);
  return found.delivery;
}

function safeDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
