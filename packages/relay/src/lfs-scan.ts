/**
 * Looks for Git LFS pointers in a pack that passes, without unpacking it.
 *
 * A pointer is a blob of 120 to 143 bytes, so as a whole object of a pack it begins with two bytes that tell "blob" and that size, and
 * then a zlib header. What looks so is inflated. A pointer that is stored as a difference to another one is not seen; a pack with
 * pointers nearly always has one that is whole. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
 */
const POINTER = 'version https://git-lfs.github.com/spec/v1\n';
/** zlib headers of git's default and fastest level. */
const ZLIB_HEADERS = [Buffer.from([0x78, 0x9c]), Buffer.from([0x78, 0x01])];
/** The two bytes before, and more than a compressed pointer has. */
const REACH = 256;

export class LfsScan {
  #tail: Buffer = Buffer.alloc(0);
  found = false;

  /** Looks at the next piece of the pack. */
  look(piece: Buffer): void {
    if (this.found) return;
    const seam = Buffer.concat([this.#tail, piece.subarray(0, REACH)]);
    this.found = holdsPointer(seam) || holdsPointer(piece);
    // A copy, so that the piece itself is not kept in memory.
    this.#tail = Buffer.from(piece.length >= REACH ? piece.subarray(-REACH) : seam.subarray(-REACH));
  }
}

function holdsPointer(bytes: Buffer): boolean {
  for (const header of ZLIB_HEADERS) {
    for (let at = bytes.indexOf(header, 2); at >= 0; at = bytes.indexOf(header, at + 1)) {
      // Type 3 with a size that goes on in the next byte, of which the upper bits are 7 (112 to 127) or 8 (128 to 143).
      const size = bytes[at - 1];
      if (((bytes[at - 2] ?? 0) & 0xf0) === 0xb0 && (size === 7 || size === 8) && isPointer(bytes, at)) return true;
    }
  }
  return false;
}

function isPointer(bytes: Buffer, at: number): boolean {
  // Loaded at the first sight of one: most packs show nothing alike.
  const { constants, inflateSync } = process.getBuiltinModule('node:zlib');
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 4096 };
    return inflateSync(bytes.subarray(at, at + REACH), options)
      .toString('latin1')
      .startsWith(POINTER);
  } catch {
    return false;
  }
}
