/**
 * What a write leaves to be announced. It is kept beside the write, in the same transaction, until its events are out; so whoever looks next announces
 * what a handler has written and died of. What only asks a service for the next step is not kept: the timer asks it all the same.
 */
import type { Fact } from './commands.ts';
import type { Request } from './task.ts';

type Kept<F> = F extends { request: Request }
  ? Omit<F, 'request' | 'tips' | 'tries' | 'report' | 'carried' | 'noCapacitySinceMs'> & {
      request: Pick<Request, 'requestId'>;
    }
  : F;

/** A fact, with no more of it than its event has. */
export type News = Kept<
  Extract<
    Fact,
    {
      type:
        | 'requestRemembered'
        | 'paused'
        | 'resumed'
        | 'leaseOpened'
        | 'leaseClosing'
        | 'leaseClosed'
        | 'taskStarted'
        | 'taskSucceeded'
        | 'taskFailed';
    }
  >
>;

/** The news of one write, by the version that it has given to the lease. */
export interface Unannounced {
  version: number;
  writtenAtMs: number;
  news: News[];
}

/** Of these facts, what others are to hear of, whatever becomes of the handler. */
export function newsOf(facts: readonly Fact[]): News[] {
  return facts.flatMap((fact): News[] => {
    switch (fact.type) {
      case 'requestRemembered':
      case 'taskStarted':
        return [{ ...fact, request: idOf(fact.request) }];
      case 'taskSucceeded': {
        const { tips: _, tries: __, carried: ___, report: ____, ...news } = fact;
        return [{ ...news, request: idOf(fact.request) }];
      }
      case 'taskFailed': {
        const { tries: _, carried: __, report: ___, noCapacitySinceMs: ____, ...news } = fact;
        return [{ ...news, request: idOf(fact.request) }];
      }
      case 'leaseClosing':
        return fact.reason === 'creationFailed' ? [fact] : [];
      case 'leaseClosed':
        return fact.failed && fact.openedAtMs === null ? [fact] : [];
      case 'paused':
      case 'resumed':
      case 'leaseOpened':
        return [fact];
      default:
        return [];
    }
  });
}

function idOf({ requestId }: Request): Pick<Request, 'requestId'> {
  return { requestId };
}
