/**
 * SQS in forms, as clients older than its JSON protocol (2023) speak it: `AttributeName.1=All`, `<QueueUrl>` once a queue.
 * Source: SQS API reference (2012-11-05), "Making Query API requests".
 */
import type { FormNames } from '../service.ts';

export const formNames: FormNames = {
  inputs: {
    AttributeName: 'AttributeNames',
    MessageAttributeName: 'MessageAttributeNames',
    MessageSystemAttributeName: 'MessageSystemAttributeNames',
    MessageAttribute: 'MessageAttributes',
    Attribute: 'Attributes',
    SendMessageBatchRequestEntry: 'Entries',
    DeleteMessageBatchRequestEntry: 'Entries',
    ChangeMessageVisibilityBatchRequestEntry: 'Entries',
  },
  numbers: [
    'MaxNumberOfMessages',
    'VisibilityTimeout',
    'WaitTimeSeconds',
    'DelaySeconds',
    'MaxResults',
    'MaxNumberOfMessagesPerSecond',
  ],
  outputs: (operation) => ({
    QueueUrls: 'QueueUrl',
    queueUrls: 'QueueUrl',
    Messages: 'Message',
    Attributes: 'Attribute',
    MessageAttributes: 'MessageAttribute',
    Successful: `${operation}ResultEntry`,
    Failed: 'BatchResultErrorEntry',
    Results: 'ListMessageMoveTasksResultEntry',
  }),
};
