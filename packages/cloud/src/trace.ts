/**
 * Everything noteworthy that happens in the simulated AWS, as one union. The command's timeline and the tests read it.
 */
import type { Demand, Principal } from './service.ts';

export type Trace = { readonly atMs: number } & (
  | {
      readonly kind: 'api';
      readonly service: string;
      readonly operation: string;
      readonly principal: string;
      readonly resources: readonly string[];
      /** Who called, and each permission that was asked of IAM, the last one refused if the outcome is a denial. */
      readonly caller: Principal;
      readonly demands: readonly Demand[];
      /** `ok`, or the error's code. */
      readonly outcome: string;
      readonly message?: string;
    }
  | {
      readonly kind: 'event';
      readonly bus: string;
      readonly id: string;
      readonly source: string;
      readonly detailType: string;
      readonly detail: unknown;
      readonly matchedRules: readonly string[];
    }
  | {
      readonly kind: 'delivery-failed';
      readonly rule: string;
      readonly target: string;
      readonly reason: string;
      /** Of a schedule that could not be delivered. */
      readonly group?: string;
    }
  | {
      readonly kind: 'invocation-start';
      readonly functionName: string;
      readonly requestId: string;
      readonly attempt: number;
      readonly trigger: string;
    }
  | {
      readonly kind: 'invocation-end';
      readonly functionName: string;
      readonly requestId: string;
      readonly attempt: number;
      /** How long the module took to load, on the wall clock; 0 where it was loaded before. */
      readonly initMs: number;
      /** How long the handler really ran, on the wall clock. */
      readonly wallMs: number;
      /** How long it slept or held on the virtual clock. */
      readonly virtualMs: number;
      readonly outcome: 'ok' | 'error' | 'timeout' | 'init-error';
      readonly error?: { readonly errorType: string; readonly errorMessage: string };
    }
  | { readonly kind: 'log'; readonly logGroup: string; readonly stream: string; readonly message: string }
  | {
      readonly kind: 'stack';
      readonly stackName: string;
      readonly stackId: string;
      readonly status: string;
      readonly reason?: string;
    }
  | {
      readonly kind: 'endpoint';
      readonly endpointId: string;
      readonly serviceName: string;
      readonly state: 'created' | 'deleted';
      readonly zones: number;
      readonly tags: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'task';
      readonly taskArn: string;
      readonly status: string;
      readonly startedBy?: string;
      readonly exitCode?: number;
      readonly stopCode?: string;
      readonly reason?: string;
      readonly pid?: number;
    }
  | { readonly kind: 'schedule-created'; readonly name: string; readonly group: string; readonly dueMs: number }
  | { readonly kind: 'schedule-deleted'; readonly name: string; readonly group: string }
  | { readonly kind: 'schedule-fired'; readonly name: string; readonly group: string; readonly target: string }
  | {
      readonly kind: 'message-sent' | 'message-deleted' | 'message-dead-lettered' | 'message-moved';
      readonly queue: string;
      readonly messageId: string;
      readonly from?: string;
    }
  | { readonly kind: 'deployed'; readonly stackName: string; readonly resources: number }
);

/** Called for everything, in order. */
export type TraceListener = (event: Trace) => void;
