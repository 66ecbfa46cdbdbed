/** Puts one dead letter away for good, failed or refused: its reason is recorded first, then its message goes. */
import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import type { Deployment } from '../deployment/open-deployment.ts';
import { NotFound } from '../errors.ts';
import type { DeadLetter } from '../model/index.ts';
import { recordDiscard } from './discards.ts';
import { lookAt } from './look.ts';
import { letterOfFailed, letterOfRefused } from './read-letter.ts';

/** Messages that are looked through, at most. */
const MAX_LOOKED_AT = 20_000;

/**
 * @param requestId the request's; of a message that has none, its own id
 * @throws NotFound
 */
export async function discard(deployment: Deployment, requestId: string, reason: string): Promise<DeadLetter> {
  const { failedMirrors, intakeDead } = deployment.description.queueUrls;
  const found =
    (await discardFrom(deployment, failedMirrors, letterOfFailed, requestId, reason)) ??
    (await discardFrom(deployment, intakeDead, letterOfRefused, requestId, reason));
  if (found) return found;
  throw new NotFound(
    `there is no dead letter of the request ${requestId}: hourglass replay lists those that there are`,
  );
}

async function discardFrom(
  deployment: Deployment,
  QueueUrl: string,
  read: typeof letterOfFailed,
  requestId: string,
  reason: string,
): Promise<DeadLetter | undefined> {
  const sqs = await deployment.clients.sqs();
  let found: DeadLetter | undefined;
  await lookAt(sqs, QueueUrl, {
    limit: MAX_LOOKED_AT,
    async visit(messages) {
      const message = messages.find((one) => [read(one).requestId, one.MessageId].includes(requestId));
      if (message === undefined) return { taken: [] };
      found = read(message);
      await recordDiscard(deployment, found, reason);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      return { taken: [message], stop: true };
    },
  });
  return found;
}
