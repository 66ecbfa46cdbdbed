export type { Work } from '@hourglass/lease';
export { createDynamoDbStore } from './dynamodb-store.ts';
export { type EndedLease, listEndedLeases } from './ended-leases.ts';
export { leaseKey } from './keys.ts';
export {
  type Attempt,
  type CommandWork,
  MAX_TIPS,
  type MirrorWork,
  type Ride,
  readAttempts,
  readRide,
  readTips,
  readWork,
  WorkMalformed,
  WorkNotFound,
  type WorkResult,
  workItem,
  workKey,
  writeResult,
} from './work.ts';
