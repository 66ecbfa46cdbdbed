/**
 * An EventBridge API destination as a client: a rule on another bus sends what it matches to our `POST /requests`, with each kind of connection. It
 * calls again after 429, 5xx and a lost answer, so what it gets for what came before decides whether one push is one mirror.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { AwsError } from '@hourglass/cloud';
import { MINUTE_MS } from '@hourglass/lease';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';
import { API_KEY } from './synthesize.setup.ts';

const BUS = 'team-events';
const CONNECTION =
  'arn:aws:events:ap-northeast-1:123456789012:connection/hourglass/11111111-2222-3333-4444-555555555555';
const byKey = { ApiKeyAuthParameters: { ApiKeyName: 'x-api-key', ApiKeyValue: API_KEY } };

let world: Deployment;
beforeEach(async () => {
  world = await deploy();
});
afterEach(() => world.close());

/** What the team on the other side deploys: its bus, a rule, and Hourglass' address as the rule's target. */
async function deployClient(authorization: object, InputTransformer?: object): Promise<void> {
  const { cloud } = world;
  cloud.parts.events.addConnection(CONNECTION, authorization as Record<string, unknown>);
  const [path] = Object.values(cloud.parts.httpApi.basePaths());
  const host = `${path?.split('/').at(-1)}.execute-api.${cloud.region}.amazonaws.com`;
  const allowed = { Effect: 'Allow', Action: 'events:InvokeApiDestination', Resource: { 'Fn::GetAtt': ['To', 'Arn'] } };
  const trust = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const target = {
    Id: 'hourglass',
    Arn: { 'Fn::GetAtt': ['To', 'Arn'] },
    RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
    DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
    ...(InputTransformer && { InputTransformer }),
  };
  const mayFill = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: { 'Fn::GetAtt': ['Dead', 'Arn'] },
  };
  const Resources = {
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: BUS } },
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'hourglass-test-of-the-team' } },
    DeadPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: { Queues: [{ Ref: 'Dead' }], PolicyDocument: { Version: '2012-10-17', Statement: [mayFill] } },
    },
    To: {
      Type: 'AWS::Events::ApiDestination',
      Properties: { ConnectionArn: CONNECTION, HttpMethod: 'POST', InvocationEndpoint: `https://${host}/requests` },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] },
        Policies: [{ PolicyName: 'call', PolicyDocument: { Version: '2012-10-17', Statement: [allowed] } }],
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventBusName: { Ref: 'Bus' },
        EventPattern: { source: ['team.git'] },
        Targets: [target],
      },
    },
  };
  await cloud.deployTemplate({ Resources }, 'team');
}

/** The team's own application puts an event on its own bus. */
async function publish(DetailType: string, detail: object): Promise<void> {
  const { cloud } = world;
  const { region } = cloud;
  const bus = new EventBridgeClient({
    region,
    credentials: cloud.credentialsFor('root'),
    requestHandler: cloud.requestHandler(),
  });
  const Entries = [{ EventBusName: BUS, Source: 'team.git', DetailType, Detail: JSON.stringify(detail) }];
  expect((await bus.send(new PutEventsCommand({ Entries }))).FailedEntryCount).toBe(0);
}

const request = { version: 1, repository: 'app', sourceUrl: 'https://git.test/app' };
const push = () => publish('MirrorRequested', request);
const dead = () => world.messages('of-the-team');
/** The calls of the destination, and what came of each. */
const calls = () =>
  world.traces.flatMap((trace) =>
    trace.kind === 'api' && trace.operation === 'InvokeApiDestination' ? [trace.message ?? trace.outcome] : [],
  );
const asked = () => world.events('MirrorRequested').filter((one) => one.requestId !== undefined);

async function expectOneMirror(): Promise<void> {
  await world.pass(90);
  expect(world.runs.map(({ key }) => key)).toEqual(['mirror:app']);
  expect(world.events('TaskSucceeded')).toHaveLength(1);
  expect(dead()).toEqual([]);
  expect(world.messages('intake-dead')).toEqual([]);
}

