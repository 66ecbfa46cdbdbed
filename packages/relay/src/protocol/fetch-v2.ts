/**
 * The pack request of protocol v2. Every request stands alone: it names all wants, and all haves that matter, again.
 *
 *     request: PKT-LINE("command=fetch" LF) ... delim-pkt *(PKT-LINE(argument)) flush-pkt
 *              arguments: "want" SP obj-id, "have" SP obj-id, "done", "thin-pack", "ofs-delta", "no-progress", "wait-for-done",
 *              "deepen" SP depth, "filter" SP filter-spec
 *     output  = acknowledgments flush-pkt | [acknowledgments delim-pkt] [shallow-info delim-pkt] packfile flush-pkt
 *     acknowledgments = PKT-LINE("acknowledgments" LF) (nak | *ack) (ready)
 *     nak = PKT-LINE("NAK" LF)   ack = PKT-LINE("ACK" SP obj-id LF)   ready = PKT-LINE("ready" LF)
 *     packfile        = PKT-LINE("packfile" LF) *PKT-LINE(%x01-03 *%x00-ff)
 *
 * After "done" there are no acknowledgments. https://git-scm.com/docs/protocol-v2#_fetch
 */
import { MirrorRefused, ProtocolViolation, SourceMoved } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { isObjectId } from './object-id.ts';
import { DELIM, encodeLine, FLUSH, printable, printableBytes, readPacket } from './pkt-line.ts';
import { commandLines, type V2Capabilities } from './v2-capabilities.ts';

export interface FetchRequest {
  readonly wants: readonly string[];
  readonly haves: readonly string[];
  readonly thin: boolean;
  readonly ofsDelta: boolean;
  /** Send the pack whatever is common. */
  readonly done: boolean;
  /** Only say what is common. */
  readonly waitForDone?: boolean;
  /** Only commits at most so far from a want. */
  readonly depth?: number;
  /** Leave objects out, such as `tree:0` for all but commits and tags. */
  readonly filter?: string;
}

export interface FetchAnswer {
  /** Those haves that the source has too. */
  readonly common: ReadonlySet<string>;
  /** Commits whose parents lie beyond the depth that was asked for. */
  readonly shallow: readonly string[];
  /** Whether the pack follows, in side-band packets. */
  readonly packFollows: boolean;
}

export function encodeFetch(capabilities: V2Capabilities, request: FetchRequest): Buffer {
  const words = ['no-progress'];
  if (request.thin) words.push('thin-pack');
  if (request.ofsDelta) words.push('ofs-delta');
  if (request.waitForDone) words.push('wait-for-done');
  words.push(...request.wants.map((oid) => `want ${oid}`), ...request.haves.map((oid) => `have ${oid}`));
  if (request.depth !== undefined) words.push(`deepen ${request.depth}`);
  if (request.filter !== undefined) words.push(`filter ${request.filter}`);
  if (request.done) words.push('done');
  return Buffer.concat([
    ...commandLines('fetch', capabilities).map(encodeLine),
    DELIM,
    ...words.map((word) => encodeLine(`${word}\n`)),
    FLUSH,
  ]);
}

/**
 * Reads up to the pack, or to the flush if none follows.
 * @param deepens whether a depth was asked for; else what is shallow is the source itself
 * @throws ProtocolViolation, SourceMoved; MirrorRefused for a shallow source
 */
export async function readFetchAnswer(reader: ByteReader, deepens = false): Promise<FetchAnswer> {
  const common = new Set<string>();
  const shallow: string[] = [];
  let section: string | undefined;
  for (;;) {
    const packet = await readPacket(reader);
    if (packet.type === 'flush') return { common, shallow, packFollows: false };
    if (packet.type === 'delim') {
      section = undefined;
      continue;
    }
    if (packet.type !== 'data') throw new ProtocolViolation('the answer of the source was cut off before the pack');
    const line = fetchText(packet.payload);
    if (section === undefined) {
      section = line;
      if (section === 'packfile') return { common, shallow, packFollows: true };
    } else if (section === 'acknowledgments') {
      const [, oid] = /^ACK (\S+)$/.exec(line) ?? [];
      if (isObjectId(oid)) common.add(oid);
      else if (line !== 'NAK' && line !== 'ready') {
        throw new ProtocolViolation(`malformed acknowledgment: ${printable(line)}`);
      }
    } else if (section === 'shallow-info') {
      if (line.startsWith('shallow ') && !deepens) throw new MirrorRefused(SHALLOW_SOURCE);
      const [, oid] = /^shallow (\S+)$/.exec(line) ?? [];
      if (isObjectId(oid)) shallow.push(oid);
    } else throw new ProtocolViolation(`unknown section in the answer of the source: ${printable(section)}`);
  }
}

export const SHALLOW_SOURCE =
  'the source is a shallow clone, which holds only a part of its history, and cannot be mirrored';

/** A line of the answer to a fetch. @throws SourceMoved if a wanted object is gone; ProtocolViolation for other errors */
export function fetchText(payload: Buffer): string {
  const line = payload.toString('latin1').replace(/\n$/, '');
  if (!line.startsWith('ERR ')) return line;
  const said = `the source says: ${printableBytes(line.slice(4))}`;
  throw /not our ref|unknown ref/.test(line) ? new SourceMoved(said) : new ProtocolViolation(said);
}
