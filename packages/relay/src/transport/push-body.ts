/** The body of a push, taken from the source as it comes. Its beginning is kept, so that a small push can be sent again. */

/** A pack that is complete by then is sent in one piece. */
export const FIRST_BYTES = 64 * 1024;
/** A push of no more than this is held in memory, so that it can be sent again to a server that is busy. */
export const WHOLE_BYTES = 1024 * 1024;

export class PushBody {
  readonly #pack: AsyncIterator<Buffer> | undefined;
  #kept: Buffer[];
  #isRead = false;
  #hasFailed = false;
  /** Taken so far. */
  bytes: number;
  complete: boolean;
  isKept = true;

  constructor(commands: Buffer, pack: AsyncIterable<Buffer> | undefined) {
    this.#pack = pack?.[Symbol.asyncIterator]();
    this.#kept = [commands];
    this.bytes = commands.length;
    this.complete = pack === undefined;
  }

  /** The next piece; undefined after the last one. Whatever the source throws. */
  async take(): Promise<Buffer | undefined> {
    this.#hasFailed = true;
    const next = await this.#pack?.next();
    this.#hasFailed = false;
    if (next === undefined || next.done) {
      this.complete = true;
      return undefined;
    }
    this.bytes += next.value.length;
    if (this.#isRead && this.bytes > WHOLE_BYTES) {
      this.isKept = false;
      this.#kept = [];
    }
    if (this.isKept) this.#kept.push(next.value);
    return next.value;
  }

  /** What has been taken, as long as `isKept`. */
  kept(): Buffer {
    this.#isRead = true;
    return Buffer.concat(this.#kept);
  }

  /** Takes what is left, if all of it can be kept. */
  async keepsAll(): Promise<boolean> {
    if (this.#hasFailed) return false;
    while (!this.complete && this.isKept) await this.take();
    return this.isKept;
  }

  /** Ends the source's pack, where it has not come to its end. */
  async drop(): Promise<void> {
    if (!this.complete) await this.#pack?.return?.();
  }
}
