/**
 * The refs that hold what a mirror in slices has brought so far: `refs/hourglass/slices/BYTES/ID`.
 *
 * They are all that a later run knows of an earlier one. ID is the commit that the ref points to, so that two runs of the same slice make
 * the same ref; BYTES is how big a push was known to pass, so that the later run does not begin with one that is refused.
 */
import type { Refs } from '../protocol/object-id.ts';

/** Servers that take no refs but branches and tags get branches. */
export const NAMESPACES = ['refs/hourglass/slices/', 'refs/heads/hourglass-slices/'] as const;
export type Namespace = (typeof NAMESPACES)[number];

export interface TemporaryRef {
  readonly namespace: Namespace;
  readonly oid: string;
  readonly bytes: number;
}

export function nameTemporaryRef({ namespace, oid, bytes }: TemporaryRef): string {
  return `${namespace}${bytes}/${oid}`;
}

/** Reads a name; undefined for every ref that is not temporary. */
export function readTemporaryRef(name: string): TemporaryRef | undefined {
  const namespace = NAMESPACES.find((prefix) => name.startsWith(prefix));
  const [, bytes, oid] = /^(\d{1,15})\/([0-9a-f]{40}|[0-9a-f]{64})$/.exec(name.slice(namespace?.length)) ?? [];
  return namespace === undefined || oid === undefined ? undefined : { namespace, oid, bytes: Number(bytes) };
}

/** Name to object of the destination's temporary refs. What the source has under such a name is a ref as any other. */
export function temporaryRefsOf(destination: Refs, source: Refs): Map<string, string> {
  return new Map([...destination].filter(([name]) => readTemporaryRef(name) !== undefined && !source.has(name)));
}
