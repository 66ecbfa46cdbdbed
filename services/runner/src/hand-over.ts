/**
 * What the direct carrier cannot do is asked for at the lease that has endpoints, as the same request, so that a second time is no second request.
 * Only when that is written the item goes; a crash between the two asks again in vain. There is no way back.
 */
import { identityOf, type TaskItem, taskKeyOf } from '@hourglass/lease';
import { advanceAndAnnounce, eventOf, type ServiceEffects, WorkWaiting } from '@hourglass/shared';

/** @param other the lease that takes them */
export async function handOver(items: TaskItem[], other: ServiceEffects): Promise<void> {
  const requests = items.map(({ request }) => request);
  const scope = { taskKeys: requests.map(({ task }) => taskKeyOf(task)), identities: requests.map(identityOf) };
  await advanceAndAnnounce(other, scope, () => requests.map((request) => ({ type: 'requestAccepted', request })), {
    others: ({ facts, state: { lease } }) =>
      lease.phase === 'open' && facts.length > 0
        ? [eventOf(WorkWaiting, { leaseId: other.leaseId, requests: facts.length })]
        : [],
  });
}
