/** Written by `npx -y pnpm@12 documents`: `detail` of each event on a deployment's bus. */
export interface MirrorRequested {
  version: 1;
  requestId?: string;
  repository: string;
  sourceUrl: string;
  maxDelaySeconds?: number;
  origin?: {
    door: 'hook' | 'schedule';
    delivery?: string;
    [k: string]: unknown;
  };
  [k: string]: unknown;
}

export interface TaskRequested {
  version: 1;
  requestId?: string;
  name: string;
  maxDelaySeconds?: number;
  [k: string]: unknown;
}

export interface PauseRequested {
  version: 1;
  taskKey?: string;
  [k: string]: unknown;
}

export interface ResumeRequested {
  version: 1;
  taskKey?: string;
  [k: string]: unknown;
}

export interface CloseRequested {
  version: 1;
  [k: string]: unknown;
}

export interface RequestAccepted {
  version: 1;
  leaseId: string;
  taskKey: string;
  requestId: string;
  as: 'pending' | 'merged' | 'hastened' | 'again';
  joins: string;
  [k: string]: unknown;
}

export interface WorkWaiting {
  version: 1;
  leaseId: string;
  requests: number;
  timerId?: string;
  [k: string]: unknown;
}

export interface RequestRejected {
  version: 1;
  requestId: string | null;
  reason: string;
  [k: string]: unknown;
}

export interface LeasePaused {
  version: 1;
  leaseId: string;
  taskKey: string | null;
  [k: string]: unknown;
}

export interface LeaseResumed {
  version: 1;
  leaseId: string;
  taskKey: string | null;
  [k: string]: unknown;
}

export interface EndpointsNeeded {
  version: 1;
  leaseId: string;
  fence: number;
  [k: string]: unknown;
}

export interface EndpointsReady {
  version: 1;
  leaseId: string;
  fence: number;
  paidUntil: string;
  [k: string]: unknown;
}

export interface EndpointsFailed {
  version: 1;
  leaseId: string;
  fence: number;
  reason: string;
  [k: string]: unknown;
}

export interface EndpointsReleased {
  version: 1;
  leaseId: string;
  fence: number;
  [k: string]: unknown;
}

export interface TaskStarted {
  version: 1;
  leaseId: string;
  taskKey: string;
  requestId: string;
  token: string;
  taskArn: string;
  [k: string]: unknown;
}

export interface TaskSucceeded {
  version: 1;
  leaseId: string;
  taskKey: string;
  requestId: string;
  token: string;
  durationMs: number;
  [k: string]: unknown;
}

export interface TaskFailed {
  version: 1;
  leaseId: string;
  taskKey: string;
  requestId: string;
  token: string | null;
  message: string;
  attempts: number;
  next: 'retry' | 'superseded' | 'dead' | 'handedOver';
  [k: string]: unknown;
}

export interface AttemptEnded {
  version: 1;
  leaseId: string;
  token: string;
  [k: string]: unknown;
}

/** By its `detail-type`. */
export interface EventDetails {
  readonly MirrorRequested: MirrorRequested;
  readonly TaskRequested: TaskRequested;
  readonly PauseRequested: PauseRequested;
  readonly ResumeRequested: ResumeRequested;
  readonly CloseRequested: CloseRequested;
  readonly RequestAccepted: RequestAccepted;
  readonly WorkWaiting: WorkWaiting;
  readonly RequestRejected: RequestRejected;
  readonly LeasePaused: LeasePaused;
  readonly LeaseResumed: LeaseResumed;
  readonly EndpointsNeeded: EndpointsNeeded;
  readonly EndpointsReady: EndpointsReady;
  readonly EndpointsFailed: EndpointsFailed;
  readonly EndpointsReleased: EndpointsReleased;
  readonly TaskStarted: TaskStarted;
  readonly TaskSucceeded: TaskSucceeded;
  readonly TaskFailed: TaskFailed;
  readonly AttemptEnded: AttemptEnded;
}
