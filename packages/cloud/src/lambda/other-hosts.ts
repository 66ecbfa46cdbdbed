/**
 * Servers that are neither AWS's nor programs of this machine: what functions ask of them by `node:http` and `node:https` is answered in this process
 * and on the virtual clock, so that a server may be slow, hang or break off, and the same history still comes of the same seed.
 *
 * A request here has of Node's own what git's clients use; no TLS is spoken.
 */
import { EventEmitter } from 'node:events';
import type * as http from 'node:http';
import { Readable } from 'node:stream';

export interface HostRequest {
  readonly functionName: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HostAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Until it comes, in milliseconds of the virtual clock. */
  readonly afterMs: number;
  /** The connection breaks when so much of the body has come. */
  readonly breaksAt?: number;
}

/** `hangs`: the connection stands, and nobody ever answers. */
export type HostServer = (request: HostRequest) => HostAnswer | 'hangs' | Promise<HostAnswer | 'hangs'>;

/** By host name. */
export type OtherHosts = Map<string, HostServer>;

/** What a request needs of its execution environment. */
export interface HostSurroundings {
  readonly functionName: string;
  /** Its process is gone: what its code still does reaches nobody. */
  readonly isDead: () => boolean;
  /** The handler waits for somebody else until the returned function is called. */
  readonly beginCall: () => () => void;
  readonly sleep: (ms: number) => Promise<void>;
}

/** What `http.request` gives. */
export function requestHost(
  server: HostServer,
  url: URL,
  options: http.RequestOptions,
  around: HostSurroundings,
): http.ClientRequest {
  return new HostedRequest(server, url, options, around) as unknown as http.ClientRequest;
}

class HostedRequest extends EventEmitter {
  destroyed = false;
  readonly #server: HostServer;
  readonly #url: URL;
  readonly #options: http.RequestOptions;
  readonly #around: HostSurroundings;
  readonly #chunks: Buffer[] = [];
  #response: Readable | undefined;

  constructor(server: HostServer, url: URL, options: http.RequestOptions, around: HostSurroundings) {
    super();
    this.#server = server;
    this.#url = url;
    this.#options = options;
    this.#around = around;
    const { signal } = options;
    const abort = () => this.destroy(Object.assign(new Error('The operation was aborted'), { code: 'ABORT_ERR' }));
    if (signal?.aborted) queueMicrotask(abort);
    signal?.addEventListener('abort', abort, { once: true });
    this.once('close', () => signal?.removeEventListener('abort', abort));
    process.nextTick(() => this.emit('socket', connectedSocket()));
  }

  setTimeout(): this {
    return this;
  }

  write(chunk: Uint8Array): boolean {
    this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  end(chunk?: Uint8Array): this {
    if (chunk !== undefined) this.write(chunk);
    void this.#exchange();
    return this;
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.#response?.destroy(error);
    process.nextTick(() => {
      if (error && !this.#response) this.emit('error', error);
      this.emit('close');
    });
    return this;
  }

  async #exchange(): Promise<void> {
    const { functionName, isDead, beginCall, sleep } = this.#around;
    if (isDead()) return;
    const endCall = beginCall();
    try {
      const answer = await this.#server({
        functionName,
        method: this.#options.method ?? 'GET',
        path: `${this.#url.pathname}${this.#url.search}`,
        headers: this.#options.headers as Record<string, string>,
        body: Buffer.concat(this.#chunks),
      });
      if (answer === 'hangs') return;
      await sleep(answer.afterMs);
      if (this.destroyed || isDead()) return;
      this.#response = responseOf(answer).once('close', () => this.destroy());
      this.emit('response', this.#response);
    } catch (error) {
      this.destroy(error as Error);
    } finally {
      endCall();
    }
  }
}

function responseOf({ status, headers, body, breaksAt }: HostAnswer): Readable {
  function* pieces() {
    yield body.subarray(0, breaksAt);
    if (breaksAt !== undefined) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
  }
  return Object.assign(Readable.from(pieces()), { statusCode: status, headers });
}

/** As far as it is asked for. */
function connectedSocket(): EventEmitter {
  return Object.assign(new EventEmitter(), { connecting: false, setKeepAlive() {} });
}
