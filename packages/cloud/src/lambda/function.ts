/**
 * One function: its environments, and how a single invocation runs in one of them and ends.
 */
import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { Principal } from '../service.ts';
import type { AnswerCall } from '../wire/faults.ts';
import { FunctionCode } from './code.ts';
import { ExecutionEnvironment } from './environment.ts';
import { failed, failure, type InvocationResult, success } from './result.ts';
import type { FunctionSettings } from './settings.ts';
import { createVariables } from './variables.ts';

export interface Invocation {
  readonly payload: string;
  readonly requestId: string;
  readonly attempt: number;
  /** What invoked it, for the trace: `rule x`, `schedule x`, `queue x`, `api`. */
  readonly trigger: string;
}

/** "Weeks", says AWS. */
const INACTIVE_AFTER_MS = 14 * 86_400_000;
/** As long as its interface takes to be made anew. */
const PENDING_MS = 60_000;

export class LambdaFunction {
  settings: FunctionSettings;
  /** How far its clock is ahead of AWS's, in milliseconds. */
  skewMs = 0;
  readonly #core: CloudCore;
  readonly #answer: AnswerCall;
  readonly #coldStartMs: number;
  readonly #code: FunctionCode;
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #stream: string;
  #usedAtMs: number;
  #readyAtMs = 0;
  #running = 0;
  #generation = 0;

  constructor(core: CloudCore, settings: FunctionSettings, answer: AnswerCall, coldStartMs = 0) {
    this.#coldStartMs = coldStartMs;
    this.settings = settings;
    this.#core = core;
    this.#usedAtMs = core.clock.nowMs();
    this.#answer = answer;
    this.#code = new FunctionCode(settings.codeDir, settings.handler);
    this.#stream = `${new Date(core.clock.nowMs()).toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${core.newHex(32)}`;
  }

  get principal(): Principal {
    return this.#core.assumeRole(this.settings.roleArn, 'lambda.amazonaws.com', { sessionName: this.settings.name });
  }

