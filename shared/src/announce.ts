/** A decision's facts as events, for the services that owe the next step and for whoever watches the bus. */
import {
  type Advanced,
  advance,
  type Command,
  type Fact,
  type Lease,
  type LeaseEffects,
  type LeaseState,
  type News,
  newsOf,
  type ScopeOf,
  type TimerOwner,
} from '@hourglass/lease';
import * as z from 'zod';
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
  WorkWaiting,
} from './contracts/internal.ts';
import { eventOf, type OutgoingEvent, type Publish } from './publish.ts';

interface Announcing {
  /** A fact that the caller itself goes on from, so that nobody needs to be asked for the next step. */
  readonly own?: Fact['type'];
  /** What the services are to hear besides. */
  others?(step: Advanced): OutgoingEvent[];
}

/** What a service does to the lease and publishes of it. */
export interface ServiceEffects extends LeaseEffects {
  /** Whose they are. */
  readonly service: TimerOwner | 'intake';
  leaseId: string;
  publish: Publish;
  warn(message: string, error?: Error): void;
}

/**
 * One step of a service over its lease, and the events of what it decided. A handler that dies on the way leaves the news in the outbox of its write, so
 * each is announced at least once.
 */
export async function advanceAndAnnounce(
  effects: ServiceEffects,
  scope: ScopeOf,
  plan: (state: LeaseState, nowMs: number) => Command[] | Promise<Command[]>,
  { own, others }: Announcing = {},
): Promise<Advanced> {
  const { leaseId, publish, store } = effects;
  return advance(effects, leaseId, scope, plan, async (step) => {
    const news = newsOf(step.facts);
    const asks = step.facts.filter(({ type }) => type !== own).flatMap((fact) => askOf(leaseId, fact));
    if (step.refused) asks.push(...askOwner(effects, step.state.lease, step.refused));
    await publish([...news.flatMap((one) => eventsOf(leaseId, one)), ...asks, ...(others?.(step) ?? [])]);
    // Where it cannot be cleared it is announced again.
    if (news.length > 0) await store.clearOutbox(leaseId, step.state.lease.version).catch(() => {});
  });
}

/** Writes whose news are announced at one look. */
const LOOKED_AT = 10;

/**
 * Announces what handlers have written and not announced, because they died or EventBridge did not answer.
 * @returns whether nothing is left in the outbox; false if the next look must go on
 */
export async function announceLeft(
  leaseId: string,
  { publish, store, nowMs, settings }: Pick<ServiceEffects, 'publish' | 'store' | 'nowMs' | 'settings'>,
): Promise<boolean> {
  try {
    const left = await store.readOutbox(leaseId, LOOKED_AT);
    for (const { version, writtenAtMs, news } of left) {
      // Its own handler may be at it.
      if (nowMs() < writtenAtMs + settings.patienceMs) return false;
      await publish(news.flatMap((one) => eventsOf(leaseId, one))).catch((error: Error) => {
        // Of an earlier release, in a shape that no event has now: to keep it would stop all others.
        if (!(error instanceof z.ZodError)) throw error;
      });
      await store.clearOutbox(leaseId, version);
    }
    return left.length < LOOKED_AT;
  } catch {
    return false;
  }
}

/** What asks another service for its step. */
function askOf(leaseId: string, fact: Fact): OutgoingEvent[] {
  if (fact.type === 'leaseOpening') return [eventOf(EndpointsNeeded, { leaseId, fence: fact.fence })];
  if (fact.type !== 'leaseClosing' || fact.reason === 'creationFailed') return [];
  return [eventOf(EndpointsReleased, { leaseId, fence: fact.fence })];
}

/** A timer that stands in for a refused one may wake another service than the one that owes the next step, which is asked by an event then. */
function askOwner(
  { leaseId, service, warn }: ServiceEffects,
  { fence, pending, timer }: Lease,
  { message, owner }: NonNullable<Advanced['refused']>,
): OutgoingEvent[] {
  warn(`AWS makes no schedule for the lease's timer: ${message} The one that is there fires on in its place.`);
  if (owner === service) return [];
  if (owner === 'provisioner') return [eventOf(EndpointsNeeded, { leaseId, fence })];
  if (owner === 'teardown') return [eventOf(EndpointsReleased, { leaseId, fence })];
  return [eventOf(WorkWaiting, { leaseId, requests: Math.max(1, pending), ...(timer && { timerId: timer.id }) })];
}

function eventsOf(leaseId: string, fact: News): OutgoingEvent[] {
  switch (fact.type) {
    case 'requestRemembered': {
      const { request, taskKey, as, joins } = fact;
      return [eventOf(RequestAccepted, { leaseId, taskKey, requestId: request.requestId, as, joins })];
    }
    case 'paused':
      return [eventOf(LeasePaused, { leaseId, taskKey: fact.taskKey })];
    case 'resumed':
      return [eventOf(LeaseResumed, { leaseId, taskKey: fact.taskKey })];
    case 'leaseOpened': {
      const paidUntil = new Date(fact.paidUntilMs).toISOString();
      return [eventOf(EndpointsReady, { leaseId, fence: fact.fence, paidUntil })];
    }
    case 'leaseClosing':
      return [
        eventOf(EndpointsFailed, {
          leaseId,
          fence: fact.fence,
          reason: fact.message ?? 'The stack could not be created.',
        }),
      ];
    case 'leaseClosed':
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
  }
}
