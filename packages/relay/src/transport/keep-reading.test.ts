/** An answer that came before its request was sent is read, although the connection takes no more. */
import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { keepReading } from './keep-reading.ts';

const HEAD = 'HTTP/1.1 413 Too Large\r\ncontent-type: text/plain\r\n';
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Answers the head of a request and closes, or only closes. The body that comes after it finds nobody. */
async function startServer(answer: string): Promise<{ port: number; closed: Promise<unknown> }> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.pause();
      socket.write(answer, () => socket.resetAndDestroy());
    });
  });
  closing.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const closed = once(server, 'connection').then(([socket]) => once(socket as Socket, 'close'));
  return { port: (server.address() as AddressInfo).port, closed };
}

async function push(answer: string): Promise<string> {
  const { port, closed } = await startServer(answer);
  const request = http.request({ host: '127.0.0.1', port, method: 'POST', agent: false });
  request.once('socket', keepReading);
  const reported = new Promise<string>((resolve) => {
    request.once('error', (error: NodeJS.ErrnoException) => resolve(`${error.code} of ${error.syscall}`));
    request.once('response', async (response) => {
      let text = '';
      try {
        for await (const chunk of response) text += chunk;
      } catch {
        // A body without a length ends with its connection.
      }
      resolve(`${response.statusCode} ${text}`);
    });
  });
  request.write('a');
  // The very moment when the server has closed: its answer lies there and has not been read.
  await closed;
  for (let n = 0; n < 3; n++) request.write(Buffer.alloc(100_000));
  return reported.finally(() => request.destroy());
}

it.each([
  ['with a length', `${HEAD}content-length: 9\r\n\r\ntoo large`],
  ['in chunks', `${HEAD}transfer-encoding: chunked\r\n\r\n9\r\ntoo large\r\n0\r\n\r\n`],
  ['that ends with its connection', `${HEAD}connection: close\r\n\r\ntoo large`],
])('reads an answer %s', async (_, answer) => {
  expect(await push(answer)).toBe('413 too large');
});

it('still reports a connection that was closed without an answer', async () => {
  expect(await push('')).toMatch(/^ECONNRESET of /);
});
