export type { Work } from '@hourglass/lease';
export { endAttempt, isUnderWay, readCarried, readOpenWork } from './carried.ts';
export { createDynamoDbStore } from './dynamodb-store.ts';
export { type EndedLease, listEndedLeases, readEndedLease, readEndedLeases } from './ended-leases.ts';
export {
  type Acceptation,
  type Ending,
  type HistoryItem,
  type HistoryQuery,
  readEnding,
  readRequests,
  readTaskHistory,
  readTimeline,
} from './history.ts';
export { discardKey, leaseKey } from './keys.ts';
export { readSuccesses, type Success } from './successes.ts';
export { MAX_TIPS } from './tips.ts';
export {
  type Attempt,
  type Batch,
  type CommandWork,
  type MirrorWork,
  readAttempts,
  readBatch,
  readTips,
  readWork,
  WorkMalformed,
  WorkNotFound,
  type WorkResult,
  workItem,
  workKey,
  writeResult,
} from './work.ts';
