/** Rules that the control plane's template keeps: queues, functions, event rules. */
import { describe, expect, test } from 'vitest';
import { exampleConfig } from './example-config.ts';
import { serviceNames } from './names.ts';
import { base, ExampleTemplate } from './synthesize-example.ts';
import { type Json, referenced } from './template.ts';

const template = new ExampleTemplate();
const { queueId, functionId } = template;
const rules = template.resources('Events::Rule');

describe('every queue', () => {
  const queues = template.resources('SQS::Queue');
  const deadLetterTargets = new Set<string | undefined>([
    ...queues.map(({ Properties }) => referenced(Properties.RedrivePolicy?.deadLetterTargetArn)),
    ...rules.flatMap(({ Properties }) =>
      Properties.Targets.map((target: Json) => referenced(target.DeadLetterConfig?.Arn)),
    ),
    ...template
      .resources('Lambda::EventInvokeConfig')
      .map(({ Properties }) => referenced(Properties.DestinationConfig.OnFailure.Destination)),
  ]);

  test.each(queues)('$id has a dead-letter queue or is one', ({ id, Properties }) => {
    expect(Properties.RedrivePolicy !== undefined || deadLetterTargets.has(id)).toBe(true);
  });

  test.each(queues)('$id is encrypted and talks TLS only', ({ id, Properties }) => {
    expect(Properties.SqsManagedSseEnabled).toBe(true);
    const statements = template
      .resources('SQS::QueuePolicy')
      .filter((policy) => referenced(policy.Properties.Queues[0]) === id)
      .flatMap((policy) => policy.Properties.PolicyDocument.Statement);
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 'sqs:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  test('gives failed replays to failed-mirrors after three tries and poison requests to intake-dead after five', () => {
    const redrive = (name: string) =>
      template.named('SQS::Queue', 'QueueName', `${base}-${name}`).Properties.RedrivePolicy;
    expect(referenced(redrive('replay').deadLetterTargetArn)).toBe(queueId('failed-mirrors'));
    expect(redrive('replay').maxReceiveCount).toBe(3);
    expect(referenced(redrive('intake').deadLetterTargetArn)).toBe(queueId('intake-dead'));
    expect(redrive('intake').maxReceiveCount).toBe(480);
  });

  test('where messages rest has an alarm', () => {
    const watched = template
      .resources('CloudWatch::Alarm')
      .map(({ Properties }) => referenced(Properties.Dimensions?.[0].Value));
    expect(watched).toEqual(
      expect.arrayContaining(['intake-dead', 'failed-mirrors', 'undelivered', 'unhandled'].map(queueId)),
    );
  });
});

describe('every function', () => {
  const functions = template.resources('Lambda::Function');

  test('is a service, by its fixed name', () => {
    expect(functions.map(({ Properties }) => Properties.FunctionName).sort()).toEqual(
      [...serviceNames, 'clean-up'].map((service) => `${base}-${service}`).sort(),
    );
  });

  test('has a role of its own', () => {
    expect(new Set(functions.map(({ Properties }) => referenced(Properties.Role))).size).toBe(functions.length);
  });

  test.each(functions)(
    '$id is outside the VPC (but the fetcher), on arm64 and Node 24, and logs JSON to its own group',
    ({ Properties }) => {
      expect('VpcConfig' in Properties).toBe(Properties.FunctionName === `${base}-fetcher`);
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON' },
      });
      const logs = template.named('Logs::LogGroup', 'LogGroupName', `/aws/lambda/${Properties.FunctionName}`);
      expect(referenced(Properties.LoggingConfig.LogGroup)).toBe(logs.id);
      expect(logs.Properties.RetentionInDays).toBeGreaterThan(0);
    },
  );

  test.each(functions)('$id times out well within the visibility of its queue', ({ id, Properties }) => {
    for (const mapping of template.resources('Lambda::EventSourceMapping')) {
      if (referenced(mapping.Properties.FunctionName) !== id) continue;
      const queue = template.json.Resources[referenced(mapping.Properties.EventSourceArn) ?? ''];
      expect(queue.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Properties.Timeout);
      expect(mapping.Properties.ScalingConfig.MaximumConcurrency).toBe(2);
      expect(mapping.Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
  });

  test('that is called asynchronously sends what it failed to handle to `unhandled`', () => {
    const called = new Set([
      ...rules.flatMap(({ Properties }) => Properties.Targets.map(({ Arn }: Json) => referenced(Arn))),
      ...['provisioner', 'runner', 'teardown', 'clean-up', 'fetcher'].map(functionId),
    ]);
    called.delete(queueId('intake'));
    for (const { id } of template.resources('Events::ApiDestination')) called.delete(id);
    const configured = template.resources('Lambda::EventInvokeConfig');
    expect(configured.map(({ Properties }) => referenced(Properties.FunctionName)).sort()).toEqual([...called].sort());
    for (const { Properties } of configured) {
      expect(Properties.MaximumRetryAttempts).toBe(2);
      expect(referenced(Properties.DestinationConfig.OnFailure.Destination)).toBe(queueId('unhandled'));
    }
    for (const id of called) {
      const role = referenced(template.json.Resources[id as string].Properties.Role);
      expect(
        template
          .grants()
          .some(
            (grant) => grant.role === role && grant.resources.some((arn) => referenced(arn) === queueId('unhandled')),
          ),
      ).toBe(true);
    }
  });

  test('has an environment below what Lambda allows', () => {
    for (const { Properties } of functions) {
      expect(JSON.stringify(Properties.Environment.Variables).length).toBeLessThan(4_096);
    }
  });
});

