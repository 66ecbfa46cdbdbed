/** The store port: one aggregate, loaded strongly consistent, written by one conditional transaction. */
import type { Fact } from './commands.ts';
import type { Lease, LeaseState } from './lease.ts';
import type { Unannounced } from './outbox.ts';

/** Which items come with the lease. What a handler does must cost what its event concerns, so it asks for no more. */
export interface Scope {
  /** These, whatever they are at. */
  taskKeys?: readonly string[];
  /** The answer which of these requests (`identityOf`) were accepted before. */
  identities?: readonly string[];
  /**
   * So many of the pending ones that are ready, from the beginning of their order. Of the paused ones as many, and a few at least: what they are owed
   * cannot be known from the first that was not loaded, as it can of the ready ones. So `0` is enough for who only has to say what is owed.
   */
  pending?: number;
  /** So many of those that wait while their tasks are paused. */
  held?: number;
  /** So many dead ones. */
  dead?: number;
  /** So many running ones, in the order of their tasks, after the place that an earlier page has ended at. */
  running?: { after: string | null; limit: number };
}

/** Every active item: for who looks at a lease from outside. No service does. */
export interface WholeScope {
  all: true;
}

/** What is needed may follow from the lease itself, which is read first in any case. */
export type ScopeOf = Scope | WholeScope | ((lease: Lease) => Scope | WholeScope);

export interface LeaseStore {
  /** A lease never written is a new one. The lease is read before its items, so that a stale read loses the write. */
  load(leaseId: string, scope: ScopeOf): Promise<LeaseState>;
  /**
   * Writes `after` in one transaction, with the place of each item that moved (`placeOf`), if the lease still has `before`'s version; the
   * lease's version is bumped. The strays of `before` are deleted if `after` has none.
   * @throws LeaseConflict somebody else wrote in between; nothing was written.
   */
  commit(before: LeaseState, after: LeaseState, facts: Fact[], nowMs: number): Promise<void>;
  /** Writes whose news (`newsOf`) was not cleared, the oldest first, `limit` at most. Eventually consistent. */
  readOutbox(leaseId: string, limit: number): Promise<Unannounced[]>;
  /** The news of the write that made this version is out. No error if it was cleared before. */
  clearOutbox(leaseId: string, version: number): Promise<void>;
}

/** Another handler wrote the lease between our load and our write: load and decide again. */
export class LeaseConflict extends Error {
  override readonly name = 'LeaseConflict';
  constructor(leaseId: string, version: number) {
    super(`Lease ${leaseId} is no longer at version ${version}.`);
  }
}

/** So many of an order are enough to say what is owed; what is known of the others is a bound. */
export const FIRST_ITEMS = 8;

/** A write may accept or claim at most this many items: four actions each, so that the transaction stays below DynamoDB's 100. */
export const MAX_ITEMS_PER_WRITE = 24;

/** Attempts that end in one write, at most: each may leave six actions. */
export const MAX_ENDS_PER_WRITE = 16;
