/** Turns the output of a CGI program (headers, an empty line, the body) into an HTTP response, streaming. */
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const MAX_HEADER_BYTES = 64 * 1024;

/**
 * Writes status, headers and body as the program sends them.
 * @throws if the program ends, or says more than 64 KiB, before its headers end; or if the client goes away
 */
export async function respondFromCgi(output: Readable, response: ServerResponse): Promise<void> {
  await pipeline(
    output,
    async function* body(chunks: AsyncIterable<Buffer>) {
      let head: Buffer | undefined = Buffer.alloc(0);
      for await (const chunk of chunks) {
        if (head === undefined) {
          yield chunk;
          continue;
        }
        head = Buffer.concat([head, chunk]);
        const end = findHeaderEnd(head);
        if (end !== undefined) {
          writeHead(head.subarray(0, end.at).toString('latin1'), response);
          yield head.subarray(end.at + end.length);
          head = undefined;
        } else if (head.length > MAX_HEADER_BYTES) break;
      }
      if (head !== undefined) throw new Error('git http-backend ended without an answer');
    },
    response,
  );
}

function findHeaderEnd(head: Buffer): { at: number; length: number } | undefined {
  for (const mark of ['\r\n\r\n', '\n\n']) {
    const at = head.indexOf(mark);
    if (at >= 0) return { at, length: mark.length };
  }
  return undefined;
}

function writeHead(text: string, response: ServerResponse): void {
  let status = 200;
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
