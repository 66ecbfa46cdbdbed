/**
 * Packet lines.
 *
 *     pkt-line  = pkt-len pkt-payload     pkt-len = 4 hexadecimal digits, the length of the whole line
 *     flush-pkt = "0000"   delim-pkt = "0001"   response-end-pkt = "0002"
 *
 * A line is at most 65520 bytes long, of which 65516 are payload. https://git-scm.com/docs/protocol-common
 */
import { stripVTControlCharacters } from 'node:util';
import { ProtocolViolation } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { decodeWords } from './ref-name.ts';

export const MAX_PAYLOAD = 65_516;
export const FLUSH = Buffer.from('0000');
export const DELIM = Buffer.from('0001');

/** One line's payload, or a mark between lines; `end` is the end of the stream. */
export type Packet =
  | { readonly type: 'data'; readonly payload: Buffer }
  | { readonly type: 'flush' | 'delim' | 'response-end' | 'end' };

/** The length that is to follow, or a mark. */
export type PacketHeader = number | 'flush' | 'delim' | 'response-end' | 'end';

/** One packet line; of a text, each character is one byte. */
export function encodeLine(payload: string | Uint8Array): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : Buffer.from(payload);
  if (bytes.length > MAX_PAYLOAD) throw new RangeError(`a packet line holds at most ${MAX_PAYLOAD} bytes`);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

/** Reads a line's length only, so that its payload can be streamed. @throws ProtocolViolation */
export async function readHeader(reader: ByteReader): Promise<PacketHeader> {
  const digits = await reader.read(4);
  if (digits === undefined) return 'end';
  const text = digits.toString('latin1');
  if (!/^[0-9a-fA-F]{4}$/.test(text)) {
    throw new ProtocolViolation(`this is not the git protocol: ${JSON.stringify(printable(text))} is no packet length`);
  }
  const length = Number.parseInt(text, 16);
  if (length === 0) return 'flush';
  if (length === 1) return 'delim';
  if (length === 2) return 'response-end';
  if (length === 3 || length > MAX_PAYLOAD + 4)
    throw new ProtocolViolation(`a packet of length ${length} is malformed`);
  return length - 4;
}

/** Reads one whole packet. @throws ProtocolViolation */
export async function readPacket(reader: ByteReader): Promise<Packet> {
  const header = await readHeader(reader);
  if (typeof header === 'string') return { type: header };
  if (header === 0) return { type: 'data', payload: Buffer.alloc(0) };
  const payload = await reader.read(header);
  if (payload === undefined) throw new ProtocolViolation('the answer was cut off');
  return { type: 'data', payload };
}

/** The payload, one character a byte, without the line feed at its end. @throws ProtocolViolation if it is an error of the other side */
export function textOf(payload: Buffer): string {
  const text = payload.toString('latin1').replace(/\n$/, '');
  if (text.startsWith('ERR ')) throw new ProtocolViolation(`the other side says: ${printableBytes(text.slice(4))}`);
  return text;
}

/** As `printable`, of a text with one character a byte. */
export function printableBytes(bytes: string): string {
  return printable(decodeWords(bytes));
}

/** What the other side has said, fit to be shown: no colours, no control characters, not too long. */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 500);
}
