/** The contracts, and the types of the events' details, for whoever sends requests or listens on the bus in TypeScript. */
import type { DetailOf } from './contract.ts';
import type * as internal from './internal.ts';
import type * as operator from './operator.ts';
import type * as requests from './requests.ts';

export { type Contract, type DetailOf, envelopeOf } from './contract.ts';
export * from './internal.ts';
export { CloseRequested, operatorContracts, PauseRequested, ResumeRequested } from './operator.ts';
export { MirrorRequested, TaskRequested } from './requests.ts';

/** `detail` of each event, by its `detail-type`. */
export interface EventDetails {
  readonly MirrorRequested: DetailOf<typeof requests.MirrorRequested>;
  readonly TaskRequested: DetailOf<typeof requests.TaskRequested>;
  readonly PauseRequested: DetailOf<typeof operator.PauseRequested>;
  readonly ResumeRequested: DetailOf<typeof operator.ResumeRequested>;
  readonly CloseRequested: DetailOf<typeof operator.CloseRequested>;
  readonly RequestAccepted: DetailOf<typeof internal.RequestAccepted>;
  readonly WorkWaiting: DetailOf<typeof internal.WorkWaiting>;
  readonly RequestRejected: DetailOf<typeof internal.RequestRejected>;
  readonly LeasePaused: DetailOf<typeof internal.LeasePaused>;
  readonly LeaseResumed: DetailOf<typeof internal.LeaseResumed>;
  readonly EndpointsNeeded: DetailOf<typeof internal.EndpointsNeeded>;
  readonly EndpointsReady: DetailOf<typeof internal.EndpointsReady>;
  readonly EndpointsFailed: DetailOf<typeof internal.EndpointsFailed>;
  readonly EndpointsReleased: DetailOf<typeof internal.EndpointsReleased>;
  readonly TaskStarted: DetailOf<typeof internal.TaskStarted>;
  readonly TaskSucceeded: DetailOf<typeof internal.TaskSucceeded>;
  readonly TaskFailed: DetailOf<typeof internal.TaskFailed>;
  readonly AttemptEnded: DetailOf<typeof internal.AttemptEnded>;
}
