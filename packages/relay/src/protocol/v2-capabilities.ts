/**
 * The capability advertisement of protocol v2, which lists no refs.
 *
 *     capability-advertisement = PKT-LINE("version 2" LF) *(PKT-LINE(key ["=" value] LF)) flush-pkt
 *
 * https://git-scm.com/docs/protocol-v2#_capability_advertisement
 */
import { ProtocolViolation } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { parseCapabilities, parseObjectFormat } from './capabilities.ts';
import type { ObjectFormat } from './object-id.ts';
import { readPacket, textOf } from './pkt-line.ts';

export interface V2Capabilities {
  readonly objectFormat: ObjectFormat;
  /** The server waits for "done" before it sends a pack, if asked to. */
  readonly waitForDone: boolean;
  /** The server can leave objects out of a pack. */
  readonly filter: boolean;
  /** The server can limit how far back a pack goes. */
  readonly shallow: boolean;
  /** Whether commands may name the object format. */
  readonly namesObjectFormat: boolean;
}

const MAX_LINES = 1000;

/** Reads what follows "version 2", to the flush. @throws ProtocolViolation */
export async function readV2Capabilities(reader: ByteReader): Promise<V2Capabilities> {
  const lines: string[] = [];
  for (;;) {
    const packet = await readPacket(reader);
    if (packet.type === 'flush') break;
    if (packet.type !== 'data') throw new ProtocolViolation('the list of capabilities was cut off');
    lines.push(textOf(packet.payload));
    if (lines.length > MAX_LINES) throw new ProtocolViolation('too many capabilities');
  }
  const capabilities = parseCapabilities(lines);
  for (const needed of ['ls-refs', 'fetch']) {
    if (!capabilities.has(needed)) throw new ProtocolViolation(`the source does not offer ${needed}`);
  }
  const offered = (capabilities.get('fetch') ?? '').split(' ');
  return {
    objectFormat: parseObjectFormat(capabilities.get('object-format')),
    namesObjectFormat: capabilities.has('object-format'),
    waitForDone: offered.includes('wait-for-done'),
    filter: offered.includes('filter'),
    shallow: offered.includes('shallow'),
  };
}

/** The lines that open every command of protocol v2. */
export function commandLines(command: string, capabilities: V2Capabilities): string[] {
  const format = capabilities.namesObjectFormat ? [`object-format=${capabilities.objectFormat}\n`] : [];
  return [`command=${command}\n`, ...format];
}
