/** How many messages rest in each queue that waits for a person: one call a queue, whatever lies there. */
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Deployment } from '../deployment/open-deployment.ts';

const RESTING = ['failedMirrors', 'intakeDead', 'undelivered', 'unhandled'] as const;
type Resting = (typeof RESTING)[number];

/** As SQS counts them, about a minute behind; those that somebody looks at just now are counted too. */
export async function countResting({ clients, description }: Deployment): Promise<Record<Resting, number>> {
  const sqs = await clients.sqs();
  const counts = await Promise.all(
    RESTING.map(async (name) => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: description.queueUrls[name],
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      const count = Object.values(Attributes).reduce((sum, value) => sum + Number(value), 0);
      return [name, count] as const;
    }),
  );
  return Object.fromEntries(counts) as Record<Resting, number>;
}
