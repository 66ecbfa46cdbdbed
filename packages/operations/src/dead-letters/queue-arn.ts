import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { OperationFailed } from '../errors.ts';

/** The ARN of the queue at this URL. */
export async function arnOfQueue(sqs: SQSClient, QueueUrl: string): Promise<string> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  if (Attributes?.QueueArn === undefined) throw new OperationFailed(`SQS does not return the ARN of ${QueueUrl}`);
  return Attributes.QueueArn;
}
