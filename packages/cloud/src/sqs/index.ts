/**
 * SQS: standard queues with delays, visibility timeouts, redrive and message moves.
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { DeployError } from '../errors.ts';
import type { Demand } from '../service.ts';
import { formNames } from './form-names.ts';
import { MoveTasks } from './move-task.ts';
import { createSqsOperations } from './operations.ts';
import type { QueueSettings } from './queue.ts';
import { QueueRegistry } from './registry.ts';

/** Where an operation's IAM action has another name. */
const actions: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

export function createSqsPart(core: CloudCore): CloudPart & { readonly queues: QueueRegistry } {
  const queues = new QueueRegistry(core);
  const moves = new MoveTasks(core, (arn) => queues.find(arn));

  const authorize = (operation: string, input: Record<string, unknown>): readonly Demand[] => {
    if (operation === 'ListQueues') {
      return [{ action: 'sqs:ListQueues', resources: ['*'] }];
    }
    if (operation === 'StartMessageMoveTask') {
      return demandsOfMove(String(input.SourceArn), input.DestinationArn as string | undefined);
    }
    const queueName = input.QueueName ?? input.QueueUrl ?? input.SourceArn ?? '';
    const resource = core.arn('sqs', String(queueName).replace(/^.*[/:]/, ''));
    return [{ action: `sqs:${actions[operation] ?? operation}`, resources: [resource] }];
  };

  /** Source: SQS developer guide, "Configuring queue permissions for dead-letter queue redrive". */
  const demandsOfMove = (sourceArn: string, destinationArn: string | undefined): Demand[] => [
    ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((name) => ({
      action: `sqs:${name}`,
      resources: [sourceArn],
    })),
    {
      action: 'sqs:SendMessage',
      resources:
        destinationArn === undefined ? queues.sourcesOf(sourceArn).map((queue) => queue.arn) : [destinationArn],
    },
  ];

  return {
    queues,
    services: [
      {
        id: 'sqs',
        protocol: 'awsJson1.0',
        targetPrefix: 'AmazonSQS',
        xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
        formNames,
        operations: createSqsOperations(core, queues, moves),
        authorize,
        resourcePolicy: (arn) => queues.policyOf(arn),
      },
    ],
    resourceTypes: {
      'AWS::SQS::Queue': {
        create(properties, context) {
          if (properties.FifoQueue !== undefined) {
            throw new DeployError(`${context.logicalId}: FIFO queues are not simulated`);
          }
          const name = properties.QueueName ?? context.generatedName();
          const queue = queues.create(name, readSettings(properties, core.arn('sqs', name), queues));
          const url = `https://sqs.${core.region}.amazonaws.com/${core.account}/${name}`;
          return { ref: url, attributes: { Arn: queue.arn, QueueName: name, QueueUrl: url } };
        },
        delete: (url) => queues.remove(url.replace(/^.*\//, '')),
      },
      'AWS::SQS::QueuePolicy': {
        create(properties, context) {
          for (const url of properties.Queues) {
            queues.setPolicy(url, properties.PolicyDocument);
          }
          return { ref: context.generatedName(), attributes: { Id: context.logicalId } };
        },
      },
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the template's properties, each read by its own name.
function readSettings(properties: any, arn: string, queues: QueueRegistry): QueueSettings {
  return {
    delaySeconds: Number(properties.DelaySeconds ?? 0),
    visibilityTimeoutSeconds: Number(properties.VisibilityTimeout ?? 30),
    retentionSeconds: Number(properties.MessageRetentionPeriod ?? 345_600),
    maxMessageBytes: Number(properties.MaximumMessageSize ?? 1_048_576),
    receiveWaitSeconds: Number(properties.ReceiveMessageWaitTimeSeconds ?? 0),
    redriveSources: readRedriveSources(properties.RedriveAllowPolicy),
    redrive: readRedrive(properties.RedrivePolicy, arn, queues),
  };
}

function readRedriveSources(
  policy: { redrivePermission?: string; sourceQueueArns?: string[] } | undefined,
): readonly string[] | undefined {
  switch (policy?.redrivePermission ?? 'allowAll') {
    case 'allowAll':
      return undefined;
    case 'denyAll':
      return [];
    default:
      return policy?.sourceQueueArns ?? [];
  }
}

/** A dead-letter queue must be there and admit the queue. */
function readRedrive(
  policy: { deadLetterTargetArn: string; maxReceiveCount: number | string } | undefined,
  arn: string,
  queues: QueueRegistry,
): QueueSettings['redrive'] {
  if (policy === undefined) {
    return undefined;
  }
  const target = queues.byArn(policy.deadLetterTargetArn);
  if (target.settings.redriveSources?.includes(arn) === false) {
    throw new DeployError(`${target.name} does not allow ${arn} to use it as its dead-letter queue`);
  }
  return { deadLetterQueueArn: target.arn, maxReceiveCount: Number(policy.maxReceiveCount) };
}
