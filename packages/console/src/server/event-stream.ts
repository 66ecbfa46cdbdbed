/** The feed to one page as server-sent events. */
import type { ServerResponse } from 'node:http';
import type { Feed } from './feed.ts';

/** A page that does not read what it is sent (its machine sleeps) is let go; it comes back by itself with its last id. */
const MAX_UNREAD_BYTES = 4 * 2 ** 20;
const RETRY_MS = 1_000;

export function streamEvents(feed: Feed, response: ServerResponse, lastId: string | undefined): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  response.write(`retry: ${RETRY_MS}\n\n`);
  const stop = feed.listen(({ id, event }) => {
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    // JSON has no line ends outside of strings, and escapes those in them.
    else response.write(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
  }, lastId);
  response.once('close', stop);
}
