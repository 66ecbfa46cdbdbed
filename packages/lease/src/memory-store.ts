/** The store in memory: what tests and the simulator run on, and the simplest statement of the port. */
import type { Fact } from './commands.ts';
import { identityOfAsk } from './holds.ts';
import { type Lease, type LeaseState, newLease } from './lease.ts';
import { selectItems } from './select-items.ts';
import { LeaseConflict, type LeaseStore, type ScopeOf } from './store.ts';
import { identityOf, type TaskItem } from './task.ts';

export interface MemoryStore extends LeaseStore {
  /** Everything that was ever decided, oldest first. */
  readonly facts: Fact[];
}

export function createMemoryStore(): MemoryStore {
  const leases = new Map<string, { lease: Lease; items: Map<string, TaskItem> }>();
  const seen = new Set<string>();
  const facts: Fact[] = [];
  return {
    facts,
    async load(leaseId: string, scope: ScopeOf): Promise<LeaseState> {
      const { lease, items } = leases.get(leaseId) ?? { lease: newLease(leaseId), items: new Map() };
      return structuredClone(selectItems(lease, items, (identity) => seen.has(`${leaseId}/${identity}`), scope));
    },
    async commit(before: LeaseState, after: LeaseState, newFacts: Fact[]): Promise<void> {
      const { leaseId, version } = before.lease;
      const stored = leases.get(leaseId);
      if ((stored?.lease.version ?? 0) !== version) throw new LeaseConflict(leaseId, version);
      const items = new Map(stored?.items);
      for (const taskKey of before.items.keys()) if (!after.items.has(taskKey)) items.delete(taskKey);
      for (const [taskKey, item] of after.items) items.set(taskKey, structuredClone(item));
      leases.set(leaseId, { lease: structuredClone({ ...after.lease, version: version + 1 }), items });
      for (const fact of newFacts) {
        if (fact.type === 'requestRemembered') seen.add(`${leaseId}/${identityOf(fact.request)}`);
        if (fact.type === 'askRemembered') seen.add(`${leaseId}/${identityOfAsk(fact.askId)}`);
      }
      facts.push(...structuredClone(newFacts));
    },
  };
}
