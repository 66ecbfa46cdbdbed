export { type Advanced, advance, type LeaseEffects, TimerRefused, type Timers } from './advance.ts';
export { claimWindow, planBatches } from './batches.ts';
export { nextBoundary, paidHours } from './billing.ts';
export type { Acceptance, Command, Fact, Report, StackObservation, TaskOutcome } from './commands.ts';
export { type Decision, decide } from './decide.ts';
export type { Estimate } from './estimate.ts';
export { identityOfAsk, MAX_HELD_TASKS } from './holds.ts';
export {
  type Lease,
  type LeaseState,
  newLease,
  type Phase,
  type Timer,
  type TimerOwner,
  type Unseen,
} from './lease.ts';
export { lookDueMs } from './looks.ts';
export { createMemoryStore, type MemoryStore } from './memory-store.ts';
export { mendPlaces } from './mend-places.ts';
export { claimableItems, type Obligation, obligations } from './obligations.ts';
export { isPaused, type Order, type Place, placeChanges, placeOf } from './orders.ts';
export { type News, newsOf, type Unannounced } from './outbox.ts';
export { freeTasks, tasksLeft } from './parallel.ts';
export { givesUp, hourEndsMs, isHeld, leaseOpensAtMs, openDueMs, teardownLeadMs, usualDeletionMs } from './policy.ts';
export {
  boundsOf,
  type Found,
  goneStrays,
  movePlaces,
  type PageEnds,
  type Places,
  pagesOf,
  selectItems,
  straysOf,
  takePage,
} from './select-items.ts';
export {
  type BillingClock,
  type BillingReading,
  defaultSettings,
  HOUR_MS,
  type LeaseSettings,
  MINUTE_MS,
  SECOND_MS,
} from './settings.ts';
export {
  FIRST_ITEMS,
  LeaseConflict,
  type LeaseStore,
  MAX_ENDS_PER_WRITE,
  MAX_ITEMS_PER_WRITE,
  type Scope,
  type ScopeOf,
} from './store.ts';
export {
  type Carried,
  type Claim,
  type CommandTask,
  identityOf,
  type MirrorTask,
  type Origin,
  pendingItem,
  type Request,
  type Task,
  type TaskItem,
  type TaskState,
  type Try,
  taskKeyOf,
  taskTokenOf,
  type Work,
} from './task.ts';
export { nextTimer, timerAt } from './timer.ts';
