/**
 * Asynchronous invocations: accepted at once, run soon, run again one and then two minutes later if they fail, and sent to the on-failure
 * destination at last.
 * Source: Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation", "Asynchronous invocation records".
 */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { LambdaFunction } from './function.ts';
import type { InvocationResult } from './result.ts';

/** From `AWS::Lambda::EventInvokeConfig`. */
export interface EventInvokeSettings {
  readonly maxRetries: number;
  readonly maxAgeSeconds: number;
  readonly onFailureArn: string | undefined;
  readonly onSuccessArn: string | undefined;
}

export const defaultEventInvokeSettings: EventInvokeSettings = {
  maxRetries: 2,
  maxAgeSeconds: 21_600,
  onFailureArn: undefined,
  onSuccessArn: undefined,
};

interface Pending {
  readonly fn: LambdaFunction;
  readonly settings: () => EventInvokeSettings;
  readonly payload: string;
  readonly requestId: string;
  readonly trigger: string;
  readonly acceptedMs: number;
}

const queueMs = 20;
const retryWaitsMs = [60_000, 120_000];
const throttledWaitMs = 1000;

export class AsynchronousInvoker {
  readonly #core: CloudCore;

  constructor(core: CloudCore) {
    this.#core = core;
  }

  accept(
    fn: LambdaFunction,
    settings: () => EventInvokeSettings,
    payload: string,
    requestId: string,
    trigger: string,
  ): void {
    const acceptedMs = this.#core.clock.nowMs();
    this.#runAt(acceptedMs + queueMs, { fn, settings, payload, requestId, trigger, acceptedMs }, 1);
  }

  #runAt(atMs: number, pending: Pending, attempt: number): void {
    this.#core.clock.schedule(atMs, `invoke ${pending.fn.settings.name}`, () => this.#run(pending, attempt));
  }

  async #run(pending: Pending, attempt: number): Promise<void> {
    const { fn, payload, requestId, trigger, acceptedMs } = pending;
    const settings = pending.settings();
    const { clock } = this.#core;
    // Since 2021 nothing waits for a function that may not run at all: https://github.com/SummitRoute/aws_breaking_changes/issues/48
    if (fn.settings.reservedConcurrency === 0) {
      await this.#giveUp(pending, attempt - 1, 'ZeroReservedConcurrency', undefined);
      return;
    }
    const isTooOld = (atMs: number): boolean => atMs - acceptedMs > settings.maxAgeSeconds * 1000;
    if (fn.isThrottled()) {
      const againMs = clock.nowMs() + throttledWaitMs;
      if (isTooOld(againMs)) {
        await this.#giveUp(pending, attempt - 1, 'EventAgeExceeded', undefined);
      } else {
        this.#runAt(againMs, pending, attempt);
      }
      return;
    }
    const result = await fn.run({ payload, requestId, attempt, trigger });
    if (result.outcome === 'ok') {
      await this.#notify(pending, settings.onSuccessArn, attempt, 'Success', result);
      return;
    }
    const againMs = clock.nowMs() + (retryWaitsMs[attempt - 1] ?? 0);
    if (attempt > settings.maxRetries) {
      await this.#giveUp(pending, attempt, 'RetriesExhausted', result);
    } else if (isTooOld(againMs)) {
      await this.#giveUp(pending, attempt, 'EventAgeExceeded', result);
    } else {
      this.#runAt(againMs, pending, attempt + 1);
    }
  }

  async #giveUp(
    pending: Pending,
    count: number,
    condition: string,
    result: InvocationResult | undefined,
  ): Promise<void> {
    const { deadLetterArn } = pending.fn.settings;
    if (deadLetterArn !== undefined) {
      await this.#send(pending.fn, deadLetterArn, pending.payload);
    }
    await this.#notify(pending, pending.settings().onFailureArn, count, condition, result);
  }

  async #notify(
    pending: Pending,
    destinationArn: string | undefined,
    count: number,
    condition: string,
    result: InvocationResult | undefined,
  ): Promise<void> {
    if (destinationArn === undefined) {
      return;
    }
    const record = {
      version: '1.0',
      timestamp: new Date(this.#core.clock.nowMs()).toISOString(),
      requestContext: {
        requestId: pending.requestId,
        functionArn: `${pending.fn.settings.arn}:$LATEST`,
        condition,
        approximateInvokeCount: count,
      },
      requestPayload: JSON.parse(pending.payload === '' ? '{}' : pending.payload),
      ...(result === undefined
        ? {}
        : {
            responseContext: {
              statusCode: 200,
              executedVersion: '$LATEST',
              ...(result.outcome === 'ok' ? {} : { functionError: 'Unhandled' }),
            },
            responsePayload: JSON.parse(result.payload),
          }),
    };
    await this.#send(pending.fn, destinationArn, JSON.stringify(record));
  }

  /** The function's own role sends. A refusal loses the record, as in AWS; the trace has the refused call. */
  async #send(fn: LambdaFunction, queueArn: string, body: string): Promise<void> {
    try {
      await this.#core.call(
        'sqs',
        'SendMessage',
        { QueueUrl: queueArn.replace(/^.*:/, ''), MessageBody: body },
        fn.principal,
      );
    } catch (error) {
      if (!(error instanceof AwsError)) {
        throw error;
      }
    }
  }
}
