/** Every door of the deployment against hostile input: rejected or handled, never a crash, never a poisoned batch, never a secret in a log. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Deployment, deploy } from '../scenarios/deployment.ts';
import { API_KEY } from '../scenarios/synthesize.setup.ts';
import { bent, nearlyJson, requestDetail, SECRET, text, value } from './values.ts';

let world: Deployment;
beforeAll(async () => {
  world = await deploy();
});
afterAll(() => world.close());

interface Answer {
  crashed?: string;
  value: { statusCode: number; body: string };
}

/** One invocation, as Lambda hands it over: through JSON. */
async function invoke(service: string, event: unknown): Promise<Answer> {
  const fn = world.cloud.functions.find(`hourglass-test-${service}`);
  const payload = JSON.stringify(event) ?? 'null';
  const result = await fn.run({ payload, requestId: world.cloud.core.newUuid(), attempt: 1, trigger: 'test' });
  const { errorType, errorMessage } = result.error ?? {};
  return { value: JSON.parse(result.payload), ...(errorType && { crashed: `${errorType}: ${errorMessage}` }) };
}

const queueUrl = (name: string) =>
  `https://sqs.${world.cloud.region}.amazonaws.com/${world.cloud.account}/hourglass-test-${name}`;

/** @returns whether SQS took it. */
async function send(queue: string, MessageBody: string): Promise<boolean> {
  const { region } = world.cloud;
  const requestHandler = world.cloud.requestHandler();
  const sqs = new SQSClient({ region, credentials: world.cloud.credentialsFor('root'), requestHandler });
  try {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(queue), MessageBody }));
    return true;
  } catch {
    return false;
  }
}

const peek = (name: string) =>
  world.cloud.queues
    .all()
    .find((queue) => queue.name === `hourglass-test-${name}`)
    ?.peek() ?? [];

function checkLogs(): void {
  for (const trace of world.traces) {
    if (trace.kind !== 'log') continue;
    expect(trace.message).not.toContain(SECRET);
    expect(trace.message).not.toContain(API_KEY);
  }
}

const STACKS = 'arn:aws:cloudformation:ap-northeast-1:123456789012:stack/';

/** What was refused for its own fault; anything else that a handler throws is a crash. */
const REFUSED = /^PermanentError: /;

describe('the webhook', () => {
  it('answers whatever comes with 202, 400 or 401, and shows no secret', async () => {
    const headers = fc.oneof(
      { weight: 4, arbitrary: fc.constant({ 'x-api-key': API_KEY, 'content-type': 'application/json' }) },
      fc.dictionary(fc.constantFrom('x-api-key', 'content-type', '__proto__', 'x-forwarded-for'), text),
      fc.constant({ 'x-api-key': API_KEY, 'content-type': 'text/html; charset=\u0000' }),
      fc.constant({ 'x-api-key': `${API_KEY},${API_KEY}` }),
    );
    const body = fc.oneof(nearlyJson, fc.constant(undefined));
    await fc.assert(
      fc.asyncProperty(headers, body, fc.boolean(), fc.boolean(), async (sent, plain, encoded, broken) => {
        const isBase64Encoded = encoded || broken;
        const coded = encoded ? Buffer.from(plain ?? '').toString('base64') : plain;
        const { crashed, value } = await invoke('webhook', { headers: sent, body: coded, isBase64Encoded });
        expect(crashed).toBeUndefined();
        expect([202, 400, 401]).toContain(value.statusCode);
        expect(value.body).not.toContain(SECRET);
        expect(value.body).not.toContain(API_KEY);
      }),
      { numRuns: 150 },
    );
    await world.pass(30);
    const { value: last } = await invoke('webhook', {
      headers: { 'x-api-key': API_KEY },
      body: '{"repository":"app","sourceUrl":"https://git.test/app","requestId":"well-meant"}',
    });
    expect(last.statusCode).toBe(202);
    await world.pass(1);
    // What the webhook has taken the intake takes too.
    expect(world.messages('intake-dead')).toEqual([]);
    expect(world.events('RequestAccepted').map((one) => one.requestId)).toContain('well-meant');
    checkLogs();
  });
});

