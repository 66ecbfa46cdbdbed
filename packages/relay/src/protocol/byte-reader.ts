/** Reads a stream of bytes by count. Holds one chunk at a time; only a piece that lies across chunks is copied. */
import { ProtocolViolation } from '../errors.ts';

export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Whether another byte is there; waits for it. */
  async #fill(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) return false;
      const { buffer, byteOffset, byteLength } = next.value;
      this.#chunk = Buffer.from(buffer, byteOffset, byteLength);
    }
    return true;
  }

  /** The next bytes, at least one and at most `max`; undefined at the end. */
  async readSome(max: number): Promise<Buffer | undefined> {
    if (!(await this.#fill())) return undefined;
    const piece = this.#chunk.subarray(0, max);
    this.#chunk = this.#chunk.subarray(piece.length);
    return piece;
  }

  /**
   * Exactly so many bytes; undefined if the stream ends before the first of them.
   * @throws ProtocolViolation if it ends between them
   */
  async read(count: number): Promise<Buffer | undefined> {
    const first = await this.readSome(count);
    if (first === undefined || first.length === count) return first;
    const pieces = [first];
    let missing = count - first.length;
    while (missing > 0) {
      const piece = await this.readSome(missing);
      if (piece === undefined) throw new ProtocolViolation('the answer was cut off');
      pieces.push(piece);
      missing -= piece.length;
    }
    return Buffer.concat(pieces);
  }

  /** Signals to the source of the bytes that no more is wanted. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
