/**
 * The queues. Two carry work (intake, replay), each with the queue where its dead letters rest; `undelivered` takes what
 * EventBridge and the Scheduler could not hand over, `unhandled` what a function was given and failed to handle.
 */
import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Arns } from './arns.ts';
import type { Names } from './names.ts';
import { functionTimeout } from './service-function.ts';

/** Lambda's advice for an event source: six times the function's timeout. */
const visibilityTimeout = Duration.seconds(functionTimeout.toSeconds() * 6);

/**
 * A day of tries. What intake refuses it puts among the dead letters itself, so only what may pass uses them up: DynamoDB away, or Lambda without
 * room, where a message that was not even handed over counts as received. The alarm on the queue's age goes off long before.
 */
const intakeTries = Duration.days(1).toSeconds() / visibilityTimeout.toSeconds();

/** Longest that SQS keeps a message. */
const longestRetention = Duration.days(14);

/** All queues of a deployment: SSE-SQS, TLS only. */
export class Queues extends Construct {
  readonly intake: Queue;
  readonly intakeDead: Queue;
  readonly replay: Queue;
  readonly failedMirrors: Queue;
  readonly undelivered: Queue;
  readonly unhandled: Queue;

  constructor(scope: Construct, id: string, names: Names, arns: Arns) {
    super(scope, id);
    const { queues } = names;
    this.intakeDead = this.#add(
      'IntakeDead',
      queues.intakeDead,
      this.#deadLettersOf('IntakeSource', arns.queue(queues.intake)),
    );
    this.intake = this.#add('Intake', queues.intake, {
      visibilityTimeout,
      deadLetterQueue: { queue: this.intakeDead, maxReceiveCount: intakeTries },
    });
    // Messages come back from here by StartMessageMoveTask, which wants the queue to be a dead-letter queue of the other.
    this.failedMirrors = this.#add(
      'FailedMirrors',
      queues.failedMirrors,
      this.#deadLettersOf('ReplaySource', arns.queue(queues.replay)),
    );
    this.replay = this.#add('Replay', queues.replay, {
      visibilityTimeout,
      deadLetterQueue: { queue: this.failedMirrors, maxReceiveCount: 3 },
    });
    const ofNoQueue: QueueProps = { redriveAllowPolicy: { redrivePermission: RedrivePermission.DENY_ALL } };
    this.undelivered = this.#add('Undelivered', queues.undelivered, ofNoQueue);
    this.unhandled = this.#add('Unhandled', queues.unhandled, ofNoQueue);
  }

  /** Where messages rest until a person or a redrive takes them out. */
  get resting(): Record<string, Queue> {
    const { intakeDead, failedMirrors, undelivered, unhandled } = this;
    return { intakeDead, failedMirrors, undelivered, unhandled };
  }

  #add(id: string, queueName: string, props: QueueProps): Queue {
    return new Queue(this, id, {
      queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: longestRetention,
      ...props,
    });
  }

  /** By its computed ARN, since the source queue names this one in turn. */
  #deadLettersOf(id: string, sourceArn: string): QueueProps {
    return {
      redriveAllowPolicy: {
        redrivePermission: RedrivePermission.BY_QUEUE,
        sourceQueues: [Queue.fromQueueArn(this, id, sourceArn)],
      },
    };
  }
}