describe('the intake queue', () => {
  const envelope = bent({
    id: fc.oneof(fc.uuid(), fc.constantFrom('a#b', 'x'.repeat(3_000), '\ud800'), text),
    source: fc.constantFrom('hourglass.client', 'hourglass.webhook', 'hourglass', 'aws.ecs'),
    'detail-type': fc.oneof(fc.constantFrom('MirrorRequested', 'TaskRequested'), text),
    detail: fc.oneof(requestDetail, value),
  });
  const message = fc.oneof(
    envelope.map((event) => JSON.stringify(event)),
    nearlyJson,
  );
  let good = 0;

  it('accepts the good request of a batch at once, whatever is beside it, and keeps what it refuses with the reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 8 }), async (bodies) => {
        good += 1;
        const requestId = `good-${good}`;
        const dead = peek('intake-dead').length;
        const accepted = world.events('RequestAccepted').length;
        const detail = { version: 1, requestId, repository: `good-${good % 5}`, sourceUrl: 'https://git.test/app' };
        const event = { id: requestId, source: 'hourglass.client', 'detail-type': 'MirrorRequested', detail };
        const sent = await Promise.all([...bodies, '{'].map((body) => send('intake', body)));
        await send('intake', JSON.stringify(event));
        await world.pass(1);
        expect(
          world
            .events('RequestAccepted')
            .slice(accepted)
            .map((one) => one.requestId),
        ).toContain(requestId);
        // None comes again: each was accepted, seen before, or refused and kept.
        expect(world.messages('intake')).toEqual([]);
        const kept = peek('intake-dead').slice(dead);
        expect(kept.map(({ body }) => body)).toContain('{');
        expect(kept.length).toBeLessThanOrEqual(sent.filter(Boolean).length);
        for (const { attributes } of kept) expect(attributes.reason?.StringValue).toMatch(/\S/);
      }),
      { numRuns: 25 },
    );
    checkLogs();
  });
});

describe('the replay queue', () => {
  const dead = bent({
    version: fc.constant(1),
    leaseId: fc.constant('test'),
    taskKey: text,
    requestId: fc.oneof(fc.uuid(), text),
    task: fc.oneof(
      bent({ kind: fc.constant('mirror'), repository: text, sourceUrl: text, destination: text }),
      bent({ kind: fc.constant('command'), name: text }),
    ),
    attempts: fc.constant(3),
    replays: fc.integer(),
    message: fc.oneof(fc.constant(null), text),
  });

  it('asks for a failed task anew, and lets what it cannot read rest in failed-mirrors, each exactly once', async () => {
    const task = { kind: 'mirror', repository: 'web', sourceUrl: 'https://git.test/web', destination: 'x' };
    const good = { version: 1, taskKey: 'mirror:web', leaseId: 'test', attempts: 3, replays: 0, message: null, task };
    const readable = fc.record({ requestId: fc.uuid(), message: fc.oneof(fc.constant(null), text) });
    const body = fc.oneof(
      dead.map((one) => JSON.stringify(one)),
      readable.map((odd) => JSON.stringify({ ...good, ...odd })),
      nearlyJson,
    );
    const asked = () =>
      world.traces.filter((trace) => trace.kind === 'event' && trace.source === 'hourglass.replay').length;
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 8 }), async (bodies) => {
        runs += 1;
        const [requestId, unreadable] = [`dead-${runs}`, `{${runs}`];
        const before = asked() + peek('failed-mirrors').length;
        const taken = await Promise.all([...bodies, unreadable].map((one) => send('replay', one)));
        await send('replay', JSON.stringify({ ...good, requestId }));
        await world.pass(1);
        expect(world.events('MirrorRequested').map((one) => one.requestId)).toContain(`${requestId}:replay-1`);
        await world.pass(60);
        expect(world.messages('replay')).toEqual([]);
        expect(peek('failed-mirrors').map((one) => one.body)).toContain(unreadable);
        expect(asked() + peek('failed-mirrors').length - before).toBe(taken.filter(Boolean).length + 1);
      }),
      { numRuns: 10 },
    );
    checkLogs();
  });
});

