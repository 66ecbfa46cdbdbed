/**
 * Where things lie in the one table (`pk`, `sk`, TTL attribute `expiresAt` in epoch seconds):
 *
 *   lease#<lease>                 lease            the lease itself
 *   lease#<lease>                 task#<key>       an active item: pending, running, or dead and not yet told of
 *   order#<lease>#<order>         <place>          an active item's place in the order that it stands in, by its key
 *   ended#<lease>                 <fence>          what one opening cost: from the stack's creation to its deletion
 *   request#<lease>#<key>#<id>    request          a request that was accepted, and the one that it joined
 *   history#<lease>#<key>         <time>#<request> how a request ended
 *   memory#<lease>#<key>          memory           what is remembered of a task: last success, usual duration
 *   replay#<lease>                redrive             when failed mirrors last had a redrive (the replay service's own)
 *   work#<token>                  work             one attempt's work and result, the only items a task may touch
 */
import type { Place } from '@hourglass/lease';

export interface Key {
  pk: string;
  sk: string;
}

export const TASK_PREFIX = 'task#';

export function leaseKey(leaseId: string): Key {
  return { pk: `lease#${leaseId}`, sk: 'lease' };
}

export function taskItemKey(leaseId: string, taskKey: string): Key {
  return { pk: `lease#${leaseId}`, sk: `${TASK_PREFIX}${taskKey}` };
}

export function placeKey(leaseId: string, { order, key }: Place): Key {
  return { pk: `order#${leaseId}#${order}`, sk: key };
}

export function endedKey(leaseId: string, fence: number): Key {
  return { pk: `ended#${leaseId}`, sk: String(fence).padStart(12, '0') };
}

export function requestKey(leaseId: string, identity: string): Key {
  return { pk: `request#${leaseId}#${identity}`, sk: 'request' };
}

export function historyKey(leaseId: string, taskKey: string, atMs: number, requestId: string): Key {
  return { pk: `history#${leaseId}#${taskKey}`, sk: `${new Date(atMs).toISOString()}#${requestId}` };
}

export function memoryKey(leaseId: string, taskKey: string): Key {
  return { pk: `memory#${leaseId}#${taskKey}`, sk: 'memory' };
}
