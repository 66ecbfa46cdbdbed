/**
 * Reads a stored pack from its beginning to its end, and lets nobody have its last bytes before its length and checksum have been confirmed:
 * a push without its last bytes leaves the destination's refs as they were.
 *
 * A read that breaks goes on at the byte where it broke.
 */
import { createHash } from 'node:crypto';
import { StoredPackBroken } from '../errors.ts';
import { orAborted, pause, reasonOf } from './try-again.ts';

export interface PackStore {
  /**
   * The pack from this byte on; called again after a read has broken.
   * @param from 0 for the whole; for HTTP: `Range: bytes=FROM-`
   */
  open(from: number, signal: AbortSignal | undefined): Promise<AsyncIterable<Uint8Array>>;
}

/** Reads in a row that have given nothing. */
const MAX_FRUITLESS = 4;

/** @throws StoredPackBroken; the signal's reason */
export async function* readStored(
  store: PackStore,
  { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash('sha256');
  let held: Buffer | undefined;
  let fruitless = 0;
  for (let at = 0; at < bytes; ) {
    const before = at;
    let reason = `it ends after ${at} of ${bytes} bytes`;
    let reading: AsyncIterator<Uint8Array> | undefined;
    try {
      reading = (await orAborted(store.open(at, signal), signal))[Symbol.asyncIterator]();
      for (;;) {
        const next = await orAborted(reading.next(), signal);
        if (next.done) break;
        const { buffer, byteOffset, byteLength } = next.value;
        const piece = Buffer.from(buffer, byteOffset, byteLength);
        at += piece.length;
        if (at > bytes) throw new StoredPackBroken(`the stored pack is longer than the ${bytes} bytes of its manifest`);
        hash.update(piece);
        if (held !== undefined) yield held;
        held = piece;
      }
      reason = `it ends after ${at} of ${bytes} bytes`;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof StoredPackBroken) throw error;
      reason = reasonOf(error);
    } finally {
      // Not awaited: a stream that hangs would hang here too.
      reading?.return?.()?.catch(() => {});
    }
    if (at >= bytes) break;
    fruitless = at > before ? 1 : fruitless + 1;
    if (fruitless >= MAX_FRUITLESS) throw new StoredPackBroken(`the stored pack cannot be read: ${reason}`);
    await pause(fruitless, signal);
  }
  if (hash.digest('hex') !== sha256) {
    throw new StoredPackBroken('the stored pack is not the one of its manifest: its SHA-256 is another');
  }
  if (held !== undefined) yield held;
}
