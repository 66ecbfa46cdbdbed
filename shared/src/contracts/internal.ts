/** What the services publish for each other. None of these can be sent from outside: internal rules match the internal source only. */
import * as z from 'zod';
import { defineContract, INTERNAL_SOURCE } from './contract.ts';

const internal = [INTERNAL_SOURCE] as const;
const leaseId = z.string().min(1);
const fence = z.number().int().min(0);
const task = { leaseId, taskKey: z.string(), requestId: z.string() };

export const RequestAccepted = defineContract('RequestAccepted', internal, {
  ...task,
  as: z.enum(['pending', 'merged', 'hastened', 'again']),
  joins: z.string(),
});

/**
 * Requests have come to wait for endpoints that are there, and a task may be begun for them: published once, however many one write has taken. `timerId`: of a
 * timer that has woken another service in the runner's place, since AWS makes none for the runner.
 */
export const WorkWaiting = defineContract('WorkWaiting', internal, {
  leaseId,
  requests: z.number().int().min(1),
  timerId: z.string().optional(),
});

/** The original rests in the dead-letter queue of the intake. */
export const RequestRejected = defineContract('RequestRejected', internal, {
  requestId: z.string().nullable(),
  reason: z.string(),
});

/** The operator has paused everything, or one task; and resumed it. */
export const LeasePaused = defineContract('LeasePaused', internal, { leaseId, taskKey: z.string().nullable() });
export const LeaseResumed = defineContract('LeaseResumed', internal, { leaseId, taskKey: z.string().nullable() });
/** The lease is opening: somebody must create the endpoints. */
export const EndpointsNeeded = defineContract('EndpointsNeeded', internal, { leaseId, fence });
export const EndpointsReady = defineContract('EndpointsReady', internal, { leaseId, fence, paidUntil: z.string() });
/** The creation failed; what is left of the stack must go. */
export const EndpointsFailed = defineContract('EndpointsFailed', internal, { leaseId, fence, reason: z.string() });
/** The lease has let go of its endpoints: their stack must be deleted. */
export const EndpointsReleased = defineContract('EndpointsReleased', internal, { leaseId, fence });

export const TaskStarted = defineContract('TaskStarted', internal, { ...task, token: z.string(), taskArn: z.string() });
export const TaskSucceeded = defineContract('TaskSucceeded', internal, {
  ...task,
  token: z.string(),
  durationMs: z.number(),
});
export const TaskFailed = defineContract('TaskFailed', internal, {
  ...task,
  token: z.string().nullable(),
  message: z.string(),
  attempts: z.number().int(),
  next: z.enum(['retry', 'superseded', 'dead', 'handedOver']),
});

/** The direct carrier has written the end of this attempt, on its work item. */
export const AttemptEnded = defineContract('AttemptEnded', internal, { leaseId, token: z.string().min(1).max(128) });

export const internalContracts = [
  RequestAccepted,
  WorkWaiting,
  RequestRejected,
  LeasePaused,
  LeaseResumed,
  EndpointsNeeded,
  EndpointsReady,
  EndpointsFailed,
  EndpointsReleased,
  TaskStarted,
  TaskSucceeded,
  TaskFailed,
  AttemptEnded,
] as const;
