/**
 * Lets an answer be read that came before its request was sent.
 *
 * A server that refuses a body (413, 411, 408) answers and closes at once. What is written after that fails (EPIPE, ECONNRESET), and Node
 * then drops the connection with the answer that has already come. Here the failed write is held back until everything has been read.
 */
import type { Socket } from 'node:net';

/** An answer that has come is read at once; after this long, none has. */
const PATIENCE_MS = 2_000;

type Done = (error?: Error | null) => void;
type Write = (this: Socket, ...given: unknown[]) => void;

const kept = new WeakSet<Socket>();

/** May be called again for a connection that is used again. */
export function keepReading(socket: Socket): void {
  if (kept.has(socket)) return;
  kept.add(socket);
  // What every Writable is made of: _write(chunk, encoding, done) and _writev(chunks, done).
  const writer = socket as unknown as Record<'_write' | '_writev', Write | undefined>;
  for (const name of ['_write', '_writev'] as const) {
    const own = writer[name];
    if (own === undefined || own === null) continue;
    writer[name] = function (...given) {
      const done = given.pop() as Done;
      own.call(this, ...given, (error?: Error | null) => {
        if (error) afterReading(socket, () => done(error));
        else done();
      });
    };
  }
}

function afterReading(socket: Socket, go: () => void): void {
  if (socket.readableEnded || socket.destroyed) {
    go();
    return;
  }
  const end = () => {
    clearTimeout(timer);
    socket.off('end', end).off('close', end);
    go();
  };
  const timer = setTimeout(end, PATIENCE_MS);
  socket.once('end', end).once('close', end);
}
