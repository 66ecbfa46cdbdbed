/** A zip archive of one folder's files, for a function's code: no date, so that the same files give the same bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

const DEFLATED = 8;
const VERSION = 20;

/** Zips the files that stand in `directory` itself. Layout: PKWARE APPNOTE 4.3.6. */
export function zipFiles(directory: string): Buffer {
  const entries: Buffer[] = [];
  const index: Buffer[] = [];
  let offset = 0;
  const files = readdirSync(directory, { withFileTypes: true }).filter((one) => one.isFile());
  for (const { name } of files) {
    const content = readFileSync(join(directory, name));
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(DEFLATED, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    index.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([VERSION, 0]), common, rest, Buffer.from(name)]));
    entries.push(local);
    offset += local.length;
  }
  const directoryBytes = Buffer.concat(index);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directoryBytes.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...entries, directoryBytes, Buffer.from('PK\x05\x06'), end]);
}
