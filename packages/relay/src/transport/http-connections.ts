/** The connections to one server: kept alive, direct or by a proxy, given up when they stay silent. */
import type http from 'node:http';
import type { LookupFunction } from 'node:net';
import { keepReading } from './keep-reading.ts';
import type { ForwardProxy } from './proxy.ts';

/** A silent connection this long is given up: counting the objects of a big repository, or indexing them, takes minutes. */
const IDLE_MS = 15 * 60_000;
const CONNECT_MS = 30_000;

export interface RequestShape {
  readonly method: 'GET' | 'POST';
  readonly headers: http.OutgoingHttpHeaders;
  readonly proxy: ForwardProxy | undefined;
  readonly lookup?: LookupFunction;
  readonly ca?: string | string[];
  readonly isVerified: boolean;
  readonly signal?: AbortSignal;
  /** On a connection that nothing else uses. */
  readonly ownConnection: boolean;
}

export class HttpConnections {
  readonly #agents = new Map<string, http.Agent>();

  /** Opens a request; its body is the caller's to write. */
  open(url: URL, shape: RequestShape): http.ClientRequest {
    const { method, headers, proxy, lookup, ca, isVerified, signal, ownConnection } = shape;
    const request = moduleFor(url.protocol).request(url, {
      method,
      headers,
      agent: ownConnection ? makeAgent(url.protocol, false, proxy) : this.#agent(url.protocol, proxy),
      ...(lookup && { lookup }),
      ...(ca && { ca }),
      ...(!isVerified && { rejectUnauthorized: false }),
      ...(signal && { signal }),
    });
    const timer = setTimeout(() => request.destroy(timedOut('no connection', 'connect')), CONNECT_MS);
    request.once('socket', (socket) => {
      socket.setKeepAlive(true, 60_000);
      keepReading(socket);
      socket.off('error', ignore).on('error', ignore);
      const connected = () => clearTimeout(timer);
      if (socket.connecting) socket.once('connect', connected);
      else connected();
    });
    request.once('close', () => clearTimeout(timer));
    request.setTimeout(IDLE_MS, () => request.destroy(timedOut('the connection was silent for too long', 'read')));
    return request;
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  #agent(protocol: string, proxy: ForwardProxy | undefined): http.Agent {
    const key = `${protocol} ${proxy?.url}`;
    const made = this.#agents.get(key) ?? makeAgent(protocol, true, proxy);
    this.#agents.set(key, made);
    return made;
  }
}

/**
 * Loaded without `import`: that reads all that node:http exports, and so loads a WebSocket client that nobody wants, for 45 ms and 10 MB
 * (Node 24). TLS is loaded only if it is spoken.
 */
function moduleFor(protocol: string): Pick<typeof http, 'request' | 'Agent'> {
  return process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http');
}

function makeAgent(protocol: string, keepAlive: boolean, proxy: ForwardProxy | undefined): http.Agent {
  const proxyEnv = proxy === undefined ? undefined : { http_proxy: proxy.url, https_proxy: proxy.url };
  return new (moduleFor(protocol).Agent)({ keepAlive, ...(proxyEnv && { proxyEnv }) });
}

/** The head of the answer; a request that ends without one throws. */
export function answerOf(request: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    request.once('close', () => reject(Object.assign(new Error('closed without an answer'), { code: 'ECONNRESET' })));
  });
}

/**
 * Errors of a socket are reported by its request and its answer. Between the end of an answer and the socket's return to its agent Node has nobody
 * listening, and an abort just then would end the process.
 */
function ignore(): void {}

function timedOut(what: string, syscall: 'connect' | 'read'): Error {
  return Object.assign(new Error(what), { code: 'ETIMEDOUT', syscall });
}
