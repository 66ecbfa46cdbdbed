/**
 * Looks for Git LFS pointers in a pack that passes, without unpacking it.
 *
 * A pointer is a blob of 120 to 143 bytes, so as a whole object of a pack it begins with two bytes that say "blob" and that size, and
 * then a zlib header. What looks so is inflated. A pointer that is stored as a difference to another one is not seen; a pack with
 * pointers nearly always has one that is whole. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
 */
const POINTER = 'version https://git-lfs.github.com/spec/v1\n';
/** zlib headers, by the level of compression; the first is git's default. */
const ZLIB_HEADERS = [0x9c, 0x01, 0x5e, 0xda].map((level) => Buffer.from([0x78, level]));
/** As many are counted: each costs a little time and memory. */
const MOST = 10_000;
/** The two bytes before, and more than a compressed pointer has. */
const REACH = 256;

export class LfsScan {
  #tail: Buffer = Buffer.alloc(0);
  readonly #pointers = new Set<string>();

  /** What was counted otherwise than in a passing pack. */
  noted: { readonly count: number; readonly example: string } | undefined;

  get found(): boolean {
    return this.count > 0;
  }

  /** How many there are that differ, {@link MOST} at most. */
  get count(): number {
    return this.noted?.count ?? this.#pointers.size;
  }

  get isFull(): boolean {
    return this.#pointers.size >= MOST;
  }

  /** What they say. */
  get pointers(): Iterable<string> {
    return this.#pointers;
  }

  /** Looks at the next piece of the pack. */
  look(piece: Buffer): void {
    if (this.isFull) return;
    const seam = Buffer.concat([this.#tail, piece.subarray(0, REACH)]);
    // One that lies in both is the same text twice.
    for (const bytes of [seam, piece]) {
      for (const text of pointersIn(bytes)) if (!this.isFull) this.#pointers.add(text);
    }
    // A copy, so that the piece itself is not kept in memory.
    this.#tail = Buffer.from(piece.length >= REACH ? piece.subarray(-REACH) : seam.subarray(-REACH));
  }
}

function* pointersIn(bytes: Buffer): Generator<string, void, undefined> {
  for (const header of ZLIB_HEADERS) {
    for (let at = bytes.indexOf(header, 2); at >= 0; at = bytes.indexOf(header, at + 1)) {
      // Type 3 with a size that goes on in the next byte, of which the upper bits are 7 (112 to 127) or 8 (128 to 143).
      const size = bytes[at - 1];
      if (((bytes[at - 2] ?? 0) & 0xf0) === 0xb0 && (size === 7 || size === 8)) {
        const text = pointerAt(bytes, at);
        if (text !== undefined) yield text;
      }
    }
  }
}

function pointerAt(bytes: Buffer, at: number): string | undefined {
  // Loaded at the first sight of one: most packs show nothing alike.
  const { constants, inflateSync } = process.getBuiltinModule('node:zlib');
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 4096 };
    const text = inflateSync(bytes.subarray(at, at + REACH), options).toString('latin1');
    // Cut off at the end of a piece, it comes whole with the next one.
    return text.startsWith(POINTER) && /^size \d+\n/m.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
