/** When a request is worth another try, and how long to wait before it. */

const MAX_TRIES = 5;
/** Of a server that is too busy and does not say for how long: half a minute at most. */
const MAX_BUSY_TRIES = 7;
const TOO_BUSY = new Set([429, 503]);
const MAX_WAIT_MS = 60_000;
const TEN_YEARS_MS = 10 * 365 * 86_400_000;
const BUSY = new Set([429, 500, 502, 503, 504]);
/** Forges say so as well of too many requests, with a pause. */
const FORBIDDEN = 403;
const BROKEN = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Tries of one request: at most five, or seven, with growing pauses, or as long as the other side asks for (at most a minute). */
export class Tries {
  #made = 1;
  readonly #signal: AbortSignal | undefined;
  readonly #nowMs: () => number;

  constructor(signal: AbortSignal | undefined, nowMs: () => number) {
    this.#signal = signal;
    this.#nowMs = nowMs;
  }

  /** After a status: whether to send again, after having waited. @throws the signal's reason */
  async againAfterStatus(status: number, retryAfter: string | undefined): Promise<boolean> {
    const askedMs = pauseOf(status, retryAfter, this.#nowMs());
    const tries = TOO_BUSY.has(status) && askedMs === undefined ? MAX_BUSY_TRIES : MAX_TRIES;
    return (BUSY.has(status) || askedMs !== undefined) && this.#wait(askedMs, tries);
  }

  /** After a connection has failed. @throws the signal's reason */
  async againAfterError(error: unknown): Promise<boolean> {
    this.#signal?.throwIfAborted();
    return BROKEN.has((error as NodeJS.ErrnoException).code ?? '') && this.#wait(undefined, MAX_TRIES);
  }

  async #wait(askedMs: number | undefined, tries: number): Promise<boolean> {
    if (this.#made >= tries) return false;
    const growingMs = 200 * 2 ** this.#made * (0.5 + Math.random() / 2);
    this.#made++;
    return pause(askedMs ?? growingMs, this.#signal);
  }
}

/** Waits as long as was asked for. @returns false at once if that is too long. @throws the signal's reason */
export async function pause(askedMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (askedMs > MAX_WAIT_MS) return false;
  const { setTimeout: sleep } = process.getBuiltinModule('node:timers/promises');
  await sleep(askedMs, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
  return true;
}

/** The pause that an answer asks for, of those answers that may be other ones later. */
export function pauseOf(status: number, retryAfter: string | undefined, nowMs: number): number | undefined {
  return BUSY.has(status) || status === FORBIDDEN ? parseRetryAfter(retryAfter, nowMs) : undefined;
}

/** Seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  // Some write halves of seconds, and some more than anybody will wait.
  if (/^\d+(?:\.\d+)?$/.test(text.trim())) return Math.min(Number(text) * 1000, TEN_YEARS_MS);
  // Of "-5" and other odd things V8 makes a date, too.
  const at = /^[a-z]{3,9}, /i.test(text.trim()) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
