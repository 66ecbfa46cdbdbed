/**
 * Cuts a pack that passes into parts of bounded memory, and gives them to a sink one after another.
 *
 * Two buffers: while one part is being stored, the next is filled; who is quicker waits. A part that could not be stored is offered again as
 * it was. The pack's own checksum is followed, so that a pack that the source has sent broken ends here and not at the destination.
 */
import { createHash } from 'node:crypto';
import { ProtocolViolation } from '../errors.ts';
import type { ObjectFormat } from '../protocol/object-id.ts';
import { tryAgain } from './try-again.ts';

export interface PackPart {
  /** From 1. */
  readonly number: number;
  /** Used again for a later part once `write` has settled. */
  readonly bytes: Buffer;
  /** SHA-256 of these bytes. */
  readonly sha256: Buffer;
  /** Known beforehand: a pack of one part needs no upload in parts. */
  readonly isLast: boolean;
}

/** Where a pack goes. What it throws is tried again; if it goes on, the pack is given up. */
export interface PackSink {
  /** In order, one at a time. */
  write(part: PackPart): Promise<void>;
  /** After the last part. @param pack its SHA-256 in hexadecimal */
  complete(pack: { readonly bytes: number; readonly sha256: string }): Promise<void>;
  /** Nothing of it is wanted any more. Called at most once, after `write` has settled. */
  abort(): Promise<void>;
}

export interface PartOptions {
  /** Bytes of a part. */
  readonly size: number;
  readonly format: ObjectFormat;
  readonly signal: AbortSignal | undefined;
}

/** @throws ProtocolViolation for a pack that is broken, RelayFailed for a sink that does not take it, and what `pack` throws */
export async function storeParts(
  pack: AsyncIterable<Buffer>,
  sink: PackSink,
  { size, format, signal }: PartOptions,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const whole = createHash('sha256');
  const trailer = new TrailerCheck(format);
  const buffers: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  let number = 0;
  let filled = 0;
  let bytes = 0;
  let writing: Promise<void> = Promise.resolve();
  const write = async (isLast: boolean) => {
    await writing;
    const part = (buffers[number % 2] ?? buffers[0]).subarray(0, filled);
    number += 1;
    filled = 0;
    const sha256 = createHash('sha256').update(part).digest();
    const reported = { number, bytes: part, sha256, isLast };
    writing = tryAgain(() => sink.write(reported), `part ${number} of the pack could not be stored`, signal);
    // Thrown where it is awaited; until then its failure must not count as unhandled.
    writing.catch(() => {});
  };
  try {
    for await (const piece of pack) {
      whole.update(piece);
      trailer.look(piece);
      bytes += piece.length;
      for (let at = 0; at < piece.length; ) {
        if (filled === size) await write(false);
        // A small pack takes small memory: pages that are not touched are not there.
        if (buffers[number % 2]?.length === 0) buffers[number % 2 ? 1 : 0] = Buffer.allocUnsafeSlow(size);
        const copied = piece.copy(buffers[number % 2] ?? piece, filled, at, at + size - filled);
        filled += copied;
        at += copied;
      }
    }
    trailer.confirm();
    await write(true);
    await writing;
    const reported = { bytes, sha256: whole.digest('hex') };
    await tryAgain(() => sink.complete(reported), 'the pack could not be stored', signal);
    return reported;
  } catch (error) {
    await writing.catch(() => {});
    await sink.abort().catch(() => {});
    throw error;
  }
}

/** The last bytes of a pack are the checksum of all before them. */
class TrailerCheck {
  readonly #size: number;
  readonly #hash;
  #tail: Buffer = Buffer.alloc(0);

  constructor(format: ObjectFormat) {
    this.#hash = createHash(format);
    this.#size = format === 'sha256' ? 32 : 20;
  }

  look(piece: Buffer): void {
    const size = this.#size;
    if (piece.length >= size) {
      this.#hash.update(this.#tail).update(piece.subarray(0, -size));
      // A copy, so that the piece itself is not kept in memory.
      this.#tail = Buffer.from(piece.subarray(-size));
      return;
    }
    const joined = Buffer.concat([this.#tail, piece]);
    const more = Math.max(0, joined.length - size);
    this.#hash.update(joined.subarray(0, more));
    this.#tail = joined.subarray(more);
  }

  confirm(): void {
    if (!this.#hash.digest().equals(this.#tail)) {
      throw new ProtocolViolation('the source has sent a broken pack: its checksum does not match its bytes');
    }
  }
}
