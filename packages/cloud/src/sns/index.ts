/**
 * SNS: topics that keep what was published, for whoever asks what a mailbox would have got. Nothing is delivered.
 * Source: SNS API reference, Publish.
 */
import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';

/** One published message. */
export interface Notification {
  readonly topicArn: string;
  readonly atMs: number;
  readonly subject: string | undefined;
  readonly message: string;
}

export interface TopicsPart extends CloudPart {
  readonly notifications: readonly Notification[];
  /** A topic that no template has made. */
  addTopic(name: string): string;
}

const maxMessageBytes = 262_144;
/** "Subjects must be ASCII text that begins with a letter, number, or punctuation mark; must not include line breaks or control characters; and must be less than 100 characters long." */
const subjectPattern = /^[!-~][ -~]{0,98}$/;

export function createTopicsPart(core: CloudCore): TopicsPart {
  const topics = new Set<string>();
  const notifications: Notification[] = [];

  const addTopic = (name: string): string => {
    const arn = core.arn('sns', name);
    topics.add(arn);
    return arn;
  };
  const nameless = {
    create: (_properties: unknown, context: { generatedName(): string; logicalId: string }) => ({
      ref: context.generatedName(),
      attributes: { Id: context.logicalId },
    }),
  };

  return {
    notifications,
    addTopic,
    services: [
      {
        id: 'sns',
        protocol: 'awsQuery',
        xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
        operations: {
          Publish: (input) => {
            const { TopicArn, Subject, Message = '' } = input as Record<string, string | undefined>;
            if (TopicArn === undefined || !topics.has(TopicArn)) {
              throw new AwsError('NotFound', 'Topic does not exist', { httpStatus: 404 });
            }
            if (Subject !== undefined && !subjectPattern.test(Subject)) {
              throw new AwsError('InvalidParameter', 'Invalid parameter: Subject');
            }
            if (Message === '' || Buffer.byteLength(Message) > maxMessageBytes) {
              throw new AwsError('InvalidParameter', 'Invalid parameter: Message');
            }
            notifications.push({ topicArn: TopicArn, atMs: core.clock.nowMs(), subject: Subject, message: Message });
            return { MessageId: core.newUuid() };
          },
        },
        authorize: (operation, input) => [{ action: `sns:${operation}`, resources: [String(input.TopicArn)] }],
      },
    ],
    resourceTypes: {
      'AWS::SNS::Topic': {
        create(properties, context) {
          const name: string = properties.TopicName ?? context.generatedName();
          const arn = addTopic(name);
          return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
        },
      },
      'AWS::SNS::TopicPolicy': nameless,
      'AWS::SNS::Subscription': nameless,
    },
  };
}
