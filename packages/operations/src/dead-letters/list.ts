/** What rests in the two queues that wait for an operator. */
import type { Deployment } from '../deployment/open-deployment.ts';
import type { DeadLetter } from '../model/index.ts';
import { lookAt } from './look.ts';
import { letterOfFailed, letterOfRefused } from './read-letter.ts';

/** `limit` of each kind at most, the newest first. */
export async function listDeadLetters(
  { clients, description }: Deployment,
  { limit, kind }: { limit: number; kind?: DeadLetter['kind'] | undefined },
): Promise<DeadLetter[]> {
  const sqs = await clients.sqs();
  const letters: DeadLetter[] = [];
  const list = (url: string, read: typeof letterOfFailed) =>
    lookAt(sqs, url, {
      limit,
      async visit(messages) {
        letters.push(...messages.map(read));
        return { taken: [] };
      },
    });
  if (kind !== 'refused') await list(description.queueUrls.failedMirrors, letterOfFailed);
  if (kind !== 'failed') await list(description.queueUrls.intakeDead, letterOfRefused);
  return letters.sort((a, b) => (a.sentAt < b.sentAt ? 1 : -1));
}
