/** A decision's facts as events, for the services that owe the next step and for whoever watches the bus. */
import { type Advanced, advance, type Command, type Fact, type LeaseState, type ScopeOf } from '@hourglass/lease';
import {
  EndpointsFailed,
  EndpointsNeeded,
  EndpointsReady,
  EndpointsReleased,
  LeasePaused,
  LeaseResumed,
  RequestAccepted,
  TaskFailed,
  TaskStarted,
  TaskSucceeded,
} from './contracts/internal.ts';
import type { ServiceEffects } from './lease-env.ts';
import { eventOf, type OutgoingEvent } from './publish.ts';

/**
 * One step of a service over its lease, and the events of what it decided.
 * @param own a fact that the caller itself goes on from, so that nobody needs its event
 */
export async function advanceAndAnnounce(
  effects: ServiceEffects,
  scope: ScopeOf,
  plan: (state: LeaseState, nowMs: number) => Command[] | Promise<Command[]>,
  own?: Fact['type'],
): Promise<Advanced> {
  const step = await advance(effects, effects.leaseId, scope, plan);
  const news = step.facts.filter(({ type }) => type !== own);
  await effects.publish(announce(effects.leaseId, news));
  return step;
}

/** The events of these facts. */
export function announce(leaseId: string, facts: Fact[]): OutgoingEvent[] {
  return facts.flatMap((fact) => eventsOf(leaseId, fact));
}

function eventsOf(leaseId: string, fact: Fact): OutgoingEvent[] {
  switch (fact.type) {
    case 'requestRemembered': {
      const { request, taskKey, as, joins } = fact;
      return [eventOf(RequestAccepted, { leaseId, taskKey, requestId: request.requestId, as, joins })];
    }
    case 'paused':
      return [eventOf(LeasePaused, { leaseId, taskKey: fact.taskKey })];
    case 'resumed':
      return [eventOf(LeaseResumed, { leaseId, taskKey: fact.taskKey })];
    case 'leaseOpening':
      return [eventOf(EndpointsNeeded, { leaseId, fence: fact.fence })];
    case 'leaseOpened': {
      const paidUntil = new Date(fact.paidUntilMs).toISOString();
      return [eventOf(EndpointsReady, { leaseId, fence: fact.fence, paidUntil })];
    }
    case 'leaseClosing':
      if (fact.reason !== 'creationFailed') return [eventOf(EndpointsReleased, { leaseId, fence: fact.fence })];
      return [
        eventOf(EndpointsFailed, {
          leaseId,
          fence: fact.fence,
          reason: fact.message ?? 'The stack could not be created.',
        }),
      ];
    case 'leaseClosed':
      if (!fact.failed || fact.openedAtMs !== null) return [];
      return [
        eventOf(EndpointsFailed, {
          leaseId,
          fence: fact.fence,
          reason: fact.message ?? 'No stack came of the creation.',
        }),
      ];
    case 'taskStarted': {
      const { taskKey, token, taskArn, request } = fact;
      return [eventOf(TaskStarted, { leaseId, taskKey, requestId: request.requestId, token, taskArn })];
    }
    case 'taskSucceeded': {
      const { taskKey, token, durationMs, request } = fact;
      return [eventOf(TaskSucceeded, { leaseId, taskKey, requestId: request.requestId, token, durationMs })];
    }
    case 'taskFailed': {
      const { taskKey, token, message, attempts, next, request } = fact;
      return [eventOf(TaskFailed, { leaseId, taskKey, requestId: request.requestId, token, message, attempts, next })];
    }
    case 'askRemembered':
    case 'taskClaimed':
    case 'leaseExtended':
      return [];
  }
}
