/**
 * The list of refs in protocol v2.
 *
 *     request: PKT-LINE("command=ls-refs" LF) ... delim-pkt *(PKT-LINE(argument)) flush-pkt
 *              arguments: "symrefs", "ref-prefix" SP prefix
 *     output  = *ref flush-pkt
 *     ref     = PKT-LINE(obj-id-or-unborn SP refname *(SP ref-attribute) LF)     ref-attribute = "symref-target:" symref-target
 *
 * https://git-scm.com/docs/protocol-v2#_ls_refs
 */
import { ProtocolViolation } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { MAX_REFS } from './capabilities.ts';
import { isObjectId } from './object-id.ts';
import { DELIM, encodeLine, FLUSH, printableBytes, readPacket, textOf } from './pkt-line.ts';
import { commandLines, type V2Capabilities } from './v2-capabilities.ts';

/** Asks for refs by prefix; the server may list more. */
export function encodeLsRefs(capabilities: V2Capabilities, prefixes: readonly string[]): Buffer {
  const wanted = ['symrefs\n', ...prefixes.map((prefix) => `ref-prefix ${prefix}\n`)];
  return Buffer.concat([
    ...commandLines('ls-refs', capabilities).map(encodeLine),
    DELIM,
    ...wanted.map(encodeLine),
    FLUSH,
  ]);
}

/** Reads the answer to its flush. @throws ProtocolViolation */
export async function readLsRefs(
  reader: ByteReader,
): Promise<{ refs: Map<string, string>; headTarget: string | undefined }> {
  const refs = new Map<string, string>();
  let headTarget: string | undefined;
  for (;;) {
    const packet = await readPacket(reader);
    if (packet.type === 'flush') return { refs, headTarget };
    if (packet.type !== 'data') throw new ProtocolViolation('the list of refs was cut off');
    const line = textOf(packet.payload);
    const [, oid, name = '', rest = ''] = /^(\S+) (.*?)((?: (?:symref-target|peeled):[^ ]*)*)$/s.exec(line) ?? [];
    const attributes = rest.split(' ');
    if (name === 'HEAD') {
      headTarget = attributes.find((word) => word.startsWith('symref-target:'))?.slice('symref-target:'.length);
    }
    if (oid === 'unborn') continue;
    if (!isObjectId(oid) || name === '') {
      throw new ProtocolViolation(`malformed line in the list of refs: ${printableBytes(line)}`);
    }
    refs.set(name, oid);
    if (refs.size > MAX_REFS) throw new ProtocolViolation(`more than ${MAX_REFS} refs`);
  }
}
