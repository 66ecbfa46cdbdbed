/** CloudWatch Logs by the real client: what functions print, read by stream and across streams, page by page. */
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, lambdaFunction, role, type World } from '../testing/world.ts';
import { compileFilterPattern } from './filter-pattern.ts';
import { LogStore } from './log-store.ts';

describe('logs', () => {
  let world: World;
  afterEach(() => world.close());

  const open = async () => {
    world = await createWorld(
      {
        Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/one', RetentionInDays: 1 } },
        Role: role('lambda.amazonaws.com'),
        One: lambdaFunction('one', 'Role'),
      },
      {
        one: `exports.handler = async ({ lines = [], fail }) => {
          for (const line of lines) console.log(line);
          if (fail) throw new TypeError(fail);
        };`,
      },
    );
    return new CloudWatchLogsClient(world.clientOptions());
  };
  const invoke = (payload: object) =>
    world.cloud.core.call(
      'lambda',
      'Invoke',
      { FunctionName: 'one', Payload: JSON.stringify(payload) },
      { kind: 'root', arn: 'arn:aws:iam::123456789012:root' },
    );

  it('holds what a function printed, with its time, and gives it by stream and by filter', async () => {
    const client = await open();
    const startMs = world.cloud.clock.nowMs();
    await invoke({ lines: ['{"level":"WARN","id":"r1"}', '{"level":"INFO","id":"r2"}'] });
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/' }));
    expect(logGroups).toMatchObject([{ logGroupName: '/aws/lambda/one', retentionInDays: 1 }]);
    const logGroupName = '/aws/lambda/one';
    const { logStreams = [] } = await client.send(new DescribeLogStreamsCommand({ logGroupName }));
    const [{ logStreamName = '' } = {}] = logStreams;
    const { events } = await client.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }));
    expect(events?.map(({ message, timestamp }) => [message, timestamp])).toEqual([
      ['{"level":"WARN","id":"r1"}', startMs],
      ['{"level":"INFO","id":"r2"}', startMs],
    ]);
    const filtered = await client.send(
      new FilterLogEventsCommand({ logGroupName, filterPattern: '{ $.level = "WARN" && $.id = "r*" }' }),
    );
    expect(filtered.events).toMatchObject([{ message: '{"level":"WARN","id":"r1"}', logStreamName }]);
  });

  it('pages a filter to its end, each line once', async () => {
    const client = await open();
    const lines = Array.from({ length: 25 }, (_, n) => `line ${n}`);
    await invoke({ lines });
    const seen: string[] = [];
    let pages = 0;
    for await (const page of paginateFilterLogEvents({ client }, { logGroupName: '/aws/lambda/one', limit: 10 })) {
      pages += 1;
      seen.push(...(page.events ?? []).map(({ message = '' }) => message));
    }
    expect([pages, seen]).toEqual([3, lines]);
  });

  it('has what the runtime says of a handler that threw', async () => {
    const client = await open();
    await invoke({ fail: 'it broke' });
    const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/one' }));
    expect(JSON.parse(events[0]?.message ?? '')).toMatchObject({
      level: 'ERROR',
      message: { errorMessage: 'it broke' },
    });
  });

  it('forgets what is older than the retention', async () => {
    const client = await open();
    await invoke({ lines: ['old'] });
    await world.cloud.driver.advanceBy(25 * 3_600_000);
    await invoke({ lines: ['new'] });
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/one' }));
    expect(events?.map(({ message }) => message)).toEqual(['new']);
  });

  it('says which group is not there', async () => {
    const client = await open();
    await expect(client.send(new FilterLogEventsCommand({ logGroupName: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

it('a group keeps its last lines only, however long a simulation runs', () => {
  const store = new LogStore();
  for (let n = 0; n < 100_000; n += 1) store.append('g', 's', `line ${n}`, n);
  const group = store.find('g');
  if (group === undefined) throw new Error('no group');
  expect(group.events.length).toBeLessThanOrEqual(40_000);
  expect(store.eventsOf(group, 100_000).at(-1)?.message).toBe('line 99999');
});

it.each([
  ['', 'anything', true],
  ['ERROR', 'an ERROR here', true],
  ['ERROR', 'an error here', false],
  ['"two words" -not', 'two words', true],
  ['"two words" -not', 'two words not', false],
  ['?a1 ?b2', 'only b2', true],
  ['?a1 ?b2', 'neither', false],
  ['%r[0-9]+%', 'r12', true],
  ['{ $.level = "WARN" }', '{"level":"WARN"}', true],
  ['{ $.level = "WARN" }', 'level WARN', false],
  ['{ $.overdueMinutes >= 0 }', '{"overdueMinutes":3}', true],
  ['{ $.overdueMinutes >= 0 }', '{"overdueMinutes":"3"}', false],
  ['{ ($.a.b[1] = 2) || ($.c IS NULL) }', '{"a":{"b":[1,2]}}', true],
  ['{ ($.a.b[1] = 2) || ($.c IS NULL) }', '{"c":null}', true],
  ['{ $.a NOT EXISTS && $.b EXISTS }', '{"b":0}', true],
  ['{ $.a != "x*" }', '{"a":"yx"}', true],
])('filter pattern %s of %s: %s', (pattern, line, holds) => {
  expect(compileFilterPattern(pattern)(line)).toBe(holds);
});

it.each(['[a, b]', '{ $.a = }', '{ a = 1 }', '%(%'])('the filter pattern %s is refused by name', (pattern) => {
  expect(() => compileFilterPattern(pattern)).toThrow(/Invalid filter pattern/);
});
