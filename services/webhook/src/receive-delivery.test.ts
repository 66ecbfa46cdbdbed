import { createHmac } from 'node:crypto';
import { type OutgoingEvent, parseEnv } from '@hourglass/shared';
import { MAX_BODY_BYTES, type ServerName, serverNames } from '@hourglass/webhooks';
import { kinds, RECEIVED_AT_MS, sample } from '@hourglass/webhooks/testing';
import { describe, expect, it } from 'vitest';
import { webhookEnv } from './config.ts';
import { createHookDoor, type HookCall } from './receive-delivery.ts';

const SECRET = 'user:correct horse';
/** The configured address of the repository that the samples of each server push to. */
const SOURCES: Record<ServerName, string> = {
  github: 'ssh://git@github.example.com/acme/widgets.git',
  gitlab: 'https://gitlab.example.com/Tools/deep/widgets',
  gitea: 'https://gitea.example.com/acme/widgets.git',
  forgejo: 'https://forgejo.example.com/acme/widgets',
  gogs: 'git@gogs.example.com:acme/widgets.git',
  bitbucket: 'https://bitbucket.example.com/scm/ACME/widgets.git',
  backlog: 'https://acme.backlog.example.com/git/ACME/widgets.git',
  gitbucket: 'https://gitbucket.example.com/git/acme/widgets.git',
  'azure-devops': 'https://azure.example.com/tfs/Main/acme%20tools/_git/Widgets',
  generic: 'https://git.example.com/acme/widgets.git',
};
const hosts = Object.values(SOURCES).map((url) => /@?([\w.-]+\.example\.com)/.exec(url)?.[1] ?? '');

const env = parseEnv(webhookEnv, {
  BUS_NAME: 'bus',
  API_KEY_SHA256: '0'.repeat(64),
  OAUTH: 'null',
  COMMANDS: '{}',
  REPOSITORIES: 'null',
  ALLOWED_SOURCE_HOSTS: hosts.join(','),
  WEBHOOKS: JSON.stringify({
    ...Object.fromEntries(serverNames.map((server) => [`the-${server}`, { server, parameter: `/${server}` }])),
    'own-names': { server: 'gitea', parameter: '/own-names', hosts: ['gitea.example.com'] },
  }),
  REPOSITORY_SOURCES: JSON.stringify({
    ...Object.fromEntries(serverNames.map((server) => [`of-${server}`, SOURCES[server]])),
    'not-allowed': 'https://evil.example.net/acme/widgets.git',
  }),
});

function door(secrets: string[][] = [[SECRET]]) {
  const events: OutgoingEvent[] = [];
  const readings: boolean[] = [];
  const outage: { publish?: Error } = {};
  const receive = createHookDoor(env, {
    readSecrets: async (_, { fresh = false } = {}) => {
      readings.push(fresh);
      return (fresh ? secrets.at(-1) : secrets[0]) ?? [];
    },
    publish: async (outgoing) => {
      if (outage.publish) throw outage.publish;
      events.push(...outgoing);
    },
    nowMs: () => RECEIVED_AT_MS,
  });
  return { receive, events, readings, outage };
}

function call(server: ServerName, kind: (typeof kinds)[number], source: string = `the-${server}`): HookCall {
  const found = sample(server, kind, SECRET);
  if (found === undefined) throw new Error(`${server} sends no ${kind}`);
  const { headers, body, query } = found.delivery;
  return { source, headers, body, ...(query !== undefined && { query }), path: `/hooks/${source}` };
}

describe.each(serverNames)('a source of %s', (server) => {
  const here = kinds.filter((kind) => sample(server, kind, SECRET) !== undefined);

  it.each(here.filter((kind) => kind !== 'ping' && kind !== 'other'))(
    'asks for a mirror of the configured address: %s',
    async (kind) => {
      const { receive, events } = door();
      const { statusCode, body } = await receive(call(server, kind));
      expect([statusCode, body.outcome, body.repositories]).toEqual([202, 'push', [`of-${server}`]]);
      expect(events).toEqual([
        {
          contract: expect.objectContaining({ name: 'MirrorRequested' }),
          source: 'hourglass.webhook',
          detail: {
            version: 1,
            requestId: body.requestId,
            repository: `of-${server}`,
            sourceUrl: SOURCES[server],
            origin: { door: 'hook', ...(body.deliveryId !== null && { delivery: body.deliveryId }) },
          },
        },
      ]);
      expect(body.requestId).toMatch(/^[\w.:/-]{1,128}$/);
    },
  );

  it.each(here.filter((kind) => kind === 'ping' || kind === 'other'))(
    'answers 200 with the reason: %s',
    async (kind) => {
      const { receive, events } = door();
      const { statusCode, body } = await receive(call(server, kind));
      expect([statusCode, body.outcome]).toEqual([200, kind === 'ping' ? 'ping' : 'ignored']);
      expect(body.why).toMatch(/\.$/);
      expect(events).toEqual([]);
    },
  );

  it('answers 401 to a sender that does not know the secret, and asks for nothing', async () => {
    const { receive, events } = door([['another:one']]);
    const { statusCode, body } = await receive(call(server, 'push'));
    expect([statusCode, body.outcome]).toEqual([401, 'refused']);
    expect(JSON.stringify(body)).not.toMatch(/another:one|correct horse/);
    expect(events).toEqual([]);
  });

  it('takes a secret that is newer than what is kept', async () => {
    const { receive, readings } = door([['the:old'], ['the:old', SECRET]]);
    expect((await receive(call(server, 'push'))).statusCode).toBe(202);
    expect(readings).toEqual([false, true]);
  });
});

