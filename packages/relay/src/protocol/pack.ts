/**
 * The little of a pack that a relay needs to know.
 *
 *     pack    = "PACK" version(4 bytes, 2 or 3) object-count(4 bytes) *object checksum-of-all-before
 *
 * https://git-scm.com/docs/gitformat-pack
 */
import { ProtocolViolation } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ObjectFormat } from './object-id.ts';

const HEADER_BYTES = 12;

/** A whole pack of no objects: what a push of refs to objects that are already there must carry. */
export function emptyPack(format: ObjectFormat): Buffer {
  const { createHash } = process.getBuiltinModule('node:crypto');
  const header = packHeader(0);
  return Buffer.concat([header, createHash(format).update(header).digest()]);
}

function packHeader(objects: number): Buffer {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects, 8);
  return header;
}

/** Reads the header and gives it back with the count of objects. @throws ProtocolViolation if this is no pack */
export async function readPackHeader(reader: ByteReader): Promise<{ header: Buffer; objects: number }> {
  const header = await reader.read(HEADER_BYTES);
  if (header === undefined || header.toString('latin1', 0, 4) !== 'PACK') {
    throw new ProtocolViolation('the source has sent something that is not a pack');
  }
  const version = header.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw new ProtocolViolation(`a pack of version ${version} is not known`);
  return { header, objects: header.readUInt32BE(8) };
}
