/** The world as a whole: doors, identities, denials, faults, deployment. */
import { EventBridgeClient, ListRulesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { AwsError } from './errors.ts';
import { createWorld, lambdaFunction, permission, role, type World } from './testing/world.ts';

const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } };
const reader = role('lambda.amazonaws.com', { Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource: '*' });

describe('the simulated AWS', () => {
  let world: World;
  afterEach(() => world.close());

  const arnOf = (id: string): string => String(world.stack.resources.get(id)?.attributes.Arn);
  const send = (client: SQSClient): Promise<unknown> =>
    client.send(
      new SendMessageCommand({ QueueUrl: 'https://sqs.ap-northeast-1.amazonaws.com/123456789012/q', MessageBody: 'x' }),
    );

  it('denies a call outside the caller’s role, says which, and records it', async () => {
    world = await createWorld({ Queue: queue, Reader: reader });
    await expect(send(new SQSClient(world.clientOptions(arnOf('Reader'))))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /^User: arn:aws:sts::123456789012:assumed-role\/test-Reader-\w+\/session is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:ap-northeast-1:123456789012:q/,
      ),
    });
    expect(world.tracesOf('api').at(-1)).toMatchObject({
      service: 'sqs',
      operation: 'SendMessage',
      outcome: 'AccessDeniedException',
      resources: [arnOf('Queue')],
    });
    await send(new SQSClient(world.clientOptions()));
  });

  it('denies a function’s call outside its role', async () => {
    world = await createWorld(
      { Queue: queue, Reader: reader, Fn: lambdaFunction('fn', 'Reader') },
      {
        fn: `exports.handler = async () => {
          const { response } = await globalThis[Symbol.for('hourglass.clientOptions')].requestHandler.handle({ method: 'POST', path: '/', headers: {
            Authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260105/x/sqs/aws4_request',
            'X-Amz-Target': 'AmazonSQS.SendMessage' }, body: JSON.stringify({ QueueUrl: 'q', MessageBody: 'x' }) });
          console.log(response.statusCode, Buffer.from(response.body).toString());
        };`,
      },
    );
    await world.cloud.core.call('lambda', 'Invoke', { FunctionName: 'fn' }, { kind: 'root', arn: 'root' });
    expect(world.tracesOf('log')[0]?.message).toMatch(/^403 .*assumed-role\/test-Reader-\w+\/fn is not authorized/);
  });

  it('does not know a key it has not given out', async () => {
    world = await createWorld({ Queue: queue });
    const client = new SQSClient({
      ...world.clientOptions(),
      credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' },
    });
    await expect(send(client)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  it('serves users with their own policies', async () => {
    world = await createWorld({
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'own' } },
      Client: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Action: 'events:PutEvents',
                Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] },
                Condition: { StringEquals: { 'events:source': 'client' } },
              },
            ],
          },
        },
      },
    });
    const credentials = world.cloud.createUser('on-premises', [world.stack.resources.get('Client')?.ref ?? '']);
    const client = new EventBridgeClient({ ...world.clientOptions(), credentials });
    const put = (Source: string): Promise<unknown> =>
      client.send(new PutEventsCommand({ Entries: [{ EventBusName: 'own', Source, DetailType: 'd', Detail: '{}' }] }));
    await put('client');
    await expect(put('internal')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(client.send(new ListRulesCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('answers over HTTP as it does in process, and lets go of the port', async () => {
    world = await createWorld({ Queue: queue });
    const { url } = await world.cloud.listen();
    const { requestHandler: _inProcess, ...options } = world.clientOptions();
    const sqs = new SQSClient({ ...options, endpoint: url });
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'q' }));
    expect(QueueUrl).toBe(`${url}/123456789012/q`);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'over http' }));
    expect(world.cloud.queues.byName('q').peek()[0]?.body).toBe('over http');
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'none' }))).rejects.toThrow(/does not exist/);
    const identity = await new STSClient({ ...options, endpoint: url }).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe('arn:aws:iam::123456789012:root');
    await world.cloud.close();
    await expect(fetch(url)).rejects.toThrow();
  });

  it('stops a drive when it is closed', async () => {
    world = await createWorld({ Queue: queue });
    const driving = world.cloud.driver.drive({ speed: 1 });
    world.cloud.clock.schedule(world.cloud.clock.nowMs() + 86_400_000, 'tomorrow', () => {});
    await world.cloud.close();
    await expect(driving.done).resolves.toBeUndefined();
  });

  it('serves an HTTP API’s route by its function, and refuses what is no route or too large', async () => {
    world = await createWorld(
      {
        Role: role('lambda.amazonaws.com'),
        Hook: lambdaFunction('hook', 'Role'),
        Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
        Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: '$default' } },
        Integration: {
          Type: 'AWS::ApiGatewayV2::Integration',
          Properties: {
            ApiId: { Ref: 'Api' },
            IntegrationType: 'AWS_PROXY',
            PayloadFormatVersion: '2.0',
            IntegrationUri: { 'Fn::GetAtt': ['Hook', 'Arn'] },
          },
        },
        Route: {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: {
            ApiId: { Ref: 'Api' },
            RouteKey: 'POST /requests',
            Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
          },
        },
        May: permission('Hook', 'apigateway.amazonaws.com', {
          SourceArn: {
            'Fn::Join': ['', ['arn:aws:execute-api:ap-northeast-1:123456789012:', { Ref: 'Api' }, '/*/*/requests']],
          },
        }),
      },
      {
        hook: `exports.handler = async (event) => ({ statusCode: 202, headers: { 'x-key': event.headers['x-api-key'] },
          body: event.routeKey + ' ' + event.body + ' ' + event.isBase64Encoded });`,
      },
    );
    const { api } = await world.cloud.apiUrls();
    const post = (path: string, body: string): Promise<Response> =>
      fetch(`${api}${path}`, {
        method: 'POST',
        body,
        headers: { 'x-api-key': 'k', 'content-type': 'application/json' },
      });
    const response = await post('/requests', '{"a":1}');
    expect([response.status, response.headers.get('x-key'), await response.text()]).toEqual([
      202,
      'k',
      'POST /requests {"a":1} false',
    ]);
    expect((await post('/other', '{}')).status).toBe(404);
    expect((await post('/requests', 'x'.repeat(10 * 1024 * 1024 + 1))).status).toBe(413);
  });

  it('refuses calls, or loses their answers, as the faults say', async () => {
    world = await createWorld({ Queue: queue });
    const client = new SQSClient({ ...world.clientOptions(), maxAttempts: 1 });
    const fault = new AwsError('ThrottlingException', 'Rate exceeded', { httpStatus: 429 });
    world.cloud.setFaults(() => ({ refuse: fault }));
    await expect(send(client)).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(world.cloud.queues.byName('q').peek()).toHaveLength(0);
    world.cloud.setFaults(() => ({ loseAnswer: fault }));
    await expect(send(client)).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(world.cloud.queues.byName('q').peek()).toHaveLength(1);
    world.cloud.setFaults(undefined);
    await send(client);
  });

  it('gives roles to those whom they trust, and secrets to those who may read them', async () => {
    world = await createWorld({
      Reader: reader,
      Open: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [
              { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: 'arn:aws:iam::123456789012:root' } },
            ],
          },
        },
      },
    });
    world.cloud.putSecret('git', 'hunter2');
    const sts = new STSClient(world.clientOptions());
    const assumed = await sts.send(new AssumeRoleCommand({ RoleArn: arnOf('Open'), RoleSessionName: 'me' }));
    expect(assumed.AssumedRoleUser?.Arn).toMatch(/assumed-role\/test-Open-\w+\/me$/);
    await expect(
      sts.send(new AssumeRoleCommand({ RoleArn: arnOf('Reader'), RoleSessionName: 'me' })),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    const read = (roleArn?: string): Promise<{ SecretString?: string | undefined }> =>
      new SecretsManagerClient(world.clientOptions(roleArn)).send(new GetSecretValueCommand({ SecretId: 'git' }));
    expect((await read()).SecretString).toBe('hunter2');
    await expect(read(arnOf('Reader'))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it.each<[string, Record<string, { Type: string; Properties?: Record<string, unknown> }>, RegExp]>([
    ['a type it does not know', { X: { Type: 'AWS::Glue::Job' } }, /X: the resource type AWS::Glue::Job is not known/],
    ['a custom resource', { X: { Type: 'Custom::Thing' } }, /Custom::Thing is not known/],
    ['a wrong reference', { X: { ...queue, Properties: { QueueName: { Ref: 'Y' } } } }, /test\/X.*Ref names Y/],
    [
      'a dead-letter queue that admits nobody',
      {
        Dead: { Type: 'AWS::SQS::Queue', Properties: { RedriveAllowPolicy: { redrivePermission: 'denyAll' } } },
        X: {
          Type: 'AWS::SQS::Queue',
          Properties: { RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 } },
        },
      },
      /does not allow/,
    ],
  ])('refuses to deploy %s', async (_name, resources, message) => {
    await expect(createWorld(resources)).rejects.toThrow(message);
    world = await createWorld({});
  });
});
