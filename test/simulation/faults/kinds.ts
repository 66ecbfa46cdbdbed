/** Everything that AWS, the network and the tasks may do to a deployment, and how often it happens where it is let. */

/** Per chance to do so: per call, delivery, fire, stack, task or day, as the comment says. */
export const FAULTS = {
  // Per delivery of an event to a target.
  'event-duplicated': 0.1,
  'event-reordered': 0.3,
  'event-delayed': 0.05,
  'event-dropped': 0.05,
  // Per call of a function.
  'handler-dies-before-call': 0.004,
  'handler-dies-after-call': 0.004,
  'api-throttled': 0.01,
  'api-error': 0.01,
  'api-answer-lost': 0.005,
  'api-slow': 0.1,
  'write-conflict': 0.05,
  'write-throttled': 0.02,
  'put-events-partial': 0.1,
  // Per six hours: an API is away for minutes to an hour.
  'api-outage': 0.05,
  // Per six hours: Fargate has no capacity, in one Zone or in all, for minutes to a day.
  'capacity-outage': 0.05,
  // Per firing of a schedule.
  'timer-late': 0.5,
  'timer-twice': 0.1,
  // Per stack.
  'create-slow': 0.15,
  'create-refused': 0.1,
  'create-failed': 0.15,
  'delete-slow': 0.2,
  'delete-failed': 0.2,
  // Per RunTask.
  'no-capacity': 0.1,
  'image-pull-failed': 0.1,
  'stopped-early': 0.05,
  // Per task.
  sidecar: 0.3,
  'never-stopped': 0.03,
  'task-fails': 0.1,
  'task-killed': 0.07,
  'task-hangs': 0.03,
  'task-overlong': 0.07,
  'task-mute': 0.1,
  'stopped-twice': 0.3,
  'stopped-never': 0.15,
  // Per CreateRepository.
  'destination-refused': 0.2,
  // Per StartMessageMoveTask.
  'move-runs': 0.3,
  // Once.
  'clock-skew': 1,
  // Per day.
  redeployment: 0.2,
  // Per stack that is to be deleted.
  'delete-refused': 0.05,
  // Per six hours: the organisation denies one kind of creation, or all, for minutes to half a day.
  'creation-denied': 0.1,
  // Of the direct carrier. Per call of S3; per six hours, for minutes to an hour.
  'store-refused': 0.05,
  'store-outage': 0.05,
  // Per pack that is read.
  'stored-broken': 0.05,
  // Per Invoke of the fetcher.
  'function-inactive': 0.1,
  // Per event of S3.
  'stored-never': 0.1,
  'stored-twice': 0.3,
  // Per request to the git server on premises, and to CodeCommit's.
  'source-hangs': 0.02,
  'source-closes': 0.05,
  'source-broken': 0.05,
  'source-busy': 0.1,
  'destination-hangs': 0.02,
  'destination-busy': 0.1,
  // Per push.
  'destination-moves': 0.1,
  'destination-lost': 0.1,
  // Per day: somebody pauses everything or one task and resumes it, or lets the endpoints go.
  operator: 0.3,
  // Per six hours, for minutes to hours: others in the account have used up most of what calls a service takes, or a quota; a policy of the
  // bucket, or of its key, denies.
  'rate-limited': 0.2,
  'quota-reached': 0.1,
  'store-denied': 0.1,
  // Per stack that is there: somebody, or a tool of the organisation, protects it from its deletion, for an hour to a day and a half.
  'stack-protected': 0.1,
  // Per six hours, for minutes to half a day: EC2 throttles what CloudFormation asks of it in a stack's operation, or a policy denies it.
  'stack-calls-fail': 0.1,
  // Per six hours, for minutes to half a day: the Scheduler throttles or fails each call.
  'scheduler-outage': 0.1,
} as const;

export type FaultKind = keyof typeof FAULTS;

export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];
