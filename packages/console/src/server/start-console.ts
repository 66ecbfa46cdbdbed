/** The console's server: on loopback alone, with a session of its own; it reads the deployment only while a page listens. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadAssets } from '#assets';
import type { ConsoleSource } from '../source.ts';
import { explain } from './api.ts';
import { Feed } from './feed.ts';
import { createSession } from './guard.ts';
import { createLearningBook } from './learning-book.ts';
import { Recent } from './recent.ts';
import { RepositoryBook } from './repository-book.ts';
import { answer, type Served } from './routes.ts';

export interface ConsoleOptions {
  readonly source: ConsoleSource;
  /** On 127.0.0.1; 0: any that is free. */
  readonly port: number;
  /** Else it only looks. */
  readonly allowActions: boolean;
  /** Between two readings of the deployment. */
  readonly everyMs: number;
}

export interface RunningConsole {
  /** To open first; it holds the token. */
  readonly address: string;
  /** For tests: what is held. */
  readonly feed: Feed;
  /** For tests: as when the network breaks. */
  cutConnections(): void;
  close(): Promise<void>;
}

/** @throws what `listen` throws, such as EADDRINUSE */
export async function startConsole({ source, port, allowActions, everyMs }: ConsoleOptions): Promise<RunningConsole> {
  const assets = await loadAssets();
  const recent = new Recent(source);
  const book = new RepositoryBook(source);
  const feed = new Feed({
    source,
    everyMs,
    explain: (error) => explain(error, source.region),
    onHistory: (entries) => {
      recent.add(entries);
      book.add(entries);
    },
    onGap: () => {
      recent.forget();
      book.forget();
    },
  });
  const { deployment, region } = source;
  const learning = createLearningBook(source);
  const api = { source, feed, recent, book, learning, start: { deployment, region, allowActions, everyMs } };
  const server = createServer();
  await listen(server, port);
  const served: Served = {
    api,
    assets,
    allowActions,
    port: (server.address() as AddressInfo).port,
    session: createSession(),
  };
  server.on('request', (request, response) => {
    answer(served, request, response).catch(() => response.destroy());
  });
  return {
    address: `http://127.0.0.1:${served.port}/?token=${served.session.token}`,
    feed,
    cutConnections: () => server.closeAllConnections(),
    close: async () => {
      feed.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
