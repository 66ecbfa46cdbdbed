/** One-time and recurring schedules by the real client. */
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, lambdaFunction, role, type World } from '../testing/world.ts';

const attribute = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });

describe('scheduler', () => {
  let world: World;
  let scheduler: SchedulerClient;

  const arnOf = (id: string): string => String(world.stack.resources.get(id)?.attributes.Arn);
  const request = (more: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput => ({
    Name: 'timer',
    GroupName: 'group',
    ScheduleExpression: 'at(2026-01-05T10:00:00)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: {
      Arn: arnOf('Fired'),
      RoleArn: arnOf('Ringer'),
      Input: '{"n":1}',
      DeadLetterConfig: { Arn: arnOf('Undelivered') },
    },
    ...more,
  });

  beforeEach(async () => {
    world = await createWorld(
      {
        Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'group' } },
        Undelivered: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'undelivered' } },
        FunctionRole: role('lambda.amazonaws.com'),
        Fired: lambdaFunction('fired', 'FunctionRole'),
        Silent: lambdaFunction('silent', 'FunctionRole'),
        Ringer: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: 'sts:AssumeRole',
                  Principal: { Service: 'scheduler.amazonaws.com' },
                  Condition: { ArnEquals: { 'aws:SourceArn': attribute('Group') } },
                },
              ],
            },
            Policies: [
              {
                PolicyName: 'fire',
                PolicyDocument: {
                  Statement: [
                    { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: attribute('Fired') },
                    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: attribute('Undelivered') },
                  ],
                },
              },
            ],
          },
        },
        Stranger: role('ec2.amazonaws.com'),
        Caller: role('lambda.amazonaws.com', {
          Effect: 'Allow',
          Action: 'scheduler:CreateSchedule',
          Resource: 'arn:aws:scheduler:*:*:schedule/group/*',
        }),
      },
      Object.fromEntries(['fired', 'silent'].map((name) => [name, 'exports.handler = async (e) => console.log(e.n);'])),
    );
    scheduler = new SchedulerClient(world.clientOptions());
  });
  afterEach(() => world.close());

  it('fires at its time and is gone afterwards', async () => {
    await scheduler.send(new CreateScheduleCommand(request()));
    expect(
      (await scheduler.send(new GetScheduleCommand({ Name: 'timer', GroupName: 'group' }))).ScheduleExpression,
    ).toBe('at(2026-01-05T10:00:00)');
    expect((await scheduler.send(new ListSchedulesCommand({ GroupName: 'group' }))).Schedules).toHaveLength(1);
    await world.cloud.driver.runUntilIdle();
    expect(world.tracesOf('invocation-start')[0]?.atMs).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 5, 10));
    expect(world.tracesOf('log')[0]?.message).toBe('1');
    await expect(scheduler.send(new GetScheduleCommand({ Name: 'timer', GroupName: 'group' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('at a rate fires from its start date on, again and again until it is deleted', async () => {
    const rate = { ScheduleExpression: 'rate(2 minutes)', StartDate: new Date(Date.UTC(2026, 0, 5, 10)) };
    await scheduler.send(new CreateScheduleCommand(request(rate)));
    const { StartDate } = await scheduler.send(new GetScheduleCommand({ Name: 'timer', GroupName: 'group' }));
    expect(StartDate).toEqual(rate.StartDate);
    await world.cloud.driver.advanceTo(Date.UTC(2026, 0, 5, 10, 5));
    const fired = () => world.tracesOf('schedule-fired').map(({ atMs }) => (atMs - Date.UTC(2026, 0, 5, 10)) / 60_000);
    expect(fired()).toEqual([0, 2, 4]);
    await scheduler.send(new DeleteScheduleCommand({ Name: 'timer', GroupName: 'group' }));
    await world.cloud.driver.runUntilIdle();
    expect(fired()).toEqual([0, 2, 4]);
  });

  it('does not fire once deleted', async () => {
    await scheduler.send(new CreateScheduleCommand(request()));
    await scheduler.send(new DeleteScheduleCommand({ Name: 'timer', GroupName: 'group' }));
    await world.cloud.driver.runUntilIdle();
    expect(world.tracesOf('schedule-fired')).toEqual([]);
  });

  it('refuses a second schedule of the same name', async () => {
    await scheduler.send(new CreateScheduleCommand(request()));
    await expect(scheduler.send(new CreateScheduleCommand(request()))).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });

  it.each([
    'rate(0 minutes)',
    'rate(1 week)',
    'cron(0 9 * * * *)',
    'at(2026-02-31T10:00:00)',
    'at(soon)',
    '2026-01-05T10:00:00',
    'at(2026-01-05T08:00:00)',
  ])('refuses the expression %s', async (ScheduleExpression) => {
    await expect(scheduler.send(new CreateScheduleCommand(request({ ScheduleExpression })))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('refuses a group that is not there, and a role it may not assume', async () => {
    await expect(scheduler.send(new CreateScheduleCommand(request({ GroupName: 'none' })))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const Target = { Arn: arnOf('Fired'), RoleArn: arnOf('Stranger') };
    await expect(scheduler.send(new CreateScheduleCommand(request({ Target })))).rejects.toThrow(/must allow/);
  });

  it('denies a caller that may create the schedule but not pass the role', async () => {
    const client = new SchedulerClient(world.clientOptions(arnOf('Caller')));
    await expect(client.send(new CreateScheduleCommand(request()))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('is not authorized to perform: iam:PassRole on resource'),
    });
    expect(world.tracesOf('api').at(-1)).toMatchObject({
      operation: 'CreateSchedule',
      outcome: 'AccessDeniedException',
    });
  });

  it('sends what its role may not deliver to the dead-letter queue', async () => {
    await scheduler.send(
      new CreateScheduleCommand(request({ Target: { ...request().Target, Arn: arnOf('Silent') } as never })),
    );
    await world.cloud.driver.runUntilIdle();
    const [message] = world.cloud.queues.byName('undelivered').peek();
    expect(message?.body).toBe('{"n":1}');
    expect(message?.attributes.ERROR_CODE?.StringValue).toBe('AccessDeniedException');
  });
});
