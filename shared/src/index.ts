export {
  type AdmissionRules,
  admissionEnv,
  admitRequest,
  type DestinationRules,
  ignoredKeys,
  type RequestDetail,
  taskOf,
} from './admission.ts';
export { advanceAndAnnounce, type ServiceEffects } from './announce.ts';
export {
  ASKS,
  Ask,
  ENDED,
  FetchOrder,
  MANIFESTS,
  ObjectCreated,
  PACKS,
  packKeyOf,
  tokenOf,
} from './carrier-store.ts';
export { cloudFormation, ec2, ecs, eventBridge, lambda, s3, scheduler, sns, sqs, ssm } from './clients.ts';
export { StackStatusChange, TaskStateChange, TimerFired } from './contracts/aws.ts';
export { type Contract, type DetailOf, envelopeOf, INTERNAL_SOURCE } from './contracts/contract.ts';
export {
  AttemptEnded,
  EndpointsFailed,
  EndpointsNeeded,
  EndpointsReady,
  EndpointsReleased,
  internalContracts,
  LeasePaused,
  LeaseResumed,
  RequestAccepted,
  RequestRejected,
  TaskFailed,
  TaskStarted,
  TaskSucceeded,
  WorkWaiting,
} from './contracts/internal.ts';
export { CloseRequested, operatorContracts, PauseRequested, ResumeRequested } from './contracts/operator.ts';
export {
  CLIENT_SOURCE,
  MirrorRequested,
  OPERATOR_SOURCE,
  REPLAY_SOURCE,
  REQUEST_SOURCES,
  TaskRequested,
  WEBHOOK_SOURCE,
} from './contracts/requests.ts';
export { DeadTask, nextReplayId, replaysOf } from './dead-letter-message.ts';
export { createDeadLetterSender, type SendDeadLetters, sendDeadLetters } from './dead-letters.ts';
export { type DestinationEffects, isPrepared, type Prepared, prepareDestinations, refusalsOf } from './destinations.ts';
export { dynamoDbDocument } from './document-client.ts';
export { count, describeIssues, json, list, parseEnv, text } from './env.ts';
export { ConfigurationError, isRefusal, PermanentError, RetryableError } from './errors.ts';
export { givesUpSoon, hostOptions } from './host-options.ts';
export {
  createServiceEffects,
  directSettings,
  type LeaseEnv,
  leaseEnv,
  settingsFrom,
} from './lease-env.ts';
export { type Logger, on, onTimer, type Route, route, serve } from './middleware.ts';
export { ownTime } from './own-time.ts';
export { createPublisher, eventOf, type OutgoingEvent, type Publish } from './publish.ts';
export { describeRefusal, quoteAws } from './refusals.ts';
export { readSettings } from './settings.ts';
export {
  createFailureReader,
  createStackDeleter,
  createStackReader,
  type DescribeStack,
  type SeenStack,
} from './stacks.ts';
export { FENCE_TAG, LEASE_TAG, ownTags, REQUEST_TAG, requestTagOf } from './tags.ts';
export { createScheduledTimers } from './timers.ts';
