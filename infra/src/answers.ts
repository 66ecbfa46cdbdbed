/** The ways out: the topic of first failures and recoveries, and the API destination that hears each outcome. What of them is not configured is not made. */
import { Duration } from 'aws-cdk-lib';
import {
  ApiDestination,
  Connection,
  type EventBus,
  HttpMethod,
  type IApiDestination,
  Rule,
} from 'aws-cdk-lib/aws-events';
import { ApiDestination as ApiDestinationTarget } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Answers } from './config-answers.ts';
import type { Names } from './names.ts';
import type { Queues } from './queues.ts';

/** What somebody outside may want to know. */
const outcomes = ['TaskSucceeded', 'TaskFailed', 'RequestRejected'];

/** The topic of `notify`: the user's own, or one with the mailbox. */
export function createAnswersTopic(scope: Construct, names: Names, { notify }: Answers): ITopic | undefined {
  if (notify === undefined) return undefined;
  if ('topicArn' in notify) return Topic.fromTopicArn(scope, 'AnswersTopic', notify.topicArn);
  const topic = new Topic(scope, 'AnswersTopic', { topicName: names.answersTopic, enforceSSL: true });
  topic.addSubscription(new EmailSubscription(notify.email));
  return topic;
}

export interface OutsideProps {
  readonly names: Names;
  readonly bus: EventBus;
  readonly queues: Queues;
  readonly destination: NonNullable<Answers['destination']>;
}

/** Posts each outcome to the user's address. EventBridge tries for a day what may pass, and leaves in `undelivered` what does not. */
export class Outside extends Construct {
  constructor(scope: Construct, id: string, { names, bus, queues, destination }: OutsideProps) {
    super(scope, id);
    const { url, connectionArn, perSecond } = destination;
    const connection = Connection.fromConnectionAttributes(this, 'Connection', {
      connectionArn,
      connectionName: connectionArn.split('/')[1] ?? '',
      // Of the connection's secret nothing is used here: EventBridge reads it itself.
      connectionSecretArn: connectionArn,
    });
    const apiDestination = new ApiDestination(this, 'Destination', {
      apiDestinationName: names.rules.outside,
      connection,
      endpoint: url,
      httpMethod: HttpMethod.POST,
      rateLimitPerSecond: perSecond,
    });
    const eventRole = new Role(this, 'Role', {
      description: `Posts outcomes of ${names.stack} to the configured address`,
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
    });
    // To `exactOptionalPropertyTypes`, the CDK's own class is not its interface.
    const target = new ApiDestinationTarget(apiDestination as IApiDestination, {
      eventRole,
      deadLetterQueue: queues.undelivered,
      retryAttempts: 185,
      maxEventAge: Duration.hours(24),
    });
    new Rule(this, 'Rule', {
      ruleName: names.rules.outside,
      eventBus: bus,
      eventPattern: { source: ['hourglass'], detailType: outcomes },
      targets: [target],
    });
  }
}
