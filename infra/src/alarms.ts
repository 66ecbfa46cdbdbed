/**
 * Ten alarms at most, which is what CloudWatch gives free, all on metrics that AWS writes free but for two: what the teardown warns of
 * and finds overdue, custom metrics that exist (and cost) only in hours in which there is such a line. No data is always good news here: SQS
 * stops writing for a queue that rests, and Lambda writes nothing for a function that nobody calls.
 */
import { Aws, Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, type IFilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Names } from './names.ts';
import type { Queues } from './queues.ts';

/** What is watched, and who gets a mail. */
export interface AlarmsProps {
  readonly names: Names;
  readonly queues: Queues;
  readonly teardownLogs: LogGroup;
  readonly runnerLogs: LogGroup;
  readonly provisionerLogs: LogGroup;
  /** Default: nobody gets a mail. */
  readonly email?: string | undefined;
}

/** How old the oldest message may be. Both queues are emptied within seconds; five failed receives take 15 minutes. */
const oldestMessage = { intake: Duration.minutes(20), replay: Duration.minutes(20) };

/** All alarms of a deployment, and the topic that they publish to. */
export class Alarms extends Construct {
  readonly #topic: Topic | undefined;
  readonly #names: Names;

  constructor(scope: Construct, id: string, { names, queues, email, ...logs }: AlarmsProps) {
    super(scope, id);
    this.#names = names;
    this.#topic = email === undefined ? undefined : this.#createTopic(email);
    for (const [name, queue] of Object.entries(queues.resting)) this.#watchRest(name, queue);
    for (const [name, most] of Object.entries(oldestMessage)) {
      const queue = queues[name as keyof typeof oldestMessage];
      this.#add(
        `${name}-old`,
        `The oldest message of ${names.queues[name as keyof typeof oldestMessage]} is not being handled.`,
        {
          metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' }),
          threshold: most.toSeconds(),
        },
      );
    }
    this.#watchTeardown(logs);
  }

  /** Whatever lies there waits for a person. */
  #watchRest(name: string, queue: Queue): void {
    this.#add(
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      'Messages lie here until a person looks.',
      {
        metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
        threshold: 0,
      },
    );
  }

  /**
   * Endpoints outlive their paid hour when the teardown was not called, failed, or could not delete them. What the runner finds overdue, tasks that
   * do not stop and capacity that is missing for hours, counts into the same metric: there is no eleventh alarm that is free.
   */
  #watchTeardown({
    teardownLogs,
    runnerLogs,
    provisionerLogs,
  }: Pick<AlarmsProps, 'teardownLogs' | 'runnerLogs' | 'provisionerLogs'>): void {
    const names = this.#names;
    const period = Duration.minutes(5);
    this.#add(
      'timer-dropped',
      'The Scheduler gave up calling a service for this firing of a timer; the next firings follow.',
      {
        metric: new Metric({
          namespace: 'AWS/Scheduler',
          metricName: 'InvocationDroppedCount',
          dimensionsMap: { ScheduleGroup: names.scheduleGroup },
          statistic: 'Sum',
          period,
        }),
        threshold: 0,
      },
    );
    this.#add('teardown-fails', 'The teardown fails again and again; one failure is retried by itself.', {
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        dimensionsMap: { FunctionName: names.function('teardown') },
        statistic: 'Sum',
        period: Duration.minutes(15),
      }),
      threshold: 2,
    });
    const count = (id: string, logs: LogGroup, metricName: string, filterPattern: IFilterPattern) =>
      new MetricFilter(this, id, {
        logGroup: logs,
        metricNamespace: names.metrics,
        metricName,
        filterPattern,
        metricValue: '1',
      }).metric({ statistic: 'Sum', period });
    this.#add(
      'teardown-warns',
      'Deleting the endpoints failed again, was refused or left some behind, or AWS makes no schedules; it is tried again, and the log of the teardown has AWS’s words.',
      {
        metric: count(
          'TeardownWarns',
          teardownLogs,
          'TeardownWarnings',
          FilterPattern.stringValue('$.level', '=', 'WARN'),
        ),
        threshold: 0,
      },
    );
    const isOverdue = FilterPattern.numberValue('$.overdueMinutes', '>=', 0);
    count('TasksOverdue', runnerLogs, 'EndpointsOverdue', isOverdue);
    count('OpeningsOverdue', provisionerLogs, 'EndpointsOverdue', isOverdue);
    this.#add(
      'endpoints-overdue',
      'Endpoints have outlived their paid hour, a task does not stop, Fargate has had no capacity for hours, or AWS has had no time to make endpoints again and again.',
      { metric: count('EndpointsOverdue', teardownLogs, 'EndpointsOverdue', isOverdue), threshold: 0 },
    );
  }

  #add(name: string, alarmDescription: string, props: { metric: IMetric; threshold: number }): void {
    const alarm = new Alarm(this, name, {
      ...props,
      alarmName: `${this.#names.alarms}${name}`,
      alarmDescription,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.#topic !== undefined) alarm.addAlarmAction(new SnsAction(this.#topic));
  }

  #createTopic(email: string): Topic {
    // Not encrypted with the key AWS gives free: CloudWatch may not use that one, and an alarm says nothing secret.
    const topic = new Topic(this, 'Topic', { topicName: this.#names.alarmTopic, enforceSSL: true });
    topic.addSubscription(new EmailSubscription(email));
    // A policy of its own (TLS only) replaces the topic's default one, which let this account's alarms in.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: {
            'aws:SourceArn': `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:${this.#names.alarms}*`,
          },
        },
      }),
    );
    return topic;
  }
}
