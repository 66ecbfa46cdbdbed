import { createHash } from 'node:crypto';
import type { OutgoingEvent } from '@hourglass/shared';
import { describe, expect, it } from 'vitest';
import { receiveRequest } from './receive.ts';

const rules = {
  API_KEY_SHA256: createHash('sha256').update('secret').digest('hex'),
  ALLOWED_SOURCE_HOSTS: ['git.example.test'],
  REPOSITORIES: null,
  COMMANDS: { 'list-buckets': ['aws', 's3', 'ls'] },
};
const mirror = { repository: 'app', sourceUrl: 'https://git.example.test/app' };

async function receive(body: string, apiKey: string | undefined = 'secret') {
  const events: OutgoingEvent[] = [];
  const received = await receiveRequest(apiKey, body, 'gateway-1', rules, async (out) => void events.push(...out));
  return { received, events };
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

  it('takes a named command', async () => {
    const { events } = await receive('{"name":"list-buckets"}');
    expect(events).toMatchObject([{ contract: { name: 'TaskRequested' }, detail: { name: 'list-buckets' } }]);
  });

  it.each([undefined, '', 'wrong'])('answers 401 to the key %j and puts nothing on the bus', async (key) => {
    const { events } = await receive(JSON.stringify(mirror));
    expect(events).toHaveLength(1);
    const published: OutgoingEvent[] = [];
    const received = await receiveRequest(
      key,
      JSON.stringify(mirror),
      'x',
      rules,
      async (out) => void published.push(...out),
    );
    expect(received.statusCode).toBe(401);
    expect(published).toEqual([]);
  });

  it.each([
    ['{', /not JSON/],
    ['[]', /JSON object/],
    ['{}', /repository/],
    [JSON.stringify({ ...mirror, repository: 'a b' }), /CodeCommit/],
    [JSON.stringify({ ...mirror, sourceUrl: 'https://evil.test/' }), /allow-list/],
    ['{"name":"rm"}', /not defined/],
    [JSON.stringify({ ...mirror, sourceUrl: 'https://git.example.test/\ud800' }), /invisible/],
    [JSON.stringify({ ...mirror, sourceUrl: 'https://git.example.test/\uffff' }), /invisible/],
    [JSON.stringify({ ...mirror, sourceUrl: 'https://git.example.test/app?token=hunter2' }), /no query/],
    [JSON.stringify({ ...mirror, sourceUrl: 'https://git.example.test/app#hunter2' }), /no fragment/],
    [JSON.stringify({ ...mirror, padding: 'x'.repeat(20_000) }), /over the limit/],
  ])('answers 400 with a reason to %.40s', async (body, reason) => {
    const { received, events } = await receive(body);
    expect(received).toEqual({ statusCode: 400, body: { error: expect.stringMatching(reason) } });
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
    await expect(receiveRequest('secret', JSON.stringify(mirror), 'x', rules, failing)).rejects.toThrow('away');
  });
});
