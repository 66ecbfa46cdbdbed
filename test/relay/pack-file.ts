/** Where a pack rests between the two halves in tests and benches: parts in, ranged reads out, in a file of this machine. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { PackPart, PackSink, PackStore } from '@hourglass/relay/halves';

export interface PackFile {
  readonly sink: PackSink;
  readonly store: PackStore;
  /** Parts that were written, tries that failed not among them. */
  readonly parts: PackPart[];
  /** Where reads have begun. */
  readonly opened: number[];
  readonly ended: ('complete' | 'abort')[];
}

export function createPackFile(path: string): PackFile {
  let file: FileHandle | undefined;
  const parts: PackPart[] = [];
  const opened: number[] = [];
  const ended: ('complete' | 'abort')[] = [];
  const close = async () => {
    await file?.close();
    file = undefined;
  };
  return {
    parts,
    opened,
    ended,
    sink: {
      async write(part) {
        file ??= await open(path, 'w');
        await file.write(part.bytes);
        parts.push({ ...part, bytes: part.bytes.subarray(0, 0) });
      },
      async complete() {
        await close();
        ended.push('complete');
      },
      async abort() {
        await close();
        await rm(path, { force: true });
        ended.push('abort');
      },
    },
    store: {
      async open(from) {
        opened.push(from);
        return createReadStream(path, { start: from, highWaterMark: 64 * 1024 });
      },
    },
  };
}