  isThrottled(): boolean {
    return this.#running >= (this.settings.reservedConcurrency ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Throws if it has been put away, or is being made ready again. After weeks without a call that befalls a function in a VPC, and the first call
   * fails and wakes it. Source: Lambda developer guide, "Lambda function states".
   */
  wake(): void {
    if (this.settings.vpc === undefined) return;
    const nowMs = this.#core.clock.nowMs();
    const idleMs = nowMs - this.#usedAtMs;
    if (idleMs >= INACTIVE_AFTER_MS) this.#readyAtMs = nowMs + PENDING_MS;
    this.#usedAtMs = nowMs;
    if (nowMs >= this.#readyAtMs) return;
    const state = idleMs >= INACTIVE_AFTER_MS ? 'Inactive' : 'Pending';
    throw new AwsError(
      'ResourceConflictException',
      `The operation cannot be performed at this time. The function is currently in the following state: ${state}`,
      { httpStatus: 409 },
    );
  }

  /** Runs one invocation to its end. Never rejects for what the function's code does. */
  async run(invocation: Invocation): Promise<InvocationResult> {
    const { clock } = this.#core;
    const { name: functionName } = this.settings;
    const { requestId, attempt } = invocation;
    const startedMs = clock.nowMs();
    this.#core.trace({
      kind: 'invocation-start',
      atMs: startedMs,
      functionName,
      requestId,
      attempt,
      trigger: invocation.trigger,
    });
    this.#running += 1;
    const startedWallMs = performance.now();
    const isCold = this.#idle.length === 0;
    if (isCold && this.#coldStartMs > 0) await clock.sleep(this.#coldStartMs, `cold start of ${functionName}`);
    const environment = this.#takeEnvironment();
    const initializedWallMs = performance.now();
    const result =
      environment instanceof ExecutionEnvironment ? await this.#invoke(environment, invocation) : environment;
    this.#running -= 1;
    if (result.error !== undefined) this.#printFailure(requestId, result.error);
    this.#core.trace({
      kind: 'invocation-end',
      atMs: clock.nowMs(),
      functionName,
      requestId,
      attempt,
      initMs: initializedWallMs - startedWallMs,
      wallMs: performance.now() - initializedWallMs,
      virtualMs: clock.nowMs() - startedMs,
      outcome: result.outcome,
      ...(result.error === undefined ? {} : { error: result.error }),
    });
    return result;
  }

  /** What the runtime itself prints of a handler that threw, hung or did not load, in the format of JSON logs. */
  #printFailure(requestId: string, message: NonNullable<InvocationResult['error']>): void {
    const timestamp = new Date(this.#core.clock.nowMs()).toISOString();
    const line = JSON.stringify({ timestamp, level: 'ERROR', requestId, message });
    this.#core.log(this.settings.logGroup, this.#stream, line);
  }

  /** A deployment of new variables: what runs goes on with the old ones, the next invocation begins with these. */
  configure(variables: Readonly<Record<string, string>>): void {
    this.settings = { ...this.settings, variables: { ...this.settings.variables, ...variables } };
    this.#generation += 1;
    this.close();
  }

  /** As PutFunctionConcurrency; undefined takes the limit away. */
  reserveConcurrency(reservedConcurrency: number | undefined): void {
    this.settings = { ...this.settings, reservedConcurrency };
  }

  /** Ends every environment. */
  close(): void {
    for (const environment of this.#idle.splice(0)) {
      environment.kill();
    }
  }

  /** An idle environment, else a new one; the failure, if its module throws. */
  #takeEnvironment(): ExecutionEnvironment | InvocationResult {
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      return idle;
    }
    const environment = new ExecutionEnvironment({
      code: this.#code,
      variables: createVariables(this.#core, this.settings, this.#stream),
      clock: this.#core.clock,
      answer: this.#answer,
      skewMs: () => this.skewMs,
      random: () => Number.parseInt(this.#core.newHex(8), 16) / 2 ** 32,
      log: (line) => this.#core.log(this.settings.logGroup, this.#stream, line),
      functionName: this.settings.name,
      otherHosts: this.#core.otherHosts,
    });
    try {
      environment.load();
      return environment;
    } catch (error) {
      environment.kill();
      return failure('init-error', error);
    }
  }

  async #invoke(environment: ExecutionEnvironment, invocation: Invocation): Promise<InvocationResult> {
    const generation = this.#generation;
    const ended = await this.#race(environment, invocation);
    if (ended !== 'timeout') {
      if (environment.isDead) return ended;
      if (generation === this.#generation) this.#idle.push(environment);
      else environment.kill();
      return ended;
    }
    environment.kill();
    const seconds = (this.settings.timeoutMs / 1000).toFixed(2);
    const message = `RequestId: ${invocation.requestId} Error: Task timed out after ${seconds} seconds`;
    return failed('timeout', 'Sandbox.Timedout', message);
  }

  /** The handler against its timeout, which counts on the virtual clock, and on the wall clock for code that hangs. */
  async #race(environment: ExecutionEnvironment, invocation: Invocation): Promise<InvocationResult | 'timeout'> {
    const { clock } = this.#core;
    const { timeoutMs, name } = this.settings;
    const deadlineMs = clock.nowMs() + timeoutMs;
    return new Promise((resolve) => {
      const expire = (): void => finish('timeout');
      const virtual = clock.schedule(deadlineMs, `timeout of ${name}`, expire);
      const real = setTimeout(expire, timeoutMs);
      const finish = (result: InvocationResult | 'timeout'): void => {
        clock.cancel(virtual);
        clearTimeout(real);
        resolve(result);
      };
      environment
        .invoke(
          JSON.parse(invocation.payload === '' ? '{}' : invocation.payload),
          this.#context(invocation, deadlineMs),
          { functionName: name, requestId: invocation.requestId, attempt: invocation.attempt },
        )
        .then(
          (value) => finish(success(value)),
          (error: unknown) => finish(failure('error', error)),
        );
    });
  }

  #context(invocation: Invocation, deadlineMs: number): { awsRequestId: string; [name: string]: unknown } {
    const { name, arn, memoryMb, logGroup } = this.settings;
    return {
      awsRequestId: invocation.requestId,
      functionName: name,
      functionVersion: '$LATEST',
      invokedFunctionArn: arn,
      memoryLimitInMB: String(memoryMb),
      logGroupName: logGroup,
      logStreamName: this.#stream,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, Math.trunc(deadlineMs - this.#core.clock.nowMs())),
    };
  }
}
