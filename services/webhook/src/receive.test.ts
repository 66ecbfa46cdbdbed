import type { OutgoingEvent } from '@hourglass/shared';
import { describe, expect, it } from 'vitest';
import { receiveRequest } from './receive.ts';

const rules = {
  ALLOWED_SOURCE_HOSTS: ['git.example.test'],
  REPOSITORIES: null,
  COMMANDS: { 'list-buckets': ['aws', 's3', 'ls'] },
  REPOSITORY_SOURCES: { known: 'ssh://git@git.example.test/known.git' },
};
const mirror = { repository: 'app', sourceUrl: 'https://git.example.test/app' };

async function receive(body: string) {
  const events: OutgoingEvent[] = [];
  let ids = 0;
  const newId = () => `gateway-${++ids}`;
  const received = await receiveRequest(body, newId, rules, async (out) => void events.push(...out));
  return { received, events };
}

/** As EventBridge sends an event on. */
function envelope(id: string, name: string, detail: object) {
  const rest = {
    version: '0',
    account: '123456789012',
    time: '2026-11-27T12:00:00Z',
    region: 'eu-west-1',
    resources: [],
  };
  return { ...rest, id, source: 'partner.example', 'detail-type': name, detail };
}

describe('the webhook', () => {
  it('puts a mirror request on the bus under its own source', async () => {
    const { received, events } = await receive(JSON.stringify(mirror));
    expect(received).toEqual({ statusCode: 202, body: { requestId: 'gateway-1' } });
    expect(events).toMatchObject([
      {
        source: 'hourglass.webhook',
        contract: { name: 'MirrorRequested' },
        detail: { ...mirror, requestId: 'gateway-1' },
      },
    ]);
  });

  it('keeps the id that the sender gives, so that a repeated call is one request', async () => {
    const { received } = await receive(JSON.stringify({ ...mirror, requestId: 'push-7' }));
    expect(received).toEqual({ statusCode: 202, body: { requestId: 'push-7' } });
  });

  it("takes the configuration's address of a repository that it names, whatever the request says", async () => {
    for (const sourceUrl of [undefined, 'https://git.example.test/another']) {
      const { received, events } = await receive(JSON.stringify({ repository: 'known', sourceUrl }));
      expect(received.statusCode).toBe(202);
      expect(events).toMatchObject([{ detail: { sourceUrl: 'ssh://git@git.example.test/known.git' } }]);
    }
  });

  it('says which keys it does not know, and takes the request all the same', async () => {
    const { received, events } = await receive(JSON.stringify({ ...mirror, maxDelay: '1h', branch: 'main' }));
    expect(received).toEqual({ statusCode: 202, body: { requestId: 'gateway-1', ignored: ['branch', 'maxDelay'] } });
    expect(events).toHaveLength(1);
    const list = await receive(JSON.stringify([mirror, { name: 'list-buckets', argv: ['rm'] }]));
    expect(list.received.body).toEqual({ requestIds: ['gateway-1', 'gateway-2'], ignored: ['argv'] });
  });

  it('takes a named command', async () => {
    const { events } = await receive('{"name":"list-buckets"}');
    expect(events).toMatchObject([{ contract: { name: 'TaskRequested' }, detail: { name: 'list-buckets' } }]);
  });

  it("takes an event as EventBridge sends it on, whose id is the request's when it comes again", async () => {
    const id = '6a7e8feb-b491-4cf7-a9f1-bf3703467718';
    for (const _ of [1, 2]) {
      const { received, events } = await receive(JSON.stringify(envelope(id, 'MirrorRequested', mirror)));
      expect(received).toEqual({ statusCode: 202, body: { requestId: id } });
      expect(events).toMatchObject([{ source: 'hourglass.webhook', detail: { ...mirror, requestId: id } }]);
    }
    const named = await receive(
      JSON.stringify(envelope(id, 'TaskRequested', { name: 'list-buckets', requestId: 'own' })),
    );
    expect(named).toMatchObject({
      received: { body: { requestId: 'own' } },
      events: [{ contract: { name: 'TaskRequested' } }],
    });
  });

  it('takes a list, of which a fault in one keeps nothing of the others', async () => {
    const list = [mirror, envelope('e-2', 'MirrorRequested', { ...mirror, repository: 'web' })];
    const { received, events } = await receive(JSON.stringify(list));
    expect(received).toEqual({ statusCode: 202, body: { requestIds: ['gateway-1', 'e-2'] } });
    expect(events).toHaveLength(2);
    const mixed = await receive(JSON.stringify([{}, ...list, envelope('e-3', 'Push', mirror), 'x']));
    expect(mixed.received).toMatchObject({
      statusCode: 400,
      body: {
        error: expect.stringMatching(/Number 1: .*repository.* Number 4: "Push" is no request.* Number 5: .*object/),
        requestIds: ['gateway-2', 'e-2'],
      },
    });
    expect(mixed.events).toHaveLength(2);
  });

  it.each([
    ['{', /not JSON/],
    ['[]', /JSON object/],
    ['[[]]', /Number 1: .*JSON object/],
    ['{}', /repository/],
    ['null', /JSON object/],
    [JSON.stringify({ ...mirror, repository: 'a b' }), /CodeCommit/],
    [JSON.stringify({ ...mirror, sourceUrl: 'https://evil.test/' }), /allow-list/],
    ['{"name":"rm"}', /not defined/],
    [JSON.stringify(envelope('1', 'EndpointsReady', mirror)), /is no request/],
    [JSON.stringify({ ...mirror, sourceUrl: 'https://git.example.test/\ud800' }), /invisible/],
    [JSON.stringify({ ...mirror, sourceUrl: 'https://git.example.test/\uffff' }), /invisible/],
    [JSON.stringify({ ...mirror, sourceUrl: 'https://git.example.test/app?token=hunter2' }), /no query/],
    [JSON.stringify({ ...mirror, sourceUrl: 'https://git.example.test/app#hunter2' }), /no fragment/],
    [JSON.stringify({ ...mirror, padding: 'x'.repeat(20_000) }), /over the limit/],
    [JSON.stringify({ ...mirror, padding: 'x'.repeat(300_000) }), /over the limit/],
    [JSON.stringify(Array.from({ length: 101 }, () => mirror)), /over the limit of 100/],
  ])('answers 400 with a reason to %.40s', async (body, reason) => {
    const { received, events } = await receive(body);
    expect(received).toMatchObject({ statusCode: 400, body: { error: expect.stringMatching(reason) } });
    expect(events).toEqual([]);
  });

  it.each([
    'hunter2:x@git.example.test:app',
    'https://me:hunter2@git.example.test/app',
    'ssh://git:hunter2@git.example.test/',
  ])('does not repeat the password of %s', async (sourceUrl) => {
    const { received } = await receive(JSON.stringify({ ...mirror, sourceUrl }));
    expect(received).toEqual({ statusCode: 400, body: { error: expect.stringMatching(/must not hold credentials/) } });
  });

  it('throws what fails on our side, so that the sender tries again', async () => {
    const failing = async () => {
      throw new Error('EventBridge is away');
    };
    await expect(receiveRequest(JSON.stringify(mirror), () => 'x', rules, failing)).rejects.toThrow('away');
  });
});
