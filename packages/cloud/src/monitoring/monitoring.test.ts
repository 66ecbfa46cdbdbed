/** Alarms and metrics by the real client: worked out from the world as it is. */
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, it } from 'vitest';
import { createWorld, lambdaFunction, role, type World } from '../testing/world.ts';

let world: World;
afterEach(() => world.close());

const alarm = (name: string, metric: object) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: name,
    Period: 300,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    TreatMissingData: 'notBreaching',
    ...metric,
  },
});

const open = async () => {
  world = await createWorld(
    {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
      Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/one' } },
      Role: role('lambda.amazonaws.com'),
      One: lambdaFunction('one', 'Role'),
      Warns: {
        Type: 'AWS::Logs::MetricFilter',
        Properties: {
          LogGroupName: '/aws/lambda/one',
          FilterPattern: '{ $.level = "WARN" }',
          MetricTransformations: [{ MetricNamespace: 'Mine', MetricName: 'Warnings', MetricValue: '1' }],
        },
      },
      DeadAlarm: alarm('t-dead', {
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: 'dead' }],
        Statistic: 'Maximum',
      }),
      WarnAlarm: alarm('t-warns', { Namespace: 'Mine', MetricName: 'Warnings', Statistic: 'Sum' }),
      ErrorAlarm: alarm('t-errors', {
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Dimensions: [{ Name: 'FunctionName', Value: 'one' }],
        Statistic: 'Sum',
      }),
    },
    { one: `exports.handler = async ({ line }) => { if (!line) throw new Error('broken'); console.log(line); };` },
  );
  return new CloudWatchClient(world.clientOptions());
};
const invoke = (payload: object) =>
  world.cloud.core.call(
    'lambda',
    'Invoke',
    { FunctionName: 'one', Payload: JSON.stringify(payload) },
    { kind: 'root', arn: 'arn:aws:iam::123456789012:root' },
  );
const ringing = async (client: CloudWatchClient) => {
  const { MetricAlarms = [] } = await client.send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: 't-', StateValue: 'ALARM' }),
  );
  return MetricAlarms.map(({ AlarmName }) => AlarmName);
};

it('an alarm rings while its metric is over the threshold, and is quiet after', async () => {
  const client = await open();
  expect(await ringing(client)).toEqual([]);
  const sqs = new SQSClient(world.clientOptions());
  await sqs.send(new SendMessageCommand({ QueueUrl: 'http://h/1/dead', MessageBody: 'x' }));
  expect(await ringing(client)).toEqual(['t-dead']);
  await invoke({ line: '{"level":"WARN"}' });
  await invoke({});
  expect(await ringing(client)).toEqual(['t-dead', 't-errors', 't-warns']);
  await world.cloud.driver.advanceBy(10 * 60_000);
  world.cloud.queues.byName('dead').purge();
  expect(await ringing(client)).toEqual([]);
});

it('GetMetricData gives one value a period, newest first', async () => {
  const client = await open();
  const StartTime = new Date(world.cloud.clock.nowMs());
  await invoke({});
  await invoke({});
  await world.cloud.driver.advanceBy(10 * 60_000);
  await invoke({});
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      StartTime,
      EndTime: new Date(world.cloud.clock.nowMs() + 1),
      MetricDataQueries: [
        {
          Id: 'm',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/Lambda',
              MetricName: 'Errors',
              Dimensions: [{ Name: 'FunctionName', Value: 'one' }],
            },
            Period: 300,
            Stat: 'Sum',
          },
        },
      ],
    }),
  );
  expect(MetricDataResults?.[0]?.Values).toEqual([1, 2]);
});
