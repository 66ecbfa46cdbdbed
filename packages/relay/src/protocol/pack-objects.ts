/**
 * Commits and folders of a pack that passes, as far as its bytes have come.
 *
 *     object   = size-and-type [base] zlib-stream
 *     size-and-type: bits 4 to 6 of the first byte are the type, the rest of it and 7 bits of each further byte the size
 *     base     = offset back (ofs-delta) | object id (ref-delta)
 *     delta    = base-size result-size *(copy | insert)
 *
 * https://git-scm.com/docs/gitformat-pack
 */
import { createHash } from 'node:crypto';
import { ProtocolViolation } from '../errors.ts';
import type { ObjectFormat } from './object-id.ts';

const [COMMIT, TREE, OFS_DELTA, REF_DELTA] = [1, 2, 6, 7];

export interface PackedObject {
  readonly type: 'commit' | 'tree';
  readonly oid: string;
  readonly bytes: Buffer;
}

/** One stream must not fill the memory, nor all of them together: a few bytes inflate to many. */
const MOST_INFLATED = 8 * 1024 * 1024;
const MOST_OF_ALL = 64 * 1024 * 1024;

/** Takes the bytes of a pack behind its header, and gives its commits and folders. Files and tags are read over. */
export class PackObjects {
  readonly #format: ObjectFormat;
  readonly #byOffset = new Map<number, PackedObject>();
  readonly #byOid = new Map<string, PackedObject>();
  /** What is not read yet, and where it stands in the pack. */
  #pieces: Buffer[] = [];
  #length = 0;
  #at = 0;
  #inflated = 0;
  /** No object becomes whole with fewer: what does not fit is tried again with twice as many bytes. */
  #needed = 1;

  constructor(format: ObjectFormat) {
    this.#format = format;
  }

  /** @returns what has become whole. @param isLast nothing more comes. @throws ProtocolViolation for a pack that inflates to too much */
  *add(piece: Buffer, isLast = false): Generator<PackedObject, void, undefined> {
    this.#pieces.push(piece);
    this.#length += piece.length;
    while (this.#length > 0 && (isLast || this.#length >= this.#needed)) {
      const [only = Buffer.alloc(0), ...others] = this.#pieces;
      const bytes = others.length === 0 ? only : Buffer.concat(this.#pieces);
      const read = this.#read(bytes);
      this.#needed = read === undefined ? bytes.length * 2 : 1;
      this.#pieces = [read === undefined ? bytes : bytes.subarray(read.length)];
      this.#length = this.#pieces[0]?.length ?? 0;
      this.#at += read?.length ?? 0;
      if (read === undefined) return;
      if (read.object !== undefined) yield read.object;
    }
  }

  /** The object at the beginning, and its length in the pack; undefined if not all of it is there. */
  #read(bytes: Buffer): { readonly object: PackedObject | undefined; readonly length: number } | undefined {
    let at = 0;
    const byte = () => bytes[at++] ?? 0;
    let read = byte();
    const type = (read >> 4) & 7;
    while (read & 0x80) read = byte();
    let base: PackedObject | undefined;
    if (type === OFS_DELTA) {
      read = byte();
      let back = read & 0x7f;
      while (read & 0x80) {
        read = byte();
        back = (back + 1) * 128 + (read & 0x7f);
      }
      base = this.#byOffset.get(this.#at - back);
    } else if (type === REF_DELTA) {
      const size = this.#format === 'sha256' ? 32 : 20;
      base = this.#byOid.get(bytes.toString('hex', at, at + size));
      at += size;
    }
    const inflated = at < bytes.length ? inflate(bytes.subarray(at)) : undefined;
    if (inflated === undefined) return undefined;
    const whole = base === undefined ? inflated.bytes : applyDelta(base.bytes, inflated.bytes);
    this.#inflated += inflated.bytes.length + (base === undefined ? 0 : (whole?.length ?? 0));
    if (this.#inflated > MOST_OF_ALL) throw new ProtocolViolation('the pack inflates to more than it should');
    const kind = base?.type ?? (type === COMMIT ? 'commit' : type === TREE ? 'tree' : undefined);
    const object = kind && whole && this.#keep(kind, whole);
    return { object, length: at + inflated.read };
  }

  #keep(type: PackedObject['type'], bytes: Buffer): PackedObject {
    const oid = createHash(this.#format).update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
    const object = { type, oid, bytes };
    this.#byOffset.set(this.#at, object);
    this.#byOid.set(oid, object);
    return object;
  }
}

function inflate(bytes: Buffer): { readonly bytes: Buffer; readonly read: number } | undefined {
  try {
    // With `info`, Node gives the engine too, which knows where the stream has ended.
    const given: unknown = process
      .getBuiltinModule('node:zlib')
      .inflateSync(bytes, { info: true, maxOutputLength: MOST_INFLATED });
    const { buffer, engine } = given as { buffer: Buffer; engine: { bytesWritten: number } };
    return { bytes: buffer, read: engine.bytesWritten };
  } catch {
    return undefined;
  }
}

/** undefined for a delta that does not fit. */
function applyDelta(base: Buffer, delta: Buffer): Buffer | undefined {
  let at = 0;
  const byte = () => delta[at++] ?? 0;
  const size = () => {
    let [value, factor, read] = [0, 1, 0x80];
    while (read & 0x80) {
      read = byte();
      value += (read & 0x7f) * factor;
      factor *= 128;
    }
    return value;
  };
  if (size() !== base.length) return undefined;
  const wanted = size();
  if (wanted > MOST_INFLATED) return undefined;
  const pieces: Buffer[] = [];
  let length = 0;
  while (at < delta.length && length <= wanted) {
    const op = byte();
    if (op & 0x80) {
      let [from, count] = [0, 0];
      for (let bit = 0; bit < 4; bit++) if (op & (1 << bit)) from += byte() * 256 ** bit;
      for (let bit = 0; bit < 3; bit++) if (op & (0x10 << bit)) count += byte() * 256 ** bit;
      pieces.push(base.subarray(from, from + (count || 0x10000)));
    } else if (op > 0) {
      pieces.push(delta.subarray(at, at + op));
      at += op;
    } else return undefined;
    length += pieces.at(-1)?.length ?? 0;
  }
  return length === wanted ? Buffer.concat(pieces) : undefined;
}
