/** What kinds of objects a pack holds, read from the pack itself. */
import { inflateSync } from 'node:zlib';

const KINDS = ['', 'commit', 'tree', 'blob', 'tag', '', 'ofs-delta', 'ref-delta'] as const;

/** Reads the pack at the end of a push's body. @throws if there is none */
export function readPackKinds(push: Buffer): string[] {
  const start = push.indexOf('PACK\0\0\0\u0002', 0, 'latin1');
  if (start < 0) throw new Error('the push has no pack');
  const pack = push.subarray(start);
  const kinds: string[] = [];
  let at = 12;
  for (let left = pack.readUInt32BE(8); left > 0; left--) {
    const kind = KINDS[((pack[at] ?? 0) >> 4) & 7] ?? '';
    while ((pack[at++] ?? 0) & 0x80);
    if (kind === 'ref-delta') at += 20;
    if (kind === 'ofs-delta') while ((pack[at++] ?? 0) & 0x80);
    at += inflatedFrom(pack.subarray(at));
    kinds.push(kind);
  }
  return kinds;
}

function inflatedFrom(bytes: Buffer): number {
  const { engine } = inflateSync(bytes, { info: true }) as unknown as { engine: { bytesWritten: number } };
  return engine.bytesWritten;
}
