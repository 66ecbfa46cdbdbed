/**
 * The list of refs and capabilities in protocol v0 and v1, of upload-pack and receive-pack alike.
 *
 *     advertised-refs = *1("version 1") (no-refs / list-of-refs) *shallow flush-pkt
 *     no-refs         = PKT-LINE(zero-id SP "capabilities^{}" NUL capability-list)
 *     first-ref       = PKT-LINE(obj-id SP refname NUL capability-list)
 *     other-ref       = PKT-LINE(obj-id SP refname)   peeled: refname "^{}"; receive-pack: ".have" for objects without a ref
 *     shallow         = PKT-LINE("shallow" SP obj-id)
 *
 * https://git-scm.com/docs/pack-protocol#_reference_discovery
 */
import { ProtocolViolation } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { isObjectId, type ObjectFormat } from './object-id.ts';
import { type Packet, printable, printableBytes, readPacket, textOf } from './pkt-line.ts';

export interface Advertisement {
  readonly refs: ReadonlyMap<string, string>;
  /** Objects that the other side has without a ref of its own. */
  readonly alsoHas: readonly string[];
  readonly capabilities: ReadonlyMap<string, string>;
  readonly objectFormat: ObjectFormat;
  readonly isShallow: boolean;
  readonly headTarget: string | undefined;
}

/** More than any server that is in order has; what comes after that is not kept in memory. */
export const MAX_REFS = 1_000_000;

/**
 * Reads an advertisement to its flush.
 * @param first the first packet, already read (to know protocol v2 from v0)
 * @throws ProtocolViolation
 */
export async function readAdvertisement(reader: ByteReader, first: Packet): Promise<Advertisement> {
  const refs = new Map<string, string>();
  const alsoHas: string[] = [];
  let capabilities: Map<string, string> | undefined;
  let symrefs: string[] = [];
  let isShallow = false;
  for (let packet = first; packet.type !== 'flush'; packet = await readPacket(reader)) {
    if (packet.type !== 'data') throw new ProtocolViolation('the list of refs was cut off');
    const text = textOf(packet.payload);
    if (capabilities === undefined && text === 'version 1') continue;
    if (text.startsWith('shallow ')) {
      isShallow = true;
      continue;
    }
    const nul = text.indexOf('\0');
    const line = nul < 0 ? text : text.slice(0, nul);
    if (capabilities === undefined) {
      const words = nul < 0 ? [] : text.slice(nul + 1).split(' ');
      capabilities = parseCapabilities(words);
      symrefs = words.filter((word) => word.startsWith('symref='));
    }
    const [, oid, name = ''] = /^([0-9a-f]+) (.+)$/s.exec(line) ?? [];
    if (!isObjectId(oid)) throw new ProtocolViolation(`malformed line in the list of refs: ${printableBytes(line)}`);
    if (name === 'capabilities^{}' || name.endsWith('^{}')) continue;
    if (name === '.have') alsoHas.push(oid);
    else refs.set(name, oid);
    if (refs.size + alsoHas.length > MAX_REFS) throw new ProtocolViolation(`more than ${MAX_REFS} refs`);
  }
  const head = symrefs.find((word) => word.startsWith('symref=HEAD:'));
  return {
    refs,
    alsoHas,
    capabilities: capabilities ?? new Map(),
    objectFormat: parseObjectFormat(capabilities?.get('object-format')),
    isShallow,
    headTarget: head?.slice('symref=HEAD:'.length),
  };
}

/** `name` or `name=value` by words. */
export function parseCapabilities(words: readonly string[]): Map<string, string> {
  const named = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (word !== '') named.set(at < 0 ? word : word.slice(0, at), at < 0 ? '' : word.slice(at + 1));
  }
  return named;
}

/** sha1 if nothing is said. @throws ProtocolViolation for a format that is not known here */
export function parseObjectFormat(given: string | undefined): ObjectFormat {
  const format = given ?? 'sha1';
  if (format === 'sha1' || format === 'sha256') return format;
  throw new ProtocolViolation(`the object format ${printable(format)} is not known`);
}
