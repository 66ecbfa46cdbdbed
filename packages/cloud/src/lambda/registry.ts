/**
 * The functions there are, with their policies, asynchronous settings and event sources.
 */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { PolicyDocument, PolicyStatement } from '../service.ts';
import type { Queue } from '../sqs/queue.ts';
import type { AnswerCall } from '../wire/faults.ts';
import { AsynchronousInvoker, defaultEventInvokeSettings, type EventInvokeSettings } from './asynchronous.ts';
import { EventSource, type EventSourceSettings } from './event-source.ts';
import { LambdaFunction } from './function.ts';
import type { FunctionSettings } from './settings.ts';

export class FunctionRegistry {
  readonly #core: CloudCore;
  readonly #answer: AnswerCall;
  readonly #coldStartMs: number;
  readonly #functions = new Map<string, LambdaFunction>();
  readonly #statements = new Map<string, PolicyStatement[]>();
  readonly #invokeSettings = new Map<string, EventInvokeSettings>();
  readonly #sources: EventSource[] = [];
  readonly #invoker: AsynchronousInvoker;

  constructor(core: CloudCore, options: { answer: AnswerCall; coldStartMs?: number | undefined }) {
    this.#coldStartMs = options.coldStartMs ?? 0;
    this.#core = core;
    this.#answer = options.answer;
    this.#invoker = new AsynchronousInvoker(core);
  }

  create(settings: FunctionSettings): LambdaFunction {
    const fn = new LambdaFunction(this.#core, settings, this.#answer, this.#coldStartMs);
    this.#functions.set(settings.name, fn);
    return fn;
  }

  remove(name: string): void {
    this.#functions.get(name)?.close();
    this.#functions.delete(name);
  }

  /** Puts one back that was removed. */
  restore(fn: LambdaFunction): void {
    this.#functions.set(fn.settings.name, fn);
  }

  all(): LambdaFunction[] {
    return [...this.#functions.values()];
  }

  /** By name, ARN, or either with a qualifier. Throws ResourceNotFoundException. */
  find(nameOrArn: string): LambdaFunction {
    const arn = this.arnOf(nameOrArn);
    const fn = this.#functions.get(arn.slice(arn.lastIndexOf(':') + 1));
    if (fn === undefined || fn.settings.arn !== arn) {
      throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, { httpStatus: 404 });
    }
    return fn;
  }

  /** The unqualified ARN that a name or ARN means. */
  arnOf(nameOrArn: string): string {
    if (nameOrArn.startsWith('arn:')) {
      return nameOrArn.split(':').slice(0, 7).join(':');
    }
    return this.#core.arn('lambda', `function:${nameOrArn.split(':')[0]}`);
  }

  allow(arn: string, statement: PolicyStatement): void {
    const statements = this.#statements.get(arn) ?? [];
    statements.push(statement);
    this.#statements.set(arn, statements);
  }

  policyOf(arn: string): PolicyDocument | undefined {
    const Statement = this.#statements.get(arn);
    return Statement === undefined ? undefined : { Statement };
  }

  configureInvoke(name: string, settings: EventInvokeSettings): void {
    this.#invokeSettings.set(name, settings);
  }

  acceptEvent(fn: LambdaFunction, payload: string, requestId: string, trigger: string): void {
    const settings = (): EventInvokeSettings =>
      this.#invokeSettings.get(fn.settings.name) ?? defaultEventInvokeSettings;
    this.#invoker.accept(fn, settings, payload, requestId, trigger);
  }

  addSource(queue: Queue, fn: LambdaFunction, settings: EventSourceSettings): void {
    this.#sources.push(new EventSource(this.#core, queue, fn, settings));
  }

  /** As ListEventSourceMappings shows them. */
  sources(): { UUID: string; EventSourceArn: string; FunctionArn: string; BatchSize: number; State: string }[] {
    return this.#sources.map((source, index) => ({
      UUID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      EventSourceArn: source.queue.arn,
      FunctionArn: source.fn.settings.arn,
      BatchSize: source.settings.batchSize,
      State: 'Enabled',
    }));
  }

  close(): void {
    for (const source of this.#sources) {
      source.close();
    }
    for (const fn of this.#functions.values()) {
      fn.close();
    }
  }
}
