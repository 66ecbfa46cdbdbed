/** When a request is worth another try, and how long to wait before it. */

const MAX_TRIES = 5;
const MAX_WAIT_MS = 60_000;
const BUSY = new Set([429, 500, 502, 503, 504]);
const BROKEN = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Tries of one request: at most five, with growing pauses, or as long as the other side asks for (at most a minute). */
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
    return BUSY.has(status) && this.#wait(parseRetryAfter(retryAfter, this.#nowMs()));
  }

  /** After a connection has failed. @throws the signal's reason */
  async againAfterError(error: unknown): Promise<boolean> {
    this.#signal?.throwIfAborted();
    return BROKEN.has((error as NodeJS.ErrnoException).code ?? '') && this.#wait(undefined);
  }

  async #wait(askedMs: number | undefined): Promise<boolean> {
    if (this.#made >= MAX_TRIES || (askedMs ?? 0) > MAX_WAIT_MS) return false;
    const growingMs = 200 * 2 ** this.#made * (0.5 + Math.random() / 2);
    this.#made++;
    const { setTimeout: sleep } = process.getBuiltinModule('node:timers/promises');
    await sleep(Math.max(askedMs ?? 0, askedMs === undefined ? growingMs : 0), undefined, {
      ...(this.#signal ? { signal: this.#signal } : {}),
    }).catch(() => this.#signal?.throwIfAborted());
    return true;
  }
}

/** Seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
