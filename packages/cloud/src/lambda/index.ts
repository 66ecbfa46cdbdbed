/**
 * Lambda: functions that run the template's own bundles in this process, called by the API, by events, schedules and queues.
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { createCustomResourceTypes } from '../deploy/custom-resource.ts';
import { AwsError } from '../errors.ts';
import { type Principal, RawResponse } from '../service.ts';
import type { QueueRegistry } from '../sqs/registry.ts';
import type { AnswerCall } from '../wire/faults.ts';
import type { LambdaFunction } from './function.ts';
import { FunctionRegistry } from './registry.ts';
import { createLambdaTypes } from './resource-types.ts';
import type { InvocationResult } from './result.ts';

export interface LambdaPart extends CloudPart {
  readonly functions: FunctionRegistry;
  /** How many invocations the account may run at once; given, and not enforced. */
  readonly settings: { concurrency: number };
}

/** Invoke's limits: Lambda quotas, "Invocation payload". */
const maxSyncBytes = 6 * 1024 * 1024;
const maxAsyncBytes = 1024 * 1024;

export function createLambdaPart(
  core: CloudCore,
  options: { queues: QueueRegistry; answer: AnswerCall; coldStartMs?: number | undefined },
): LambdaPart {
  const functions = new FunctionRegistry(core, options);
  const settings = { concurrency: 1_000 };

  const invoke = async (
    input: { FunctionName: string; InvocationType?: string; Payload?: string },
    call: { requestId: string; principal: Principal },
  ): Promise<unknown> => {
    const fn = functions.find(input.FunctionName);
    const payload = input.Payload ?? '';
    fn.wake();
    checkPayload(payload, input.InvocationType === 'Event' ? maxAsyncBytes : maxSyncBytes);
    const trigger = triggerOf(call.principal);
    if (input.InvocationType === 'Event') {
      functions.acceptEvent(fn, payload, call.requestId, trigger);
      return new RawResponse(202, {}, '');
    }
    if (input.InvocationType === 'DryRun') {
      return new RawResponse(204, {}, '');
    }
    if (fn.isThrottled()) {
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', { httpStatus: 429 });
    }
    return answerOf(await fn.run({ payload, requestId: call.requestId, attempt: 1, trigger }));
  };

  return {
    functions,
    settings,
    close: async () => functions.close(),
    resourceTypes: { ...createLambdaTypes(core, functions, options.queues), ...createCustomResourceTypes(functions) },
    services: [
      {
        id: 'lambda',
        protocol: 'restJson',
        routes: [
          {
            method: 'POST',
            path: '/2015-03-31/functions/{FunctionName}/invocations',
            operation: 'Invoke',
            headers: { 'x-amz-invocation-type': 'InvocationType', 'x-amz-log-type': 'LogType' },
            payload: 'Payload',
          },
          { method: 'GET', path: '/2015-03-31/functions/{FunctionName}', operation: 'GetFunction' },
          {
            method: 'GET',
            path: '/2015-03-31/functions/{FunctionName}/configuration',
            operation: 'GetFunctionConfiguration',
          },
          { method: 'GET', path: '/2015-03-31/functions', operation: 'ListFunctions' },
          { method: 'GET', path: '/2015-03-31/event-source-mappings', operation: 'ListEventSourceMappings' },
          { method: 'GET', path: '/2016-08-19/account-settings', operation: 'GetAccountSettings' },
        ],
        operations: {
          Invoke: invoke,
          GetFunction: (input) => ({ Configuration: describe(functions.find(input.FunctionName)) }),
          GetFunctionConfiguration: (input) => describe(functions.find(input.FunctionName)),
          ListEventSourceMappings: (input) => ({
            EventSourceMappings: functions
              .sources()
              .filter(
                ({ FunctionArn }) =>
                  input.FunctionName === undefined || FunctionArn === functions.arnOf(input.FunctionName),
              ),
          }),
          GetAccountSettings: () => ({
            AccountLimit: {
              ConcurrentExecutions: settings.concurrency,
              UnreservedConcurrentExecutions: settings.concurrency,
            },
            AccountUsage: { FunctionCount: functions.all().length },
          }),
          ListFunctions: () => ({ Functions: functions.all().map(describe) }),
        },
        authorize(operation, input) {
          const action = operation === 'Invoke' ? 'InvokeFunction' : operation;
          const isOfAll = ['ListFunctions', 'ListEventSourceMappings', 'GetAccountSettings'].includes(operation);
          const resources = isOfAll ? ['*'] : [functions.arnOf(String(input.FunctionName))];
          return [{ action: `lambda:${action}`, resources }];
        },
        resourcePolicy: (arn) => functions.policyOf(arn),
      },
    ],
  };
}

function checkPayload(payload: string, maxBytes: number): void {
  if (Buffer.byteLength(payload) > maxBytes) {
    throw new AwsError('RequestTooLargeException', `${Buffer.byteLength(payload)} byte payload is too large`, {
      httpStatus: 413,
    });
  }
  try {
    JSON.parse(payload === '' ? '{}' : payload);
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
}

function answerOf(result: InvocationResult): RawResponse {
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' };
  return result.outcome === 'ok'
    ? new RawResponse(200, headers, result.payload)
    : new RawResponse(200, { ...headers, 'x-amz-function-error': 'Unhandled' }, result.payload);
}

function triggerOf(principal: Principal): string {
  return principal.kind === 'service' ? (principal.sourceArn ?? principal.service) : principal.arn;
}

function describe(fn: LambdaFunction): object {
  const { settings } = fn;
  return {
    FunctionName: settings.name,
    FunctionArn: settings.arn,
    Role: settings.roleArn,
    Handler: settings.handler,
    Runtime: 'nodejs24.x',
    Timeout: settings.timeoutMs / 1000,
    MemorySize: settings.memoryMb,
    Environment: { Variables: settings.variables },
    LoggingConfig: { LogFormat: 'JSON', LogGroup: settings.logGroup },
    State: 'Active',
    LastUpdateStatus: 'Successful',
  };
}
