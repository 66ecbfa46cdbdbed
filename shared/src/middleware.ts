/**
 * The one middy stack: every service is served by `serve`, which gives it a logger with a correlation id and turns what is thrown into
 * one log line that says whether trying again can help.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { TimerFired } from './contracts/aws.ts';
import { type Contract, type DetailOf, envelopeOf } from './contracts/contract.ts';
import { describeIssues } from './env.ts';
import { PermanentError } from './errors.ts';

export type { Logger } from '@aws-lambda-powertools/logger';

/** Serves one Lambda. What `handle` throws goes to Lambda's own retry, and after it to the on-failure destination. */
export function serve<Event, Result>(
  serviceName: string,
  handle: (event: Event, logger: Logger, context: Context) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  const logger = new Logger({ serviceName });
  // No handler waits for anything long, so middy's own timer before Lambda's is not needed.
  return middy<Event, Result>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use({
      before: ({ event }) => {
        const correlationId = correlationIdOf(event);
        if (correlationId !== undefined) logger.setCorrelationId(correlationId);
      },
      onError: ({ error }) => {
        const permanent = error instanceof PermanentError;
        logger.error(
          permanent ? 'Refused: trying again cannot help' : 'Failed: it will be tried again',
          error as Error,
        );
      },
    })
    .handler((event: Event, context: Context) => handle(event, logger, context)) as (
    event: Event,
    context: Context,
  ) => Promise<Result>;
}

/** What a Lambda behind event rules and schedules does, by what it is called with. */
export interface Route {
  matches(event: unknown): boolean;
  handle(event: unknown, logger: Logger): Promise<void>;
}

/** Events of this contract, parsed. */
export function on<C extends Contract>(
  contract: C,
  handle: (detail: DetailOf<C>, logger: Logger) => Promise<void>,
): Route {
  const envelope = envelopeOf(contract);
  return {
    matches: (event) => (event as { 'detail-type'?: unknown })?.['detail-type'] === contract.name,
    handle: (event, logger) =>
      handle(parse<z.ZodType<{ detail: DetailOf<C> }>>(envelope as never, contract.name, event).detail, logger),
  };
}

/** The lease's timer. */
export function onTimer(handle: (timer: { leaseId: string; timerId: string }, logger: Logger) => Promise<void>): Route {
  return {
    matches: (event) => typeof event === 'object' && event !== null && 'timer' in event,
    handle: (event, logger) => handle(parse(TimerFired, 'The timer', event).timer, logger),
  };
}

/**
 * @throws PermanentError for an event that no route knows or that breaks its contract.
 */
export async function route(routes: Route[], event: unknown, logger: Logger): Promise<void> {
  const found = routes.find(({ matches }) => matches(event));
  if (!found) throw new PermanentError('This event is none that the service knows; see the rule that sent it.');
  await found.handle(event, logger);
}

function parse<T extends z.ZodType>(schema: T, name: string, event: unknown): z.output<T> {
  const result = schema.safeParse(event);
  if (result.success) return result.data;
  throw new PermanentError(`${name} breaks its contract: ${describeIssues(result.error)}.`);
}

const MAX_CORRELATION_ID = 128;

/** A request keeps its id through every service; where there is none, the lease and its fence tie the lines together. */
function correlationIdOf(event: unknown): string | undefined {
  const { detail, id, timer } = (event ?? {}) as {
    detail?: { requestId?: unknown; leaseId?: unknown; fence?: unknown };
    id?: unknown;
    timer?: { timerId?: unknown };
  };
  const { leaseId, fence } = detail ?? {};
  const lease = typeof leaseId === 'string' && typeof fence === 'number' ? `${leaseId}/${fence}` : undefined;
  const found = detail?.requestId ?? lease ?? timer?.timerId ?? id;
  // What is neither text nor a number may have a `toString` of the sender's.
  return typeof found === 'string' || typeof found === 'number'
    ? String(found).slice(0, MAX_CORRELATION_ID)
    : undefined;
}