describe('every rule', () => {
  test.each(rules)('$id retries each target and then leaves the event in `undelivered`', ({ Properties }) => {
    for (const target of Properties.Targets) {
      expect(target.RetryPolicy.MaximumRetryAttempts).toBeGreaterThan(0);
      expect(target.RetryPolicy.MaximumEventAgeInSeconds).toBeGreaterThanOrEqual(3600);
      expect(referenced(target.DeadLetterConfig.Arn)).toBe(queueId('undelivered'));
    }
  });

  test('for an internal event matches the internal source only', () => {
    const asked = ['MirrorRequested', 'TaskRequested'];
    const operated = ['PauseRequested', 'ResumeRequested', 'CloseRequested'];
    const fromOutside = [...asked, ...operated];
    const own = rules
      .filter(({ Properties }) => Properties.EventBusName !== undefined)
      .map(({ Properties }) => Properties.EventPattern);
    const internal = own.filter(
      (pattern) => !pattern['detail-type'].some((type: string) => fromOutside.includes(type)),
    );
    expect(internal).toHaveLength(7);
    for (const pattern of internal) expect(pattern.source).toEqual(['hourglass']);
    const requests = own.filter((pattern) => pattern['detail-type'].some((type: string) => fromOutside.includes(type)));
    expect(requests).toEqual([
      {
        source: ['hourglass.client', 'hourglass.webhook', 'hourglass.replay', 'hourglass.operator'],
        'detail-type': asked,
      },
      { source: ['hourglass.operator'], 'detail-type': operated },
    ]);
  });

  test('on the default bus matches this deployment only', () => {
    const foreign = rules.filter(({ Properties }) => Properties.EventBusName === undefined);
    expect(foreign).toHaveLength(5);
    const own: Record<string, string> = {
      'aws.cloudformation': `${base}-endpoints/"`,
      'aws.ecs': `${base}"`,
      // By a reference, since S3 alone knows the whole name of a bucket.
      'aws.s3': `"bucket":{"name":[{"Ref":"${template.resources('S3::Bucket')[0]?.id}"}]}`,
    };
    for (const { Properties } of foreign) {
      expect(JSON.stringify(Properties.EventPattern.detail)).toContain(own[Properties.EventPattern.source[0]]);
    }
  });

  test.each<[string, string[]]>([
    ['requests', ['intake']],
    ['endpoints-needed', ['provisioner']],
    ['work', ['runner']],
    ['endpoints-gone', ['teardown']],
    ['replay', ['replay']],
    ['stack-created', ['provisioner']],
    ['stack-deleted', ['teardown', 'provisioner']],
    ['task-stopped', ['runner']],
  ])('%s calls %j', (name, called) => {
    const { Properties } = template.named('Events::Rule', 'Name', `${base}-${name}`);
    const ids = called.map((target) => (target === 'intake' ? queueId('intake') : functionId(target)));
    expect(Properties.Targets.map(({ Arn }: Json) => referenced(Arn))).toEqual(ids);
  });
});

describe('with the most that the configuration admits', () => {
  const full = new ExampleTemplate({ ...exampleConfig, commands: { long: { command: ['x'.repeat(2_500)] } } });

  test.each(serviceNames)("the environment of %s is within Lambda's 4 KB", (service) => {
    const { Properties } = full.named('Lambda::Function', 'FunctionName', `${base}-${service}`);
    const bytes = Object.entries<Json>(Properties.Environment.Variables)
      .map(([key, value]) => key.length + lengthOf(value))
      .reduce((sum, length) => sum + length, 0);
    expect(bytes).toBeLessThan(4_096);
  });
});

/** How long a value may become once CloudFormation has filled it in: a queue's URL and a role's ARN are the longest things referenced. */
function lengthOf(value: Json): number {
  if (typeof value === 'string') return value.length;
  if (value['Fn::Join']) return value['Fn::Join'][1].map(lengthOf).reduce((a: number, b: number) => a + b, 0);
  return String(value.Ref).startsWith('AWS::') ? 'ap-northeast-1'.length : 120;
}

test('only replay may be called by its own messages more than sixteen times: what fails for good comes back to it by a redrive, turn after turn', () => {
  const allowed = template
    .resources('Lambda::Function')
    .filter(({ Properties }) => Properties.RecursiveLoop === 'Allow')
    .map(({ id }) => id);
  expect(allowed).toEqual([functionId('replay')]);
});
