/** Rules that the alarms keep. */
import { describe, expect, test } from 'vitest';
import { exampleConfig } from './example-config.ts';
import { base, ExampleTemplate } from './synthesize-example.ts';
import { type Json, referenced } from './template.ts';

/** Of alarms alone: nobody else has a topic. */
const example = { ...exampleConfig, answers: {} };
const template = new ExampleTemplate(example);
const alarms = template.resources('CloudWatch::Alarm');
const withMail = new ExampleTemplate({ ...example, alarmEmail: 'oncall@example.com' });

describe('the alarms', () => {
  test('are at most the ten that are free', () => {
    expect(alarms.length).toBeLessThanOrEqual(10);
  });

  test.each(alarms)('$Properties.AlarmName says what is wrong, and takes no data for good news', ({ Properties }) => {
    expect(Properties.AlarmDescription.length).toBeGreaterThan(10);
    expect(Properties.TreatMissingData).toBe('notBreaching');
    expect(Properties.Period).toBeGreaterThanOrEqual(60);
  });

  test('watch each queue where messages rest, and the age of those that carry work', () => {
    const watched = alarms
      .filter(({ Properties }) => Properties.Namespace === 'AWS/SQS')
      .map(({ Properties }) => `${Properties.MetricName} ${referenced(Properties.Dimensions[0].Value)}`);
    const { queueId } = template;
    expect(watched.sort()).toEqual(
      [
        ...['intake-dead', 'failed-mirrors', 'undelivered', 'unhandled'].map(
          (name) => `ApproximateNumberOfMessagesVisible ${queueId(name)}`,
        ),
        ...['intake', 'replay'].map((name) => `ApproximateAgeOfOldestMessage ${queueId(name)}`),
      ].sort(),
    );
  });

  test('go off when the teardown was not called, fails, or leaves endpoints behind', () => {
    const watched = alarms
      .filter(({ Properties }) => Properties.Namespace !== 'AWS/SQS')
      .map(({ Properties }) => [Properties.Namespace, Properties.MetricName, Properties.Dimensions?.[0].Value]);
    expect(watched).toEqual([
      ['AWS/Scheduler', 'InvocationDroppedCount', base],
      ['AWS/Lambda', 'Errors', `${base}-teardown`],
      [`Hourglass/${exampleConfig.deployment}`, 'TeardownWarnings', undefined],
      [`Hourglass/${exampleConfig.deployment}`, 'EndpointsOverdue', undefined],
    ]);
  });

  test("count the teardown's warnings and what it, the runner and the provisioner find overdue, and only while there is any", () => {
    const filters = template.resources('Logs::MetricFilter');
    const logsOf = (service: string) =>
      template.named('Logs::LogGroup', 'LogGroupName', `/aws/lambda/${base}-${service}`).id;
    for (const { Properties } of filters) {
      // A default value would be written, and paid, every minute.
      expect(Properties.MetricTransformations[0]).not.toHaveProperty('DefaultValue');
    }
    expect(
      filters.map(({ Properties }) => [referenced(Properties.LogGroupName), Properties.FilterPattern]).sort(),
    ).toEqual(
      [
        [logsOf('teardown'), '{ $.level = "WARN" }'],
        [logsOf('teardown'), '{ $.overdueMinutes >= 0 }'],
        [logsOf('runner'), '{ $.overdueMinutes >= 0 }'],
        [logsOf('provisioner'), '{ $.overdueMinutes >= 0 }'],
      ].sort(),
    );
  });

  test('notify nobody, and need no topic, without an address', () => {
    expect(template.resources('SNS::Topic')).toEqual([]);
    for (const { Properties } of alarms) expect(Properties).not.toHaveProperty('AlarmActions');
  });
});

describe('with an address', () => {
  const [topic] = withMail.resources('SNS::Topic');

  test('each alarm publishes to the topic, and the topic mails that address', () => {
    for (const { Properties } of withMail.resources('CloudWatch::Alarm')) {
      expect(Properties.AlarmActions.map(referenced)).toEqual([topic?.id]);
    }
    const [subscription] = withMail.resources('SNS::Subscription');
    expect(subscription?.Properties).toMatchObject({ Protocol: 'email', Endpoint: 'oncall@example.com' });
  });

  test('the topic takes TLS only, and alarms of this deployment only', () => {
    const [policy] = withMail.resources('SNS::TopicPolicy');
    const statements: Json[] = policy?.Properties.PolicyDocument.Statement;
    expect(statements).toHaveLength(2);
    expect(statements).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
    const allowed = statements.find(({ Effect }) => Effect === 'Allow');
    expect(allowed).toMatchObject({ Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } });
    expect(JSON.stringify(allowed.Condition.ArnLike)).toContain(`:alarm:${base}-*`);
  });
});