describe('the door of git servers', () => {
  it('says that a delivery came before, and asks for nothing again', async () => {
    const { receive, events } = door();
    const first = await receive(call('gitlab', 'push'));
    const again = await receive(call('gitlab', 'push'));
    expect(again).toMatchObject({
      statusCode: 200,
      body: { outcome: 'push', why: expect.stringMatching(/came before/) },
    });
    expect(events).toHaveLength(1);
    // In another execution environment the request has the same id, and the intake knows it.
    const elsewhere = await door().receive(call('gitlab', 'push'));
    expect(elsewhere.body.requestId).toBe(first.body.requestId);
  });

  it('takes two pushes for two, be their deliveries of one id, and each one of a server that has no ids', async () => {
    const { receive, events } = door();
    for (const kind of ['push', 'tag', 'delete'] as const) {
      expect((await receive(call('gitlab', kind))).statusCode).toBe(202);
    }
    for (const _ of [1, 2]) expect((await receive(call('backlog', 'push'))).statusCode).toBe(202);
    expect(new Set(events.map(({ detail }) => (detail as { requestId: string }).requestId)).size).toBe(5);
  });

  it('asks again for what could not be put on the bus', async () => {
    const { receive, events, outage } = door();
    outage.publish = new Error('EventBridge is away');
    await expect(receive(call('github', 'push'))).rejects.toThrow('away');
    delete outage.publish;
    expect((await receive(call('github', 'push'))).statusCode).toBe(202);
    expect(events).toHaveLength(1);
  });

  it('answers 200 for a repository that is none of the configured ones, and says what to do', async () => {
    const { receive, events } = door();
    const elsewhere = await receive(call('github', 'push', 'the-github'));
    expect(elsewhere.statusCode).toBe(202);
    // The same names and addresses, but not of this source's hosts.
    const gogs = call('gitea', 'push', 'own-names');
    const payload = JSON.stringify({ ref: 'refs/heads/main', repository: { full_name: 'other/thing\u001b[31m' } });
    const signature = createHmac('sha256', SECRET).update(payload).digest('hex');
    const { statusCode, body } = await receive({
      ...gogs,
      body: Buffer.from(payload),
      headers: { ...gogs.headers, 'x-gitea-signature': signature },
    });
    expect([statusCode, body.outcome]).toEqual([200, 'ignored']);
    expect(body.why).toMatch(/^other\/thing\?\?31m is none of the configured repositories/);
    expect(events).toHaveLength(1);
  });

  it('asks for everything of the source when the push does not say what was pushed', async () => {
    const { receive, events } = door();
    const silent = { eventType: 'git.push', id: '1', subscriptionId: 'x' };
    const azure = call('azure-devops', 'push');
    const { statusCode, body } = await receive({ ...azure, body: Buffer.from(JSON.stringify(silent)) });
    // One of the configured repositories is not on the allow-list, and this source may speak of all of them.
    expect([statusCode, body.outcome, body.why]).toEqual([200, 'ignored', expect.stringMatching(/allow-list/)]);
    expect(events).toEqual([]);
  });

  it('answers 413 to a body that is too large, and asks for everything of its source if the signature is right', async () => {
    const body = Buffer.alloc(MAX_BODY_BYTES, '{');
    const signed = (secret: string) => ({
      ...call('gitea', 'push', 'own-names'),
      body,
      headers: {
        'x-gitea-signature': createHmac('sha256', secret).update(body).digest('hex'),
        'x-gitea-delivery': '1',
      },
    });
    const { receive, events } = door();
    const right = await receive(signed(SECRET));
    expect(right).toMatchObject({ statusCode: 413, body: { outcome: 'refused', repositories: ['of-gitea'] } });
    expect(events).toMatchObject([{ detail: { repository: 'of-gitea', sourceUrl: SOURCES.gitea } }]);
    const wrong = await receive(signed('guessed'));
    expect([wrong.statusCode, wrong.body.repositories]).toEqual([413, undefined]);
    expect(events).toHaveLength(1);
  });

  it('answers 400 to what is well signed and cannot be read', async () => {
    const body = Buffer.from('{');
    const headers = { 'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}` };
    const { statusCode } = await door().receive({ ...call('github', 'push'), body, headers });
    expect(statusCode).toBe(400);
  });

  it.each(['nobody', '__proto__', 'constructor', 'the-github/..', ''])(
    'answers 404 at the address of %j',
    async (source) => {
      const { receive, readings } = door();
      expect((await receive({ ...call('github', 'push'), source })).statusCode).toBe(404);
      expect(readings).toEqual([]);
    },
  );
});

describe('the environment', () => {
  const given = {
    BUS_NAME: 'b',
    API_KEY_SHA256: '0'.repeat(64),
    OAUTH: 'null',
    COMMANDS: '{}',
    REPOSITORIES: 'null',
    ALLOWED_SOURCE_HOSTS: '',
  };
  const parse = (WEBHOOKS: string, REPOSITORY_SOURCES = '{}') =>
    parseEnv(webhookEnv, { ...given, WEBHOOKS, REPOSITORY_SOURCES });

  it('may have no sources', () => expect(parse('{}')).toMatchObject({ WEBHOOKS: {} }));

  it.each([
    ['{"a":{"server":"svn","parameter":"/a"}}', /svn|server/],
    ['{"a":{"server":"github"}}', /parameter/],
    ['{"A/b":{"server":"github","parameter":"/a"}}', /WEBHOOKS/],
    ['{"a":{"server":"github","parameter":"/a","hosts":[]}}', /hosts/],
    ['[', /JSON/],
  ])('is refused with the field at fault: %s', (webhooks, fault) => expect(() => parse(webhooks)).toThrow(fault));
});