describe('events and timers with odd payloads', () => {
  const time = '2026-01-05T09:00:00Z';
  const internal = {
    version: fc.constant(1),
    leaseId: fc.constantFrom('test', 'other'),
    fence: fc.oneof(fc.nat(9), value),
    ...{ paidUntil: text, reason: text, taskKey: text, requestId: text, as: text, joins: text },
  };
  const stackChange = {
    'stack-id': fc.oneof(text, fc.constant(`${STACKS}hourglass-test-endpoints/1`)),
    'status-details': bent({ status: text }),
  };
  const taskChange = {
    clusterArn: text,
    taskArn: text,
    lastStatus: fc.constantFrom('STOPPED', 'RUNNING'),
    startedBy: fc.oneof(fc.constantFrom('ecs-svc/1', ''), text),
    stopCode: text,
    stoppedReason: text,
    containers: fc.array(bent({ exitCode: fc.integer(), reason: text }), { maxLength: 2 }),
  };
  /** An event whose parts mostly belong together, so that its fields are tried, and not its envelope alone. */
  const eventOf = (source: string, names: string[], fields: Record<string, fc.Arbitrary<unknown>>) => {
    const parts = {
      id: fc.uuid(),
      source: fc.constant(source),
      'detail-type': fc.constantFrom(...names),
      time: fc.constant(time),
    };
    const detail = fc.oneof(bent(fields), fc.record(fields));
    return fc.oneof(
      { weight: 3, arbitrary: fc.record({ ...parts, detail }) },
      { weight: 1, arbitrary: bent({ ...parts, detail: fc.oneof(detail, value) }) },
    );
  };
  const internalNames = [
    'EndpointsNeeded',
    'EndpointsReady',
    'EndpointsReleased',
    'EndpointsFailed',
    'RequestAccepted',
  ];
  const event = fc.oneof(
    eventOf('hourglass', internalNames, internal),
    eventOf('aws.cloudformation', ['CloudFormation Stack Status Change'], stackChange),
    eventOf('aws.ecs', ['ECS Task State Change'], taskChange),
    fc.record({ timer: fc.oneof(bent({ leaseId: text, timerId: fc.oneof(text, fc.constant('../other')) }), value) }),
    value,
  );

  /** Each got past the door once, and no further: it was tried again as if AWS had been in the way. */
  const once = [
    ...['../../lease', `${STACKS}another/1`].map((id) => ({
      ...{ id: 'stack', source: 'aws.cloudformation', 'detail-type': 'CloudFormation Stack Status Change', time },
      detail: { 'stack-id': id, 'status-details': { status: 'CREATE_COMPLETE' } },
    })),
    {
      ...{ id: 'task', source: 'aws.ecs', 'detail-type': 'ECS Task State Change', time },
      detail: { clusterArn: '', taskArn: '', lastStatus: 'STOPPED', startedBy: 'x'.repeat(3_000) },
    },
  ];

  it.each(['provisioner', 'runner', 'teardown', 'replay'])(
    'are handled or refused by the %s, and never crash it',
    async (service) => {
      const isHandledOrRefused = async (odd: unknown) => {
        const { crashed } = await invoke(service, odd);
        if (crashed !== undefined) expect(crashed).toMatch(REFUSED);
      };
      for (const odd of once) await isHandledOrRefused(odd);
      await fc.assert(fc.asyncProperty(event, isHandledOrRefused), { numRuns: 150 });
      checkLogs();
    },
  );

  it('leave a deployment that still mirrors', async () => {
    await world.pass(180);
    await world.requestMirror('last', { requestId: 'the-last' });
    await world.pass(180);
    expect(world.events('TaskSucceeded').map((one) => one.requestId)).toContain('the-last');
    expect(await world.lease()).toMatchObject({ phase: 'closed', pending: 0, running: 0, dead: 0, timer: null });
  });
});
