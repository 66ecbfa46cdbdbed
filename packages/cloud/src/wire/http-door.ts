/**
 * The door over HTTP: one server on the loopback interface for every service, so that the AWS CLI, curl and real processes reach the
 * same world. Bodies are limited, connections are closed with the door.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireRequest, WireResponse } from './message.ts';

/** API Gateway's limit; no service here takes more. */
const maxBodyBytes = 10 * 1024 * 1024;

export interface HttpDoor {
  readonly port: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the door. Port 0 takes any free one. Rejects if the port is taken. */
export async function openHttpDoor(
  port: number,
  answer: (request: WireRequest) => Promise<WireResponse>,
): Promise<HttpDoor> {
  const server = createServer((incoming, outgoing) => {
    readBody(incoming)
      .then((body) =>
        body === undefined
          ? {
              status: 413,
              headers: { 'content-type': 'application/json' },
              body: '{"message":"Request Entity Too Large"}',
            }
          : answer(toWire(incoming, body)),
      )
      .then((response) => {
        outgoing.writeHead(response.status, { ...response.headers });
        outgoing.end(response.body);
      })
      .catch((error: unknown) => {
        outgoing.writeHead(500, { 'content-type': 'text/plain' });
        outgoing.end(error instanceof Error ? error.message : String(error));
      });
  });
  await listen(server, port);
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The body, or undefined if it is over the limit (then read to its end, so that the answer gets through). */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) {
      chunks.push(chunk);
    }
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks);
}

function toWire(incoming: IncomingMessage, bytes: Buffer): WireRequest {
  const [path = '/', search = ''] = (incoming.url ?? '/').split('?', 2);
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    const before = query[name];
    query[name] = before === undefined ? value : [before, value].flat();
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) {
      headers[name] = Array.isArray(value) ? value.join(',') : value;
    }
  }
  return { method: incoming.method ?? 'GET', path, query, headers, body: bytes.toString('utf8'), bytes };
}
