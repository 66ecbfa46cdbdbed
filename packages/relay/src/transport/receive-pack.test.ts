/** A push over HTTP whose pack is still being made: in chunks, and whole where chunks do not pass. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeLine } from '../protocol/pkt-line.ts';
import { createAuthorization } from './authorization.ts';
import { HttpClient } from './http-client.ts';
import { type ReceivePack, receivePackByHttp } from './receive-pack.ts';

const COMMANDS = Buffer.from('commands');
const SHAPE = { sideBand: false, maxRefs: 1 };
const REPORT = Buffer.concat([encodeLine('unpack ok\n'), encodeLine('ok refs/heads/main\n'), Buffer.from('0000')]);

/** What the server does with a push in chunks. */
let inChunks: (request: IncomingMessage, response: ServerResponse) => unknown;
let server: ReturnType<typeof createServer>;
let client: HttpClient;
let receive: ReceivePack;
/** How pushes arrived, and what those that were taken held. */
let pushes: ('question' | 'chunks' | 'whole')[];
let taken: Buffer[];

beforeEach(async () => {
  pushes = [];
  taken = [];
  inChunks = take;
  server = createServer(async (request, response) => {
    if (request.headers['transfer-encoding'] === 'chunked') {
      pushes.push('chunks');
      await inChunks(request, response);
    } else if (request.headers['content-length'] === '4') {
      pushes.push('question');
      response.end();
    } else {
      pushes.push('whole');
      await take(request, response);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/r`;
  const authorization = createAuthorization(url, undefined, Date.now, {});
  const options = { side: 'destination', url, authorization, connection: {}, environment: {} } as const;
  client = new HttpClient({
    ...options,
    secrets: () => [],
    signal: undefined,
    nowMs: Date.now,
    onRead() {},
    onWritten() {},
  });
  receive = receivePackByHttp(client);
});
afterEach(async () => {
  client.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request).catch(() => undefined);
  // Cut off, it is nothing.
  if (body === undefined) return;
  taken.push(body);
  response.end(REPORT);
}

/** A pack that does not end before the push has begun in chunks. */
async function* pack(bytes: number): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.alloc(70 * 1024, 1);
  let left = bytes - 70 * 1024;
  for (; left > 100 && !pushes.includes('chunks'); left -= 100) {
    yield Buffer.alloc(100, 2);
    await turn();
  }
  yield Buffer.alloc(left, 3);
}
const lengths = () => taken.map(({ length }) => length);

describe('a push whose pack is still being made', () => {
  it('goes on in chunks before the pack is complete, after a question whether it may', async () => {
    await receive.push(COMMANDS, pack(900_000), SHAPE);
    expect(pushes).toEqual(['question', 'chunks']);
    expect(lengths()).toEqual([COMMANDS.length + 900_000]);
  });

  it.each([411, 500, 501, 503])('is sent whole where chunks are answered with %i', async (status) => {
    inChunks = (_, response) => response.writeHead(status, { connection: 'close' }).end();
    const report = await receive.push(COMMANDS, pack(900_000), SHAPE);
    expect(report.rejected.size).toBe(0);
    expect(pushes).toEqual(['question', 'chunks', 'whole']);
    expect(lengths()).toEqual([COMMANDS.length + 900_000]);
    expect(taken[0]?.subarray(0, COMMANDS.length)).toEqual(COMMANDS);
  });

  it('is not sent again where a long pause is asked for, and a short one is kept', async () => {
    let pauses = ['7200', '1'];
    let answeredMs = 0;
    inChunks = (_, response) => {
      answeredMs = performance.now();
      response.writeHead(503, { connection: 'close', 'retry-after': pauses.shift() }).end();
    };
    await expect(receive.push(COMMANDS, pack(900_000), SHAPE)).rejects.toMatchObject({ pauseMs: 7_200_000 });
    expect(pushes).toEqual(['question', 'chunks']);
    pushes = [];
    // A new client tries chunks again.
    pauses = ['1'];
    receive = receivePackByHttp(client);
    await receive.push(COMMANDS, pack(900_000), SHAPE);
    expect(pushes).toEqual(['question', 'chunks', 'whole']);
    expect(performance.now() - answeredMs).toBeGreaterThanOrEqual(950);
  });

  it('is sent whole where the connection breaks', async () => {
    inChunks = (request) => request.destroy();
    await receive.push(COMMANDS, pack(900_000), SHAPE);
    expect(pushes).toEqual(['question', 'chunks', 'whole']);
    expect(lengths()).toEqual([COMMANDS.length + 900_000]);
  });

  it.each([408, 413])('is not sent again after %i, which is about its size', async (status) => {
    inChunks = (_, response) => response.writeHead(status, { connection: 'close' }).end();
    await expect(receive.push(COMMANDS, pack(900_000), SHAPE)).rejects.toMatchObject({ status });
    expect(pushes).toEqual(['question', 'chunks']);
    // From now on no chunks where it can be helped.
    await receive.push(COMMANDS, pack(500_000), SHAPE);
    expect(pushes).toEqual(['question', 'chunks', 'whole']);
  });

  it('is not sent again if it is bigger than what is kept', async () => {
    inChunks = (_, response) => response.writeHead(503, { connection: 'close' }).end();
    await expect(receive.push(COMMANDS, pack(2_000_000), SHAPE)).rejects.toMatchObject({ status: 503 });
    expect(pushes).toEqual(['question', 'chunks']);
  });

  it('ends with the error of its source, and the destination has nothing', async () => {
    async function* broken() {
      yield* pack(500_000);
      throw new Error('the source has gone');
    }
    await expect(receive.push(COMMANDS, broken(), SHAPE)).rejects.toThrow('the source has gone');
    expect(taken).toEqual([]);
  });
});
