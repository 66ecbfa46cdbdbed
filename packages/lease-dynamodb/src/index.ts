export type { Work } from '@hourglass/lease';
export { createDynamoDbStore } from './dynamodb-store.ts';
export { type EndedLease, listEndedLeases } from './ended-leases.ts';
export { leaseKey } from './keys.ts';
export {
  type Attempt,
  type Batch,
  type CommandWork,
  MAX_TIPS,
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
