/** How an attempt ends that does not come to a pack: for people, and for the runner. */
import type { WorkResult } from '@hourglass/lease-dynamodb';
import { MirrorRefused } from '@hourglass/relay';
import { CarrierLimit } from '@hourglass/relay/halves';
import { RemoteRefused } from '@hourglass/sources';

/** What only a task with endpoints can do, by the deployment's own setting. */
export class CarrierLimited extends Error {
  override readonly name = 'CarrierLimited';
}

/**
 * @param redact hides credentials of addresses
 * @param signal of the function's own time
 */
export function failureOf(error: unknown, redact: (text: string) => string, signal: AbortSignal): WorkResult {
  if (signal.aborted) return { status: 'failed', message: 'it takes longer than a function may run', handsOver: true };
  const message = redact(error instanceof Error ? error.message : String(error));
  const isLimit = [CarrierLimit, CarrierLimited].some((kind) => error instanceof kind);
  if (isLimit) return { status: 'failed', message, handsOver: true };
  const isFinal = error instanceof RemoteRefused || (error instanceof MirrorRefused && error.kind === 'absent');
  return { status: 'failed', message, ...(isFinal && { permanent: true }) };
}
