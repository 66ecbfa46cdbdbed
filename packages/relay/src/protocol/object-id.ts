/**
 * Object ids and formats.
 *
 *     obj-id = 40*(HEXDIGIT) for sha1, 64*(HEXDIGIT) for sha256; the zero id stands for "no object"
 */
export type ObjectFormat = 'sha1' | 'sha256';

/** Ref name, one character a byte (`ref-name.ts`), to object id. */
export type Refs = ReadonlyMap<string, string>;

const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

export function isObjectId(text: string | undefined): text is string {
  return text !== undefined && OBJECT_ID.test(text);
}

export function formatOf(oid: string): ObjectFormat {
  return oid.length === 64 ? 'sha256' : 'sha1';
}

export function zeroId(format: ObjectFormat): string {
  return '0'.repeat(format === 'sha256' ? 64 : 40);
}
