/** The doors of git servers against hostile input: whatever comes is answered as they are answered, opens nothing unsigned, and shows no secret. */
import { type ServerName, serverNames } from '@hourglass/webhooks';
import { kinds, sample } from '@hourglass/webhooks/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Deployment, deploy } from '../scenarios/deployment.ts';
import { putSecrets, secretOf } from '../scenarios/hooks.ts';
import { nearlyJson, text } from './values.ts';

let world: Deployment;
beforeAll(async () => {
  world = await deploy({}, inject('assemblyWithHooks'));
  putSecrets(world.cloud);
});
afterAll(() => world.close());

interface Call {
  rawPath: string;
  rawQueryString: string;
  headers: Record<string, unknown>;
  body: string | undefined;
  isBase64Encoded: boolean;
}

/** One invocation, as Lambda hands it over: through JSON. */
async function invoke(call: Call) {
  const fn = world.cloud.functions.find('hourglass-test-webhook');
  const payload = JSON.stringify(call);
  const { payload: answer, error } = await fn.run({
    payload,
    requestId: world.cloud.core.newUuid(),
    attempt: 1,
    trigger: 'test',
  });
  if (error) throw new Error(`${error.errorType}: ${error.errorMessage}`);
  return JSON.parse(answer) as { statusCode: number; body: string };
}

const asked = () => world.events('MirrorRequested').length;

function checkSecrets(texts: string[]): void {
  for (const one of texts) for (const server of serverNames) expect(one).not.toContain(secretOf(server));
}

const server = fc.constantFrom(...serverNames);

/** A good delivery of the server with one part of it bent. */
const bentDelivery = fc
  .record({
    server,
    kind: fc.constantFrom(...kinds.filter((kind) => kind !== '1 MB')),
    bend: fc.constantFrom('body', 'header', 'drop', 'source', 'path', 'base64') as fc.Arbitrary<string>,
    at: fc.nat(),
    junk: fc.oneof(text, nearlyJson),
    other: server,
  })
  .map(({ server: of, kind, bend, at, junk, other }) => {
    const { delivery } = sample(of, kind, 'a guessed secret') ?? sample(of, 'push', 'a guessed secret') ?? {};
    const headers: Record<string, unknown> = { ...delivery?.headers };
    const names = Object.keys(headers);
    const name = names[at % Math.max(1, names.length)] ?? 'x';
    if (bend === 'header') headers[name] = junk;
    if (bend === 'drop') delete headers[name];
    const source = bend === 'source' ? other : of;
    return {
      rawPath: `/hooks/${source}${bend === 'path' ? `/${encodeURIComponent(junk.toWellFormed())}` : ''}`,
      rawQueryString: delivery?.query ?? '',
      headers,
      body: bend === 'body' ? junk : Buffer.from(delivery?.body ?? []).toString('base64'),
      isBase64Encoded: bend !== 'body' || at % 2 === 0,
    } satisfies Call;
  });

const anything = fc.record({
  rawPath: fc.oneof(
    server.map((name) => `/hooks/${name}`),
    text.map((name) => `/hooks/${name}`),
    fc.constantFrom('/hooks/', '/hooks/__proto__', '/hooks/constructor', '/hooks/github/%00', '/hooks/github//'),
  ),
  rawQueryString: fc.oneof(fc.constant(''), text, fc.constantFrom('token=', 'token=%', 'token=a&token=b')),
  headers: fc.dictionary(
    fc.constantFrom(
      'content-type',
      'authorization',
      'x-hub-signature-256',
      'x-gitlab-token',
      'x-event-key',
      '__proto__',
    ),
    text,
  ),
  body: fc.oneof(nearlyJson, fc.constant(undefined)),
  isBase64Encoded: fc.boolean(),
});

it('anything that is not signed by the right secret is answered 4xx, or is a ping, asks for nothing, and shows no secret', async () => {
  const before = asked();
  await fc.assert(
    fc.asyncProperty(fc.oneof(bentDelivery, anything), async (call) => {
      const { statusCode, body } = await invoke(call);
      const { outcome } = JSON.parse(body) as { outcome?: string };
      // Bitbucket's ping is never signed.
      if (statusCode === 200) expect(outcome).toBe('ping');
      else expect([400, 401, 404, 413]).toContain(statusCode);
      checkSecrets([body]);
    }),
    { numRuns: 250 },
  );
  expect(asked()).toBe(before);
  checkSecrets(world.traces.flatMap((trace) => (trace.kind === 'log' ? [trace.message] : [])));
});

it('what is well signed is answered 2xx or 400 whatever its body says, and what it asks for the intake takes', async () => {
  const { createHmac } = await import('node:crypto');
  const signed: readonly ServerName[] = ['github', 'gitbucket', 'bitbucket', 'generic'];
  const repository = { clone_url: 'https://github.example.com/acme/widgets.git', full_name: text, name: text };
  const payload = fc.oneof(
    nearlyJson,
    fc.record({ ref: text, deleted: fc.boolean(), id: text, repository: fc.record({ full_name: text, name: text }) }),
    fc.record({ ref: text, id: text }).map((one) => ({ ...one, repository: { clone_url: repository.clone_url } })),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...signed), payload, text, async (of, given, id) => {
      const body = typeof given === 'string' ? given : JSON.stringify(given);
      const signature = `sha256=${createHmac('sha256', secretOf(of)).update(body).digest('hex')}`;
      const headers = {
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-event-key': 'repo:refs_changed',
        'x-github-delivery': id,
        'x-request-id': id,
        [of === 'bitbucket' ? 'x-hub-signature' : 'x-hub-signature-256']: signature,
      };
      const encoded = Buffer.from(body).toString('base64');
      const call = { rawPath: `/hooks/${of}`, rawQueryString: '', headers, body: encoded, isBase64Encoded: true };
      expect([200, 202, 400]).toContain((await invoke(call)).statusCode);
    }),
    { numRuns: 120 },
  );
  expect(asked()).toBeGreaterThan(0);
  await world.pass(5);
  expect(world.messages('intake-dead')).toEqual([]);
});
