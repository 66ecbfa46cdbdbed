import { describe, expect, test } from 'vitest';
import { type HourglassConfigInput, parseConfig } from './config.ts';
import { exampleConfig } from './example-config.ts';
import { base, ExampleTemplate } from './synthesize-example.ts';

const source = 'https://git.example.com/app.git';
const configured = (app: object) =>
  ({ ...exampleConfig, repositories: { app: { source, ...app } } }) as HourglassConfigInput;

describe('a schedule', () => {
  test.each([
    'rate(1 hour)',
    'rate(6 hours)',
    'cron(0 3 * * ? *)',
    'cron(0/15 8-18 ? * MON-FRI *)',
    { expression: 'cron(0 3 ? * 2#1 *)', timeZone: 'Asia/Tokyo' },
  ])('may be %j', (schedule) => {
    expect(() => parseConfig(configured({ schedule }))).not.toThrow();
  });

  test.each([
    ['rate(1 hours)', /^repositories\.app\.schedule: must be 'rate\(6 hours\)' or/],
    ['rate(0 hours)', /^repositories\.app\.schedule: must be/],
    ['every night', /^repositories\.app\.schedule: must be/],
    ['cron(0 3 * * *)', /^repositories\.app\.schedule: must be/],
    ['cron(0 3 * * * *)', /with \? for one of the two days/],
    [{ expression: 'rate(1 day)', timeZone: 'Tokio' }, /^repositories\.app\.schedule\.timeZone: must be a time zone/],
  ])('that is %j is refused by name', (schedule, message) => {
    expect(() => parseConfig(configured({ schedule }))).toThrow(message);
  });

  test('of a repository without a source is refused by name', () => {
    expect(() => parseConfig(configured({ source: undefined, schedule: 'rate(1 day)' }))).toThrow(
      /^repositories\.app\.schedule: needs to know what to mirror/,
    );
  });
});

test.each([[[]], [['a b']], [['main:trunk']], [['^']], ['main']])('refs that are %j are refused by name', (refs) => {
  expect(() => parseConfig(configured({ refs }))).toThrow(/^repositories\.app\.refs/);
});

describe('a template with schedules', () => {
  const long = 'r'.repeat(100);
  const template = new ExampleTemplate({
    ...exampleConfig,
    carrier: 'fargate',
    repositories: {
      app: { source, destination: 'team-app', schedule: 'rate(6 hours)', refs: ['main', '^wip/*'] },
      [long]: {
        source: 'https://git.example.com/r',
        maxDelay: '2h',
        schedule: { expression: 'cron(0 3 * * ? *)', timeZone: 'Asia/Tokyo' },
      },
    },
  });
  const schedules = template.resources('Scheduler::Schedule').map(({ Properties }) => Properties);

  test('has one entry each, whose request waits for a paid hour as long as it may', () => {
    expect(schedules.map(({ Target }) => JSON.parse(Target.Input))).toEqual([
      { version: 1, repository: 'app', sourceUrl: source, maxDelaySeconds: 86_400, origin: { door: 'schedule' } },
      {
        version: 1,
        repository: long,
        sourceUrl: 'https://git.example.com/r',
        maxDelaySeconds: 7_200,
        origin: { door: 'schedule' },
      },
    ]);
    expect(schedules[1]).toMatchObject({
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Tokyo',
    });
    for (const { Name, Target } of schedules) {
      expect(Name).toMatch(/^[\w.-]{1,64}$/);
      expect(Target).toMatchObject({
        DeadLetterConfig: expect.anything(),
        EventBridgeParameters: { Source: 'hourglass.client' },
      });
    }
  });

  test('keeps them out of the group of the lease, and names to the tasks the refs that the mirror selects', () => {
    expect(schedules.map(({ GroupName }) => GroupName.Ref)).not.toContain(
      template.named('Scheduler::ScheduleGroup', 'Name', base).id,
    );
    const [definition] = template.resources('ECS::TaskDefinition');
    const environment = definition?.Properties.ContainerDefinitions[0].Environment;
    const { Value } = environment.find(({ Name }: { Name: string }) => Name === 'REPOSITORY_REFS');
    expect(JSON.parse(Value)).toEqual({ 'team-app': ['main', '^wip/*'] });
  });

  test('lets the schedules ask for mirrors in the name of a client, and nothing else', () => {
    const role = schedules[0]?.Target.RoleArn['Fn::GetAtt'][0];
    expect(template.grants().filter((grant) => grant.role === role)).toMatchObject([
      {
        actions: ['events:PutEvents'],
        condition: { StringEquals: { 'events:source': 'hourglass.client', 'events:detail-type': ['MirrorRequested'] } },
      },
      { actions: ['sqs:SendMessage'] },
    ]);
  });
});
