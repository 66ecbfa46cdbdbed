/**
 * Several streams in one, each known by the first byte of each packet.
 *
 *     PKT-LINE(%x01 data)   PKT-LINE(%x02 progress text)   PKT-LINE(%x03 fatal error text)   ... flush-pkt
 *
 * https://git-scm.com/docs/protocol-capabilities#_side_band_side_band_64k
 */
import { ProtocolViolation } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { printableBytes, readHeader } from './pkt-line.ts';

/**
 * Gives the data as it comes, to the flush; nothing of it is gathered or copied.
 * @param first the length of the first packet's payload, if its header has been read
 * @throws ProtocolViolation if the stream ends before its flush, or with what the other side calls a fatal error
 */
export async function* readSideBand(
  reader: ByteReader,
  options: { /** One character a byte. */ readonly onText?: (text: string) => void; readonly first?: number } = {},
): AsyncGenerator<Buffer, void, undefined> {
  let complaint = '';
  let header = options.first ?? (await readHeader(reader));
  for (; header !== 'flush'; header = await readHeader(reader)) {
    if (typeof header === 'string') throw new ProtocolViolation('the answer was cut off in the middle of the data');
    if (header === 0) throw new ProtocolViolation('a packet without a band');
    const band = (await readExactly(reader, 1))[0];
    const length = header - 1;
    if (band === 1) yield* readPieces(reader, length);
    else if (band === 2) {
      // Read even when nobody listens: it stands in the way of the next packet.
      const text = (await readExactly(reader, length)).toString('latin1');
      options.onText?.(text);
      // Why it then gives up.
      complaint = /^(?:fatal|error): .*/m.exec(text)?.[0] ?? complaint;
    } else if (band === 3) {
      const said = printableBytes((await readExactly(reader, length)).toString('latin1'));
      const why = complaint === '' ? '' : ` (${printableBytes(complaint)})`;
      throw new ProtocolViolation(`the other side says: ${said}${why}`);
    } else throw new ProtocolViolation(`there is no band ${band}`);
  }
}

async function readExactly(reader: ByteReader, count: number): Promise<Buffer> {
  if (count === 0) return Buffer.alloc(0);
  const bytes = await reader.read(count);
  if (bytes === undefined) throw new ProtocolViolation('the answer was cut off in the middle of a packet');
  return bytes;
}

async function* readPieces(reader: ByteReader, count: number): AsyncGenerator<Buffer, void, undefined> {
  for (let missing = count; missing > 0; ) {
    const piece = await reader.readSome(missing);
    if (piece === undefined) throw new ProtocolViolation('the answer was cut off in the middle of a packet');
    missing -= piece.length;
    yield piece;
  }
}
