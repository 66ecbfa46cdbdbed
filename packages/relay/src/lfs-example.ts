/**
 * Where one of the Git LFS pointers that have passed lies: a commit's folders are asked for, without its history and, as far as that can be,
 * without its files.
 */
import { createHash } from 'node:crypto';
import { formatOf, type ObjectFormat } from './protocol/object-id.ts';
import { type PackedObject, PackObjects } from './protocol/pack-objects.ts';
import type { Sides } from './sides.ts';

/** A repository whose folders weigh more is not looked through for a warning. */
const MOST_BYTES = 8 * 1024 * 1024;
/** Tips to look at: a branch that has none of them may come first. */
const MOST_TIPS = 3;
const PACK_HEADER_BYTES = 12;

/** @param tips commits or tags, the likeliest first. @returns a path, one character a byte; undefined where none is found */
export async function findLfsExample(
  { source }: Pick<Sides, 'source'>,
  pointers: Iterable<string>,
  tips: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const [first] = tips;
  if (first === undefined) return undefined;
  const format = formatOf(first);
  const blobs = new Set([...pointers].map((text) => idOf(format, text)));
  try {
    for (const tip of tips.slice(0, MOST_TIPS)) {
      const pack = await source.git.fetchAlone(tip);
      const path = pack && (await findIn(pack.bytes, format, blobs));
      if (path !== undefined) return path;
    }
  } catch {
    // A warning without an example is one all the same.
    signal?.throwIfAborted();
  }
  return undefined;
}

function idOf(format: ObjectFormat, text: string): string {
  return createHash(format).update(`blob ${text.length}\0`).update(text, 'latin1').digest('hex');
}

async function findIn(
  pack: AsyncIterable<Buffer>,
  format: ObjectFormat,
  blobs: ReadonlySet<string>,
): Promise<string | undefined> {
  const objects = new PackObjects(format);
  const known = { trees: new Map<string, Buffer>(), blobs, idBytes: format === 'sha256' ? 32 : 20 };
  let root: string | undefined;
  let bytes = 0;
  for await (const piece of pack) {
    const isFirst = bytes === 0;
    bytes += piece.length;
    let grown = false;
    for (const object of objects.add(isFirst ? piece.subarray(PACK_HEADER_BYTES) : piece)) {
      root ??= rootOf(object);
      if (object.type === 'tree') known.trees.set(object.oid, object.bytes);
      grown = true;
    }
    // Folders and files come in turns: it may be found long before the end.
    const found = grown && root !== undefined ? search(root, '', { ...known, seen: new Set() }) : undefined;
    if (found !== undefined || bytes > MOST_BYTES) return found;
  }
  for (const object of objects.add(Buffer.alloc(0), true)) {
    root ??= rootOf(object);
    if (object.type === 'tree') known.trees.set(object.oid, object.bytes);
  }
  return root === undefined ? undefined : search(root, '', { ...known, seen: new Set() });
}

function rootOf({ type, bytes }: PackedObject): string | undefined {
  return type === 'commit' ? /^tree ([0-9a-f]+)\n/.exec(bytes.toString('latin1', 0, 80))?.[1] : undefined;
}

/** tree = *(mode SP name NUL id) */
function search(
  oid: string,
  folder: string,
  all: {
    readonly trees: ReadonlyMap<string, Buffer>;
    readonly blobs: ReadonlySet<string>;
    readonly idBytes: number;
    readonly seen: Set<string>;
  },
): string | undefined {
  const tree = all.trees.get(oid);
  for (let at = 0; tree !== undefined && at < tree.length; ) {
    const end = tree.indexOf(0, at);
    if (end < 0) return undefined;
    const [mode = '', name = ''] = tree.toString('latin1', at, end).split(/ (.*)/s);
    const id = tree.toString('hex', end + 1, end + 1 + all.idBytes);
    at = end + 1 + all.idBytes;
    if (all.blobs.has(id)) return `${folder}${name}`;
    // A folder may lie in many: once is enough, or a repository of ten small folders takes for ever.
    const isNew = mode === '40000' && !all.seen.has(id);
    if (isNew) all.seen.add(id);
    const found = isNew ? search(id, `${folder}${name}/`, all) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
