/** Lambda with events, schedules and queues: real bundles, real clients, virtual time. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import type { TemplateResource } from '../deploy/template.ts';
import { AwsError } from '../errors.ts';
import { createWorld, lambdaFunction, permission, role, type World } from '../testing/world.ts';

const queue = (name: string, more: Record<string, unknown> = {}): TemplateResource => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: name, VisibilityTimeout: 180, ...more },
});
const consume = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** The function `intake`, for which Lambda polls the queue `inbox`. */
const polling = (Role: ReturnType<typeof role>, settings: object = {}) => ({
  Role,
  Intake: lambdaFunction('intake', 'Role'),
  Inbox: queue('inbox'),
  Source: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { EventSourceArn: { 'Fn::GetAtt': ['Inbox', 'Arn'] }, FunctionName: { Ref: 'Intake' }, ...settings },
  },
});

describe('lambda', () => {
  let world: World;
  afterEach(() => world.close());

  const invoke = async (name: string, payload: unknown): Promise<{ error: string | undefined; value: unknown }> => {
    const client = new LambdaClient(world.clientOptions());
    const result = await client.send(
      new InvokeCommand({ FunctionName: name, Payload: new TextEncoder().encode(JSON.stringify(payload)) }),
    );
    return { error: result.FunctionError, value: JSON.parse(new TextDecoder().decode(result.Payload)) };
  };

  it('gives the code its own environment, clock, console and global object', async () => {
    world = await createWorld(
      {
        Role: role('lambda.amazonaws.com'),
        One: lambdaFunction('one', 'Role', { Environment: { Variables: { MARK: 'first' } } }),
        Two: lambdaFunction('two', 'Role', { Environment: { Variables: { MARK: 'second' } } }),
      },
      Object.fromEntries(
        ['one', 'two'].map((name) => [
          name,
          `let calls = 0;
           exports.handler = async (event, context) => {
             globalThis.mine ??= process.env.MARK;
             console.log('called', event.n);
             return { mark: globalThis.mine, region: process.env.AWS_REGION, calls: ++calls, nowMs: Date.now(),
               iso: new Date().toISOString(), left: context.getRemainingTimeInMillis(), same: Object.getPrototypeOf(event) === Object.prototype };
           };`,
        ]),
      ),
    );
    const nowMs = world.cloud.clock.nowMs();
    expect((await invoke('one', { n: 1 })).value).toEqual({
      mark: 'first',
      region: 'ap-northeast-1',
      calls: 1,
      nowMs,
      iso: new Date(nowMs).toISOString(),
      left: 30_000,
      same: true,
    });
    expect((await invoke('two', {})).value).toMatchObject({ mark: 'second', calls: 1 });
    expect((await invoke('one', {})).value).toMatchObject({ mark: 'first', calls: 2 });
    expect(world.tracesOf('log').map((trace) => trace.message)).toContain('called 1');
    expect((globalThis as Record<string, unknown>).mine).toBeUndefined();
  });

  it("runs libraries once for all, and the function's own modules anew for each environment", async () => {
    const code = { Code: { S3Bucket: 'assets', S3Key: 'bundle.zip' } };
    world = await createWorld(
      {
        Role: role('lambda.amazonaws.com'),
        One: lambdaFunction('one', 'Role', { ...code, Environment: { Variables: { MARK: 'first' } } }),
        Two: lambdaFunction('two', 'Role', { ...code, Environment: { Variables: { MARK: 'second' } } }),
      },
      {
        // As esbuild has it: the entry's exports come first, the modules after what they import.
        bundle: `"use strict";
// src/handler.ts
module.exports = { handler: (event) => handler(event) };

// node_modules/library/index.js
let uses = 0;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const look = async (ms) => {
  uses += 1;
  await sleep(ms);
  return { uses, mark: process.env.MARK, nowMs: Date.now(), isDate: (value) => value instanceof Date };
};

// src/handler.ts
let calls = 0;
const handler = async ({ ms }) => {
  const { isDate, ...seen } = await look(ms);
  return { ...seen, calls: ++calls, isDate: isDate(new Date()) };
};
`,
      },
    );
    world.cloud.functions.find('two').skewMs = 5_000;
    const driving = world.cloud.driver.drive({ speed: 'jump' });
    const startMs = world.cloud.clock.nowMs();
    const [one, two] = await Promise.all([invoke('one', { ms: 2_000 }), invoke('two', { ms: 1_000 })]);
    const same = { isDate: true, calls: 1, uses: 2 };
    expect(one.value).toEqual({ ...same, mark: 'first', nowMs: startMs + 2_000 });
    expect(two.value).toEqual({ ...same, mark: 'second', nowMs: startMs + 6_000 });
    world.cloud.functions.find('one').configure({ MARK: 'third' });
    expect((await invoke('one', { ms: 0 })).value).toMatchObject({ mark: 'third', calls: 1, uses: 3 });
    expect((await invoke('two', { ms: 0 })).value).toMatchObject({ mark: 'second', calls: 2, uses: 4 });
    await driving.stop();
  });

  it('sleeps on the virtual clock, and times out on it', async () => {
    world = await createWorld(
      { Role: role('lambda.amazonaws.com'), Slow: lambdaFunction('slow', 'Role') },
      { slow: `exports.handler = async (e) => { await new Promise((r) => setTimeout(r, e.ms)); return 'woke'; };` },
    );
    const driving = world.cloud.driver.drive({ speed: 'jump' });
    const startMs = world.cloud.clock.nowMs();
    expect((await invoke('slow', { ms: 20_000 })).value).toBe('woke');
    expect(world.cloud.clock.nowMs() - startMs).toBeGreaterThanOrEqual(20_000);
    expect(await invoke('slow', { ms: 40_000 })).toMatchObject({
      error: 'Unhandled',
      value: { errorType: 'Sandbox.Timedout', errorMessage: expect.stringContaining('30.00 seconds') },
    });
    await driving.stop();
  });

  it('clears a guard that a library set by node:timers', async () => {
    world = await createWorld(
      { Role: role('lambda.amazonaws.com'), Guarded: lambdaFunction('guarded', 'Role') },
      {
        guarded: `const timers = require('node:timers');
          exports.handler = async () => { const guard = timers.setTimeout(() => {}, 1e6); clearTimeout(guard); return guard._destroyed; };`,
      },
    );
    expect((await invoke('guarded', {})).value).toBe(true);
  });

  it('reports a module that throws when loaded, and loads it anew next time', async () => {
    world = await createWorld(
      { Role: role('lambda.amazonaws.com'), Bad: lambdaFunction('bad', 'Role') },
      { bad: `throw new TypeError('TABLE_NAME is missing');` },
    );
    for (let round = 0; round < 2; round++) {
      expect(await invoke('bad', {})).toMatchObject({
        error: 'Unhandled',
        value: { errorType: 'TypeError', errorMessage: 'TABLE_NAME is missing' },
      });
    }
    expect(world.tracesOf('invocation-end').map((trace) => trace.outcome)).toEqual(['init-error', 'init-error']);
  });

  it('does not start a handler that takes a callback, as from Node 24 on', async () => {
    world = await createWorld(
      { Role: role('lambda.amazonaws.com'), Old: lambdaFunction('old', 'Role') },
      { old: 'exports.handler = (event, context, callback) => callback(null, 1);' },
    );
    expect(await invoke('old', {})).toMatchObject({ value: { errorType: 'Runtime.CallbackHandlerDeprecated' } });
  });

  it('retries an asynchronous invocation after one and two minutes, then sends to the on-failure destination', async () => {
    world = await createWorld(
      {
        Role: role('lambda.amazonaws.com', { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }),
        Fails: lambdaFunction('fails', 'Role'),
        Unhandled: queue('unhandled'),
        Config: {
          Type: 'AWS::Lambda::EventInvokeConfig',
          Properties: {
            FunctionName: { Ref: 'Fails' },
            Qualifier: '$LATEST',
            DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Unhandled', 'Arn'] } } },
          },
        },
      },
      { fails: `exports.handler = async () => { throw new RangeError('no'); };` },
    );
    const client = new LambdaClient(world.clientOptions());
    const startMs = world.cloud.clock.nowMs();
    await client.send(
      new InvokeCommand({ FunctionName: 'fails', InvocationType: 'Event', Payload: Buffer.from('{"a":1}') }),
    );
    await world.cloud.driver.runUntilIdle();
    const starts = world.tracesOf('invocation-start').map((trace) => Math.floor((trace.atMs - startMs) / 1000));
    expect(starts).toEqual([0, 60, 180]);
    const record = JSON.parse(world.cloud.queues.byName('unhandled').peek()[0]?.body ?? '{}');
    expect(record).toMatchObject({
      version: '1.0',
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { a: 1 },
      responseContext: { functionError: 'Unhandled' },
      responsePayload: { errorType: 'RangeError', errorMessage: 'no' },
    });
  });

  it('delivers a matching event to function and queue, and what may not be delivered to the dead-letter queue', async () => {
    const allowQueue = (Queue: string): TemplateResource => ({
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: Queue }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': [Queue, 'Arn'] },
              Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Rule', 'Arn'] } } },
            },
          ],
        },
      },
    });
    world = await createWorld(
      {
        Role: role('lambda.amazonaws.com'),
        Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'own' } },
        Seen: lambdaFunction('seen', 'Role'),
        Hidden: lambdaFunction('hidden', 'Role'),
        Seeing: permission('Seen', 'events.amazonaws.com', { SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] } }),
        Inbox: queue('inbox'),
        Dead: queue('dead'),
        InboxPolicy: allowQueue('Inbox'),
        DeadPolicy: allowQueue('Dead'),
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventBusName: { Ref: 'Bus' },
            EventPattern: { source: ['client'], 'detail-type': ['Asked'] },
            Targets: [
              { Id: '1', Arn: { 'Fn::GetAtt': ['Seen', 'Arn'] } },
              { Id: '2', Arn: { 'Fn::GetAtt': ['Inbox', 'Arn'] }, InputPath: '$.detail' },
              {
                Id: '3',
                Arn: { 'Fn::GetAtt': ['Hidden', 'Arn'] },
                DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
              },
            ],
          },
        },
      },
      {
        seen: `exports.handler = async (event) => { console.log(JSON.stringify(event)); };`,
        hidden: `exports.handler = async () => { console.log('never'); };`,
      },
    );
    const events = new EventBridgeClient(world.clientOptions());
    const put = await events.send(
      new PutEventsCommand({
        Entries: [
          { EventBusName: 'own', Source: 'client', DetailType: 'Asked', Detail: '{"n":1}' },
          { EventBusName: 'own', Source: 'client', DetailType: 'Other', Detail: '{}' },
          { EventBusName: 'own', Source: 'client', DetailType: 'Asked', Detail: 'not json' },
          { EventBusName: 'own', Source: 'aws.ecs', DetailType: 'Asked', Detail: '{}' },
        ],
      }),
    );
    expect(put.FailedEntryCount).toBe(2);
    expect(put.Entries?.map((entry) => entry.ErrorCode)).toEqual([
      undefined,
      undefined,
      'MalformedDetail',
      'NotAuthorizedForSourceException',
    ]);
    await world.cloud.driver.runUntilIdle();
    expect(world.tracesOf('invocation-start').map((trace) => trace.functionName)).toEqual(['seen']);
    expect(JSON.parse(world.tracesOf('log')[0]?.message ?? '')).toMatchObject({
      source: 'client',
      'detail-type': 'Asked',
      account: world.cloud.account,
      detail: { n: 1 },
    });
    expect(
      world.cloud.queues
        .byName('inbox')
        .peek()
        .map((message) => message.body),
    ).toEqual(['{"n":1}']);
    const dead = world.cloud.queues.byName('dead').peek();
    expect(dead[0]?.attributes.ERROR_CODE?.StringValue).toBe('NO_PERMISSIONS');
    expect(world.tracesOf('delivery-failed')).toHaveLength(1);
  });

  it('takes batches from a queue, deletes what succeeded, and lets what failed die', async () => {
    world = await createWorld(
      {
        Role: role('lambda.amazonaws.com', { Effect: 'Allow', Action: consume, Resource: '*' }),
        Intake: lambdaFunction('intake', 'Role'),
        Dead: queue('dead'),
        Inbox: queue('inbox', {
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
        }),
        Source: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Inbox', 'Arn'] },
            FunctionName: { Ref: 'Intake' },
            BatchSize: 25,
            MaximumBatchingWindowInSeconds: 1,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            ScalingConfig: { MaximumConcurrency: 2 },
          },
        },
      },
      {
        intake: `exports.handler = async ({ Records }) => {
          console.log(Records.map((r) => r.body).join());
          return { batchItemFailures: Records.filter((r) => r.body === 'bad').map((r) => ({ itemIdentifier: r.messageId })) };
        };`,
      },
    );
    const sqs = new SQSClient(world.clientOptions());
    for (const MessageBody of ['a', 'bad', 'b']) {
      await sqs.send(new SendMessageCommand({ QueueUrl: world.stack.resources.get('Inbox')?.ref, MessageBody }));
    }
    await world.cloud.driver.runUntilIdle();
    expect(world.tracesOf('log').map((trace) => trace.message)).toEqual(['a,bad,b', 'bad', 'bad']);
    expect(world.cloud.queues.byName('inbox').peek()).toEqual([]);
    expect(
      world.cloud.queues
        .byName('dead')
        .peek()
        .map((message) => message.body),
    ).toEqual(['bad']);
  });

  it('begins a batch as soon as it is full, else when its window is over', async () => {
    world = await createWorld(
      polling(role('lambda.amazonaws.com', { Effect: 'Allow', Action: consume, Resource: '*' }), {
        BatchSize: 2,
        MaximumBatchingWindowInSeconds: 10,
      }),
      { intake: 'exports.handler = async ({ Records }) => console.log(Records.map((r) => r.body).join());' },
    );
    const { clock, driver, queues } = world.cloud;
    const startMs = clock.nowMs();
    for (const body of ['a', 'b', 'c']) {
      queues.byName('inbox').send({ body, attributes: {}, senderId: 'test' });
      await driver.advanceBy(1_000);
    }
    await driver.runUntilIdle();
    const batches = world.tracesOf('log').map(({ atMs, message }) => [message, atMs - startMs]);
    expect(batches).toEqual([
      ['a,b', 1_000],
      ['c', 12_000],
    ]);
  });

  it('goes on taking messages when the queue refused for a while', async () => {
    world = await createWorld(
      polling(role('lambda.amazonaws.com', { Effect: 'Allow', Action: consume, Resource: '*' })),
      { intake: 'exports.handler = async () => {};' },
    );
    let refusals = 3;
    const refuse = new AwsError('ThrottlingException', 'Rate exceeded', { httpStatus: 429 });
    world.cloud.setFaults((call) => (call.operation === 'ReceiveMessage' && refusals-- > 0 ? { refuse } : undefined));
    world.cloud.queues.byName('inbox').send({ body: 'x', attributes: {}, senderId: 'test' });
    await world.cloud.driver.runUntilIdle();
    expect(world.cloud.queues.byName('inbox').peek()).toEqual([]);
  });

  it('counts a receive for what it could not hand over, since the function had no room', async () => {
    world = await createWorld(
      polling(role('lambda.amazonaws.com', { Effect: 'Allow', Action: consume, Resource: '*' })),
      {
        intake: 'exports.handler = async ({ Records: [r] }) => console.log(r.attributes.ApproximateReceiveCount);',
      },
    );
    const intake = world.cloud.functions.find('intake');
    intake.reserveConcurrency(0);
    world.cloud.queues.byName('inbox').send({ body: 'x', attributes: {}, senderId: 'test' });
    await world.cloud.driver.advanceBy(400_000);
    intake.reserveConcurrency(undefined);
    await world.cloud.driver.runUntilIdle();
    expect(world.tracesOf('log').map(({ message }) => Number(message))).toEqual([4]);
  });

  it('refuses a mapping whose function may not read the queue', async () => {
    const building = createWorld(polling(role('lambda.amazonaws.com')), {
      intake: 'exports.handler = async () => {};',
    });
    await expect(building).rejects.toThrow(/not authorized to perform: sqs:GetQueueAttributes/);
    world = await createWorld({});
  });
});
