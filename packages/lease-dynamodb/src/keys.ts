/**
 * Where things lie in the one table (`pk`, `sk`, TTL attribute `expiresAt` in epoch seconds):
 *
 *   lease#<lease>                 lease            the lease itself
 *   lease#<lease>                 task#<key>       an active item: pending, running, or dead with no dead letter yet
 *   order#<lease>#<order>         <place>          an active item's place in the order that it stands in, by its key
 *   ended#<lease>                 <fence>          what one opening cost: from the stack's creation to its deletion
 *   outbox#<lease>                <version>        what the write of this version leaves to be announced, until its events are out
 *   request#<lease>#<id>          <key>            a request that was accepted, and the one that it joined
 *   history#<lease>#<key>         <time>#<request> how a request ended
 *   memory#<lease>#<key>          memory           what is remembered of a task: last success, usual duration
 *   discarded#<lease>             <request>        a dead letter that an operator has put away, and why
 *   replay#<lease>                redrive             when failed mirrors last had a redrive (the replay service's own)
 *   notice#<lease>                <key>            that a task fails, as long as it does (the notifier's own)
 *   work#<token>                  work             one attempt's work and result, the only items a task may touch
 *
 * The index `by-time` (`timeline`, `at`) has what ended, by time: `<lease>#failed` what died, `<lease>#ended` all else, requests that joined another among
 * them. So no read of the history looks at more than it shows.
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

export function outboxKey(leaseId: string, version: number): Key {
  return { pk: `outbox#${leaseId}`, sk: String(version).padStart(12, '0') };
}

/** @param identity as `identityOf` makes it: no task key holds the sign that stands after it */
export function requestKey(leaseId: string, identity: string): Key {
  const end = identity.indexOf('#');
  return { pk: requestPartition(leaseId, identity.slice(end + 1)), sk: identity.slice(0, end) };
}

/** One id may be a request of several tasks. */
export function requestPartition(leaseId: string, requestId: string): string {
  return `request#${leaseId}#${requestId}`;
}

/** The index over what has ended, with all attributes. */
export const TIMELINE_INDEX = 'by-time';

/** What a timeline holds: `failed` what died and has its message in the queue of failed requests, `ended` all else. */
export type Timeline = 'failed' | 'ended';

/** Puts an item into the index. */
export function timelineKey(leaseId: string, timeline: Timeline, atMs: number, requestId: string) {
  return { timeline: `${leaseId}#${timeline}`, at: timeInHistory(atMs, requestId) };
}

export function timeInHistory(atMs: number, requestId: string): string {
  return `${new Date(atMs).toISOString()}#${requestId}`;
}

export function historyKey(leaseId: string, taskKey: string, atMs: number, requestId: string): Key {
  return { pk: `history#${leaseId}#${taskKey}`, sk: timeInHistory(atMs, requestId) };
}

export function discardKey(leaseId: string, requestId: string): Key {
  return { pk: `discarded#${leaseId}`, sk: requestId };
}

export function memoryKey(leaseId: string, taskKey: string): Key {
  return { pk: `memory#${leaseId}#${taskKey}`, sk: 'memory' };
}
