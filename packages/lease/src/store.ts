/** The store port: one aggregate, loaded strongly consistent, written by one conditional transaction. */
import type { Fact } from './commands.ts';
import type { LeaseState } from './lease.ts';

/** Which items come with the lease. */
export type Scope =
  /** Every active item. */
  | { all: true }
  /** Only these, with the answer which of these requests (`identityOf`) were accepted before. */
  | { taskKeys: string[]; identities: string[] };

export interface LeaseStore {
  /** A lease never written is a new one. The lease is read before its items, so that a stale read loses the write. */
  load(leaseId: string, scope: Scope): Promise<LeaseState>;
  /**
   * Writes `after` in one transaction, if the lease still has `before`'s version; the lease's version is bumped.
   * @throws LeaseConflict somebody else wrote in between; nothing was written.
   */
  commit(before: LeaseState, after: LeaseState, facts: Fact[], nowMs: number): Promise<void>;
}

/** Another handler wrote the lease between our load and our write: load and decide again. */
export class LeaseConflict extends Error {
  override readonly name = 'LeaseConflict';
  constructor(leaseId: string, version: number) {
    super(`Lease ${leaseId} is no longer at version ${version}.`);
  }
}

/** A write may move at most this many items, so that the transaction stays below DynamoDB's 100 actions. */
export const MAX_ITEMS_PER_WRITE = 24;
