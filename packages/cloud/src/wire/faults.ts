/** What a world may let go wrong with a call, and who watches calls. */
import type { AwsError } from '../errors.ts';
import type { Principal } from '../service.ts';
import type { WireRequest, WireResponse } from './message.ts';

/** The run of a function that makes a call; `callIndex` counts its calls from 1. */
export interface Invoker {
  readonly functionName: string;
  readonly requestId: string;
  readonly attempt: number;
  readonly callIndex: number;
}

/** A call as a fault or a watcher sees it. */
export interface FaultedCall {
  readonly service: string;
  readonly operation: string;
  readonly principal: Principal;
  readonly input: Readonly<Record<string, unknown>>;
  /** Absent for calls from outside and between services. */
  readonly invoker: Invoker | undefined;
}

/** What befalls one call; any of these together. Durations are milliseconds of the virtual clock. */
export interface CallFault {
  /** The call is this long on its way. */
  readonly delayMs?: number;
  /** Thrown instead of running the operation. */
  readonly refuse?: AwsError;
  /** Runs instead of the operation, which it is given. */
  readonly instead?: (run: (input: Record<string, unknown>) => unknown) => unknown;
  /** The answer is this long on its way. */
  readonly answerDelayMs?: number;
  /** The operation runs, and this is thrown as if the answer never came. */
  readonly loseAnswer?: AwsError;
  /** The function that makes the call ends there and then, as if its process were killed. Nothing for other callers. */
  readonly die?: 'before' | 'after';
}

/** Asked before every call from outside, of functions, and between services. */
export type FaultPlan = (call: FaultedCall) => CallFault | undefined;

/** Called for a call that was carried out, before its caller is answered. */
export type CallListener = (call: FaultedCall, output: unknown) => void;

/** Ends the function whose call it is thrown in; never leaves the room. */
export class HandlerDied extends Error {
  override readonly name = 'HandlerDied';
}

/** How a function's calls are answered. @throws HandlerDied */
export type AnswerCall = (request: WireRequest, invoker: Invoker) => Promise<WireResponse>;
