/**
 * The pack request of protocol v0, in one go: all wants, all haves, done. So it is the same over a stateless and a stateful connection.
 *
 *     upload-request = want-list flush-pkt have-list (PKT-LINE("done") | flush-pkt)
 *     first-want     = PKT-LINE("want" SP obj-id SP capability-list LF)     additional-want = PKT-LINE("want" SP obj-id LF)
 *     have-line      = PKT-LINE("have" SP obj-id LF)
 *     answer         = *PKT-LINE("ACK" SP obj-id SP ("common" | "ready" | "continue")) (nak | PKT-LINE("ACK" SP obj-id)) *side-band flush-pkt
 *
 * https://git-scm.com/docs/pack-protocol#_packfile_negotiation
 */
import { ProtocolViolation } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { type FetchRequest, fetchText } from './fetch-v2.ts';
import { isObjectId } from './object-id.ts';
import { encodeLine, FLUSH, printable, readHeader } from './pkt-line.ts';

/** @throws ProtocolViolation if the source lacks what a streamed pack needs */
export function encodeFetchV0(capabilities: ReadonlyMap<string, string>, request: FetchRequest): Buffer {
  for (const needed of ['multi_ack_detailed', 'side-band-64k']) {
    if (!capabilities.has(needed)) throw new ProtocolViolation(`the source does not offer ${needed}`);
  }
  const wished = ['multi_ack_detailed', 'side-band-64k', 'no-progress'];
  if (request.thin) wished.push('thin-pack');
  if (request.ofsDelta) wished.push('ofs-delta');
  const words = wished.filter((word) => capabilities.has(word));
  const format = capabilities.get('object-format');
  if (format !== undefined) words.push(`object-format=${format}`);
  const wants = request.wants.map((oid, n) => `want ${oid}${n === 0 ? ` ${words.join(' ')}` : ''}\n`);
  return Buffer.concat([
    ...wants.map(encodeLine),
    FLUSH,
    ...request.haves.map((oid) => encodeLine(`have ${oid}\n`)),
    request.done ? encodeLine('done\n') : FLUSH,
  ]);
}

/**
 * Reads acknowledgments up to the pack (after "done") or to the NAK (after a flush).
 * @returns the haves that are common, and the length of the first side-band packet, whose header has been read
 * @throws ProtocolViolation, SourceMoved
 */
export async function readFetchAnswerV0(
  reader: ByteReader,
  done: boolean,
): Promise<{ common: Set<string>; firstPacket: number | undefined }> {
  const common = new Set<string>();
  let last = false;
  for (;;) {
    const header = await readHeader(reader);
    if (typeof header === 'string') throw new ProtocolViolation('the answer of the source was cut off before the pack');
    // An acknowledgment is never this long.
    if (last && done) return { common, firstPacket: header };
    if (header > 1000) throw new ProtocolViolation('an acknowledgment was due');
    const line = fetchText((await reader.read(header)) ?? Buffer.alloc(0));
    const [, oid, status] = /^ACK (\S+)(?: (\w+))?$/.exec(line) ?? [];
    if (line === 'NAK') last = true;
    else if (isObjectId(oid)) {
      if (status === 'common') common.add(oid);
      if (status === undefined) last = true;
    } else throw new ProtocolViolation(`malformed acknowledgment: ${printable(line)}`);
    if (last && !done) return { common, firstPacket: undefined };
  }
}
