/** The store in memory: what tests and the simulator run on, and the simplest statement of the port. */
import type { Fact } from './commands.ts';
import { identityOfAsk } from './holds.ts';
import { type Lease, type LeaseState, newLease } from './lease.ts';
import { newsOf, type Unannounced } from './outbox.ts';
import { goneStrays, movePlaces, type Places, selectItems } from './select-items.ts';
import { LeaseConflict, type LeaseStore, type ScopeOf } from './store.ts';
import { identityOf, type TaskItem } from './task.ts';

export interface MemoryStore extends LeaseStore {
  /** Everything that was ever decided, oldest first. */
  readonly facts: Fact[];
  /** As a lease that was stored before there were places. */
  forgetPlaces(leaseId: string): Promise<void>;
}

export function createMemoryStore(): MemoryStore {
  const leases = new Map<string, { lease: Lease; items: Map<string, TaskItem>; places: Places }>();
  const seen = new Set<string>();
  const facts: Fact[] = [];
  const outboxes = new Map<string, Unannounced[]>();
  return {
    facts,
    async forgetPlaces(leaseId: string): Promise<void> {
      const stored = leases.get(leaseId);
      if (!stored) return;
      const { paused: _, tasks: __, ...lease } = stored.lease;
      leases.set(leaseId, { ...stored, lease: lease as Lease, places: new Map() });
    },
    async load(leaseId: string, scope: ScopeOf): Promise<LeaseState> {
      const { lease, items, places } = leases.get(leaseId) ?? {
        lease: newLease(leaseId),
        items: new Map<string, TaskItem>(),
        places: new Map<string, string>(),
      };
      const isSeen = (identity: string) => seen.has(`${leaseId}/${identity}`);
      return structuredClone(selectItems(lease, items, places, isSeen, scope));
    },
    async commit(before: LeaseState, after: LeaseState, newFacts: Fact[], nowMs: number): Promise<void> {
      const { leaseId, version } = before.lease;
      const stored = leases.get(leaseId);
      if ((stored?.lease.version ?? 0) !== version) throw new LeaseConflict(leaseId, version);
      const items = new Map(stored?.items);
      for (const taskKey of before.items.keys()) if (!after.items.has(taskKey)) items.delete(taskKey);
      for (const [taskKey, item] of after.items) items.set(taskKey, structuredClone(item));
      const places = movePlaces(stored?.places ?? new Map(), before.items, after.items, goneStrays(before, after));
      leases.set(leaseId, { lease: structuredClone({ ...after.lease, version: version + 1 }), items, places });
      for (const fact of newFacts) {
        if (fact.type === 'requestRemembered') seen.add(`${leaseId}/${identityOf(fact.request)}`);
        if (fact.type === 'askRemembered') seen.add(`${leaseId}/${identityOfAsk(fact.askId)}`);
      }
      facts.push(...structuredClone(newFacts));
      const news = structuredClone(newsOf(newFacts));
      if (news.length === 0) return;
      const outbox = outboxes.get(leaseId) ?? [];
      outboxes.set(leaseId, [...outbox, { version: version + 1, writtenAtMs: nowMs, news }]);
    },
    async readOutbox(leaseId: string, limit: number): Promise<Unannounced[]> {
      return structuredClone((outboxes.get(leaseId) ?? []).slice(0, limit));
    },
    async clearOutbox(leaseId: string, version: number): Promise<void> {
      const left = (outboxes.get(leaseId) ?? []).filter((entry) => entry.version !== version);
      outboxes.set(leaseId, left);
    },
  };
}
