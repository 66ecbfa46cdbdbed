/** A few more tries for what a store has refused: stores are busy now and then. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RelayFailed } from '../errors.ts';
import { createRedact } from '../redact.ts';

const TRIES = 4;

/** @throws RelayFailed with what was tried and why it failed at last; the signal's reason, also while the work hangs */
export async function tryAgain<T>(work: () => Promise<T>, what: string, signal: AbortSignal | undefined): Promise<T> {
  for (let made = 1; ; made++) {
    try {
      return await orAborted(work(), signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof RelayFailed) throw error;
      if (made === TRIES) throw new RelayFailed(`${what}: ${reasonOf(error)}`);
      await pause(made, signal);
    }
  }
}

/** @throws the signal's reason */
export async function pause(made: number, signal: AbortSignal | undefined): Promise<void> {
  const growingMs = 100 * 2 ** made * (0.5 + Math.random() / 2);
  await sleep(growingMs, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
}

/** The work's end, or the signal's reason if that comes first: not every library listens to signals. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** One line without secrets. */
export function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  return createRedact([])(message || name || 'unknown error').replaceAll(/\s+/g, ' ');
}