describe('an API destination with a key', () => {
  beforeEach(() => deployClient(byKey));

  it('makes an event of the other bus one mirror', async () => {
    await push();
    await expectOneMirror();
    expect(calls()).toEqual(['ok']);
  });

  it.each([
    ['429, which the gateway says for a throttled function', 'lambda', 'Invoke', 'TooManyRequestsException', 429],
    ['500, since our bus does not answer', 'events', 'PutEvents', 'InternalFailure', 500],
  ])('that is answered %s, calls again until it is taken, and one mirror comes of it', async (...given) => {
    const [, service, operation, code, httpStatus] = given;
    let refused = 0;
    world.cloud.setFaults((call) => {
      const ofWebhook =
        call.operation === 'PutEvents'
          ? call.invoker?.functionName === 'hourglass-test-webhook'
          : String(call.input.FunctionName).includes('webhook');
      if (call.service !== service || call.operation !== operation || !ofWebhook || refused >= 12) return undefined;
      refused += 1;
      return { refuse: new AwsError(code, 'not now', { httpStatus }) };
    });
    await push();
    await expectOneMirror();
    expect(refused).toBe(12);
    expect(calls().filter((outcome) => outcome.includes(`answered ${httpStatus}`)).length).toBeGreaterThan(1);
    expect(calls().at(-1)).toBe('ok');
    expect(new Set(asked().map(({ requestId }) => requestId)).size).toBe(1);
  });

  it.each([
    ['before the mirror runs', 3],
    ['while it runs and after it', 12],
  ])('that loses our answers %s, calls again, gets 2xx, and one mirror comes of it', async (_, times) => {
    let lost = 0;
    world.cloud.setFaults(({ operation }) => {
      if (operation !== 'InvokeApiDestination' || lost >= times) return undefined;
      lost += 1;
      return { loseAnswer: new AwsError('SDK_CLIENT_ERROR', 'no answer in five seconds', { httpStatus: 503 }) };
    });
    await push();
    await expectOneMirror();
    expect(calls()).toHaveLength(times + 1);
    // Each of them was taken with 2xx, and the intake knows all but the first.
    expect(asked()).toHaveLength(times + 1);
    expect(new Set(asked().map(({ requestId }) => requestId)).size).toBe(1);
  });

  it.each([
    ['breaks its contract', 'MirrorRequested', { repository: 'app' }],
    ['is of a type that nobody asked for', 'Pipeline finished', { state: 'ok' }],
    ['names a host off the allow-list', 'MirrorRequested', { ...request, sourceUrl: 'https://evil.test/app' }],
  ])('that sends what %s gets 400 once, and it rests with the team', async (_, type, detail) => {
    await publish(type, detail);
    await world.pass(60);
    expect(calls()).toEqual([expect.stringMatching(/ answered 400: \{"error":/)]);
    expect(dead().map((body) => JSON.parse(body).detail)).toEqual([detail]);
    expect(world.runs).toEqual([]);
  });
});

describe('an API destination whose rule makes the request', () => {
  const commit = { repository: 'app', url: 'https://git.test/app' };
  const InputPathsMap = { id: '$.id', name: '$.detail.repository', url: '$.detail.url' };
  const one = '"requestId":"<id>","repository":"<name>","sourceUrl":"<url>"';

  it('of an event in the words of others is understood, and a lost answer makes no second mirror', async () => {
    await deployClient(byKey, { InputPathsMap, InputTemplate: `{${one}}` });
    let lost = 0;
    world.cloud.setFaults(({ operation }) => {
      if (operation !== 'InvokeApiDestination' || lost >= 9) return undefined;
      lost += 1;
      return { loseAnswer: new AwsError('SDK_CLIENT_ERROR', 'no answer in five seconds', { httpStatus: 503 }) };
    });
    await publish('commit', commit);
    await expectOneMirror();
    expect(calls()).toHaveLength(10);
  });

  it('as a list is taken as a list', async () => {
    const other = '"requestId":"<id>-docs","repository":"docs","sourceUrl":"https://git.test/docs"';
    await deployClient(byKey, { InputPathsMap, InputTemplate: `[{${one}},{${other}}]` });
    await publish('commit', commit);
    await world.pass(90);
    expect(world.runs.map(({ key }) => key).sort()).toEqual(['mirror:app', 'mirror:docs']);
    expect([calls(), dead()]).toEqual([['ok'], []]);
  });

  it('as a list of which one is refused gets 400 once, and the others are mirrored', async () => {
    await deployClient(byKey, { InputPathsMap, InputTemplate: `[{${one}},{"repository":"bad name"}]` });
    await publish('commit', commit);
    await world.pass(90);
    expect(world.runs.map(({ key }) => key)).toEqual(['mirror:app']);
    expect(calls()).toEqual([expect.stringMatching(/ answered 400: .*Number 2/)]);
    expect(dead()).toHaveLength(1);
  });
});

describe('an API destination with Basic authentication', () => {
  const basic = (Password: string) => ({ BasicAuthParameters: { Username: 'team', Password } });

  it('has the key as its password', async () => {
    await deployClient(basic(API_KEY));
    await push();
    await expectOneMirror();
  });

  it('and a wrong password is tried again, as 401 is, until the connection is mended', async () => {
    await deployClient(basic('guess'));
    await push();
    await world.pass(5);
    expect(calls().length).toBeGreaterThan(2);
    expect(calls().every((outcome) => outcome.includes('answered 401'))).toBe(true);
    expect([world.runs, asked()]).toEqual([[], []]);
  });
});

describe('an API destination with OAuth client credentials', () => {
  const issuer = 'https://id.example.com/';
  const audience = 'hourglass';
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let others: typeof keys;
  let provider: Server;
  let jwksUrl: string;
  let keysRead = 0;
  beforeAll(async () => {
    [keys, others] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
    const body = JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' }] });
    provider = createServer((_, answer) => {
      keysRead += 1;
      answer.writeHead(200, { 'content-type': 'application/json' }).end(body);
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    jwksUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/jwks`;
  });
  afterAll(() => void provider.close());

  interface Claims {
    readonly audience?: string;
    readonly issuer?: string;
    readonly expiresInMs?: number;
    readonly by?: typeof keys;
  }
  let given: URLSearchParams[];
  /** The identity provider's answers, the last one for ever. */
  let claims: Claims[];
  beforeEach(async () => {
    given = [];
    keysRead = 0;
    world.cloud.functions.find('hourglass-test-webhook').configure({
      OAUTH: JSON.stringify({ issuer, audience, jwksUrl }),
      API_KEY_SHA256: '',
    });
    world.cloud.parts.events.setOutside(async ({ url, body }) => {
      expect(url).toBe(`${issuer}token`);
      given.push(new URLSearchParams(body));
      const claim = (claims.length > 1 ? claims.shift() : claims[0]) ?? {};
      const nowMs = world.cloud.clock.nowMs();
      const token = new SignJWT({ scope: 'mirror' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuer(claim.issuer ?? issuer)
        .setAudience(claim.audience ?? audience)
        .setIssuedAt(new Date(nowMs))
        .setExpirationTime(new Date(nowMs + (claim.expiresInMs ?? 60 * MINUTE_MS)));
      const access_token = await token.sign((claim.by ?? keys).privateKey);
      return { status: 200, text: JSON.stringify({ access_token, token_type: 'Bearer', expires_in: 3_600 }) };
    });
    await deployClient({
      OAuthParameters: {
        AuthorizationEndpoint: `${issuer}token`,
        HttpMethod: 'POST',
        ClientParameters: { ClientID: 'team', ClientSecret: 'the secret of the team' },
        OAuthHttpParameters: { BodyParameters: [{ Key: 'grant_type', Value: 'client_credentials' }] },
      },
    });
  });

  it('sends a token that is checked against the issuer, and both it and the keys are kept', async () => {
    claims = [{}];
    await push();
    await expectOneMirror();
    expect(given.map((form) => form.get('grant_type'))).toEqual(['client_credentials']);
    await publish('MirrorRequested', { ...request, repository: 'docs', sourceUrl: 'https://git.test/docs' });
    await world.pass(90);
    expect(world.runs.map(({ key }) => key)).toEqual(['mirror:app', 'mirror:docs']);
    expect(calls()).toEqual(['ok', 'ok']);
    expect(JSON.stringify(world.traces.filter(({ kind }) => kind === 'log'))).not.toContain('Bearer');
  });

  it.each<[string, Claims]>([
    ['for another audience', { audience: 'somebody-else' }],
    ['of another issuer', { issuer: 'https://evil.test/' }],
    ['that has expired', { expiresInMs: -MINUTE_MS }],
    ['signed by another key', { by: 'others' as never }],
  ])('with a token %s gets 401 and asks for another; with that one mirror comes of it', async (_, wrong) => {
    claims = [wrong.by === undefined ? wrong : { by: others }, {}];
    await push();
    await expectOneMirror();
    expect(calls()).toEqual([expect.stringContaining('answered 401'), 'ok']);
    expect(given).toHaveLength(2);
  });

  it('is let in by nothing else than the token, and the keys are read from where they are configured', async () => {
    claims = [{ audience: 'somebody-else' }];
    await push();
    await world.pass(3);
    expect(calls().every((outcome) => outcome.includes('answered 401'))).toBe(true);
    expect(world.runs).toEqual([]);
    expect(keysRead).toBeGreaterThan(0);
  });
});
