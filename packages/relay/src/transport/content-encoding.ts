/** The body of an answer that was compressed on its way, although nobody has asked for it: some fronts do. */
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { RelayFailed } from '../errors.ts';

/** @param onRead is called with the bytes on the wire. @throws RelayFailed for an encoding that is not known */
export async function* decoded(
  response: IncomingMessage,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity') {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      onRead(chunk.length);
      yield chunk;
    }
    return;
  }
  const stream = decoderFor(encoding, encoding === 'deflate' ? await firstByte(response) : undefined);
  response.on('data', (chunk: Buffer) => onRead(chunk.length));
  response.once('error', (error) => stream.destroy(error));
  response.pipe(stream);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
  } finally {
    // Whoever stops early wants nothing more of it.
    if (!response.readableEnded) response.destroy();
  }
}

/** Loaded only where it is needed. */
function decoderFor(encoding: string, first: number | undefined): Transform {
  const zlib = process.getBuiltinModule('node:zlib');
  // Some servers leave the wrapper of zlib out.
  if (first !== undefined && (first & 0x0f) !== 8) return zlib.createInflateRaw();
  if (encoding === 'gzip' || encoding === 'x-gzip' || encoding === 'deflate') return zlib.createUnzip();
  if (encoding === 'br') return zlib.createBrotliDecompress();
  throw new RelayFailed(`the answer is encoded as ${encoding.slice(0, 40)}, which was not asked for`);
}

/** Without taking it; undefined where nothing comes. */
async function firstByte(response: IncomingMessage): Promise<number | undefined> {
  await new Promise((resolve) => response.once('readable', resolve).once('error', resolve).once('close', resolve));
  const head = response.read(1) as Buffer | null;
  if (head !== null) response.unshift(head);
  return head?.[0];
}
