/** The history of a source as git objects: the n-th push is the n-th commit of a line, so that its id follows from its number, and back. */
import { createHash } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const TYPES = { commit: 1, tree: 2 } as const;

interface GitObject {
  type: keyof typeof TYPES;
  data: Buffer;
}

const histories = new Map<string, string[]>();

/** The id of the n-th push, from 1. */
export function idOf(repository: string, push: number): string {
  const known = histories.get(repository) ?? [];
  histories.set(repository, known);
  while (known.length < push) known.push(hashOf(commitOf(repository, known.length + 1, known.at(-1))));
  return known[push - 1] ?? '';
}

/** The number of the push; undefined for what is of no push. */
export function pushOf(repository: string, id: string, newest: number): number | undefined {
  for (let push = newest; push > 0; push -= 1) if (idOf(repository, push) === id) return push;
  return undefined;
}

/** Of the pushes after one and up to another. */
export function packOf(repository: string, after: number, upTo: number): Buffer {
  const objects: GitObject[] = after === 0 ? [{ type: 'tree', data: Buffer.alloc(0) }] : [];
  for (let push = after + 1; push <= upTo; push += 1) {
    objects.push(commitOf(repository, push, push === 1 ? undefined : idOf(repository, push - 1)));
  }
  const count = Buffer.alloc(4);
  count.writeUInt32BE(objects.length);
  const body = Buffer.concat([Buffer.from('PACK\0\0\0\x02', 'latin1'), count, ...objects.map(packed)]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

/** The ids of a pack's objects. @throws Error for a pack that is broken */
export function readPack(pack: Buffer): string[] {
  const body = pack.subarray(0, -20);
  if (pack.length < 32 || pack.toString('latin1', 0, 4) !== 'PACK') throw new Error('bad pack header');
  if (!createHash('sha1').update(body).digest().equals(pack.subarray(-20))) throw new Error('pack checksum mismatch');
  const ids: string[] = [];
  let at = 12;
  for (let left = pack.readUInt32BE(8); left > 0; left -= 1) {
    const type = ((body[at] ?? 0) >> 4) & 7;
    while ((body[at++] ?? 0) & 0x80);
    const { buffer: data, engine } = inflateSync(body.subarray(at), { info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    at += engine.bytesWritten;
    ids.push(hashOf({ type: type === TYPES.commit ? 'commit' : 'tree', data }));
  }
  return ids;
}

/** What a commit builds on, and itself: the first so many pushes. */
export function idsUpTo(repository: string, push: number): string[] {
  return [EMPTY_TREE, ...Array.from({ length: push }, (_, index) => idOf(repository, index + 1))];
}

function commitOf(repository: string, push: number, parent: string | undefined): GitObject {
  const who = `A U Thor <author@example.com> ${push} +0000`;
  const lines = [`tree ${EMPTY_TREE}`, ...(parent ? [`parent ${parent}`] : []), `author ${who}`, `committer ${who}`];
  return { type: 'commit', data: Buffer.from(`${lines.join('\n')}\n\npush ${push} of ${repository}\n`) };
}

function hashOf({ type, data }: GitObject): string {
  return createHash('sha1').update(`${type} ${data.length}\0`).update(data).digest('hex');
}

function packed({ type, data }: GitObject): Buffer {
  const header: number[] = [];
  let size = data.length >> 4;
  header.push((TYPES[type] << 4) | (data.length & 15) | (size > 0 ? 0x80 : 0));
  while (size > 0) {
    header.push((size & 0x7f) | (size > 0x7f ? 0x80 : 0));
    size >>= 7;
  }
  return Buffer.concat([Buffer.from(header), deflateSync(data)]);
}
