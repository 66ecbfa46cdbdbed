/**
 * What an invocation comes to, in the form the Node runtime reports it.
 */

/** What an invocation came to. `payload` is JSON text. */
export interface InvocationResult {
  readonly outcome: 'ok' | 'error' | 'timeout' | 'init-error';
  readonly payload: string;
  readonly error?: { readonly errorType: string; readonly errorMessage: string };
}

export function success(value: unknown): InvocationResult {
  return { outcome: 'ok', payload: JSON.stringify(value ?? null) ?? 'null' };
}

/** An error as the Node runtime reports it. */
export function failure(outcome: 'error' | 'init-error', error: unknown): InvocationResult {
  return error instanceof Error
    ? failed(outcome, error.name, error.message, error.stack?.split('\n'))
    : failed(outcome, typeof error, String(error));
}

export function failed(
  outcome: 'error' | 'init-error' | 'timeout',
  errorType: string,
  errorMessage: string,
  trace?: string[],
): InvocationResult {
  return {
    outcome,
    error: { errorType, errorMessage },
    payload: JSON.stringify(trace === undefined ? { errorType, errorMessage } : { errorType, errorMessage, trace }),
  };
}
