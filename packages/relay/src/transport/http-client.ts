/**
 * HTTP to one repository: keep-alive, authorization made for each request, bounded retries, and errors without secrets.
 *
 * A request whose body is at hand is sent again when the other side is busy or the connection breaks before the answer's head.
 */
import type http from 'node:http';
import type { LookupFunction } from 'node:net';
import { MirrorRefused, NeedsGit, RelayFailed } from '../errors.ts';
import { printable } from '../protocol/pkt-line.ts';
import { createRedact, hideSecrets } from '../redact.ts';
import type { Authorization } from './authorization.ts';
import { onlyGitSpeaks, schemesOf } from './challenge.ts';
import { isSameForGit } from './connection-failure.ts';
import { decoded } from './content-encoding.ts';
import { firstWords } from './first-words.ts';
import { type HttpSettings, httpSettings } from './git-settings.ts';
import { answerOf, HttpConnections } from './http-connections.ts';
import { isUntrusted, systemAuthorities } from './network.ts';
import { type ForwardProxy, proxyFor } from './proxy.ts';
import { resolveRedirect, unfollowedRedirect } from './redirect.ts';
import { explainStatus, proxyRefusal, requestIdOf } from './refusal.ts';
import { Tries } from './retry.ts';

export interface HttpClientOptions {
  readonly side: 'source' | 'destination';
  readonly url: string;
  readonly authorization: Authorization;
  readonly connection: { readonly lookup?: LookupFunction; readonly ca?: string };
  /** Where the proxy is named. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What must never be shown, as far as it is known by now. */
  readonly secrets: () => string[];
  readonly signal: AbortSignal | undefined;
  readonly nowMs: () => number;
  readonly onRead: (bytes: number) => void;
  readonly onWritten: (bytes: number) => void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Behind the repository's URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** As many as git follows. */
const MAX_REDIRECTS = 20;

export class HttpClient {
  readonly options: HttpClientOptions;
  #base: string;
  readonly #connections = new HttpConnections();
  /** Of the machine, asked for once Node's own do not know a certificate. */
  #authorities: string[] | undefined;
  #sendsCredentials = true;
  #settings: HttpSettings | undefined;

  constructor(options: HttpClientOptions) {
    this.options = options;
    this.#base = options.url;
  }

  /** Sends until there is an answer with status 200. @throws MirrorRefused for 401, 403 and 404; RelayFailed */
  async send(asked: HttpRequest): Promise<http.IncomingMessage> {
    const tries = new Tries(this.options.signal, this.options.nowMs);
    for (let redirects = 0; ; ) {
      let response: http.IncomingMessage;
      try {
        const request = await this.open(asked, asked.body?.length);
        if (asked.body) this.options.onWritten(asked.body.length);
        request.end(asked.body);
        response = await answerOf(request);
      } catch (error) {
        if (await this.#trustsMore(error)) continue;
        if (await tries.againAfterError(error)) continue;
        throw this.explain(error);
      }
      const { statusCode = 0, headers } = response;
      if (statusCode === 200) {
        await this.options.authorization.confirm();
        return response;
      }
      const schemes = statusCode === 401 ? schemesOf(headers['www-authenticate']) : [];
      if (this.#sendsCredentials && onlyGitSpeaks(schemes)) {
        response.resume();
        throw this.#needsGit(schemes);
      }
      if (statusCode === 401 && this.#sendsCredentials && (await this.options.authorization.learn())) {
        response.resume();
        continue;
      }
      if (asked.method === 'GET' && statusCode >= 301 && statusCode <= 308 && headers.location) {
        response.resume();
        if (++redirects > MAX_REDIRECTS) throw new MirrorRefused(`the ${this.options.side} redirects in circles`);
        this.#follow(asked.path, headers.location);
      } else if (await tries.againAfterStatus(statusCode, headers['retry-after'])) response.resume();
      else throw await this.refusal(response, asked.method);
    }
  }

  /** Opens a request; its body is the caller's to write. @param length of the body; undefined: in chunks */
  async open(asked: HttpRequest, length: number | undefined, ownConnection = false): Promise<http.ClientRequest> {
    const { authorization, connection, signal } = this.options;
    signal?.throwIfAborted();
    const header = this.#sendsCredentials ? await authorization.header() : undefined;
    const url = new URL(this.#base + asked.path);
    const { userAgent = 'git/hourglass', isVerified } = this.#configured();
    const ca = this.#authorities ?? connection.ca;
    return this.#connections.open(url, {
      method: asked.method,
      headers: {
        'user-agent': userAgent,
        ...this.#extraHeaders(),
        ...asked.headers,
        ...(length === undefined ? {} : { 'content-length': length }),
        ...(header === undefined ? {} : { authorization: header }),
      },
      proxy: this.#proxy(url),
      isVerified: isVerified || connection.ca !== undefined,
      ownConnection,
      ...(connection.lookup && { lookup: connection.lookup }),
      ...(ca && { ca }),
      ...(signal && { signal }),
    });
  }

  /** The answer's body, counted; a broken connection throws an error that may be shown. */
  async *read(response: http.IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield* decoded(response, this.options.onRead);
    } catch (error) {
      throw this.explain(error);
    }
  }

  /** An error of the connection as one that may be shown. */
  explain(error: unknown): Error {
    if (error instanceof MirrorRefused || error instanceof RelayFailed) return error;
    this.options.signal?.throwIfAborted();
    const { message, code } = error as NodeJS.ErrnoException;
    const said = this.redact(printable(message || code || 'unknown error'));
    const proxy = this.#knownProxy();
    const way = proxy === undefined ? '' : ` by the proxy ${proxy.shown}`;
    if (code === 'ERR_PROXY_TUNNEL' && / 407 /.test(message)) return proxyRefusal(proxy);
    const isLast = isSameForGit(error, this.options.connection.ca !== undefined);
    return new RelayFailed(`the connection to the ${this.options.side}${way} failed: ${said}`, undefined, { isLast });
  }

  #needsGit(schemes: readonly string[]): NeedsGit {
    const { side, authorization } = this.options;
    const none = authorization.isEmpty() ? `, and no user was given: --${side}-user with --${side}-password-file` : '';
    return new NeedsGit(`the ${side} asks for ${schemes.join(' or ')}, which only git speaks (--via git)${none}`);
  }

  /** Of git's configuration; asked for once something is sent. @throws NeedsGit */
  #configured(): HttpSettings {
    this.#settings ??= httpSettings(this.options.url, this.options.environment);
    return this.#settings;
  }

  /** A given address is reached directly. @throws NeedsGit */
  #proxy(url: URL): ForwardProxy | undefined {
    if (this.options.connection.lookup !== undefined) return undefined;
    return proxyFor(url.href, this.options.environment, this.#configured().proxy);
  }

  /** As `#proxy`, for a message. */
  #knownProxy(): ForwardProxy | undefined {
    try {
      return this.#proxy(new URL(this.#base));
    } catch {
      return undefined;
    }
  }

  /** Headers that git would add, which may be credentials: they are for the host that they were given for. */
  #extraHeaders(): Record<string, string[]> {
    const all: Record<string, string[]> = {};
    if (!this.#sendsCredentials) return all;
    for (const line of this.#configured().extraHeaders) {
      const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/s.exec(line) ?? [];
      const key = name.trim().toLowerCase();
      if (key !== '') all[key] = [...(all[key] ?? []), value];
    }
    return all;
  }

  /** Whether the machine trusts what Node does not: what a company has put there. */
  async #trustsMore(error: unknown): Promise<boolean> {
    if (this.options.connection.ca !== undefined || this.#authorities !== undefined || !isUntrusted(error))
      return false;
    this.#authorities = systemAuthorities(this.options.environment, this.#configured().caInfo);
    return this.#authorities !== undefined;
  }

  redact(text: string): string {
    return hideSecrets(createRedact([])(text), this.options.secrets());
  }

  /** What is no answer of git's although its status says so: of a login page, or of a front. @throws RelayFailed */
  async refusePage(response: http.IncomingMessage): Promise<void> {
    const type = response.headers['content-type'] ?? '';
    if (!/html|json|xml/i.test(type)) return;
    const said = await firstWords(response, (text) => this.redact(text));
    response.destroy();
    const words = said ? `: ${said}` : '';
    throw new RelayFailed(
      `the ${this.options.side} answers git with ${printable(type).slice(0, 80)}${words}${requestIdOf(response.headers)}`,
      undefined,
      { isLast: true },
    );
  }

  /** What a status other than 200 means. */
  refusal(response: http.IncomingMessage, method: 'GET' | 'POST'): Promise<Error> {
    const { side, url, authorization, nowMs } = this.options;
    const proxy = this.#knownProxy();
    const sentTo = this.#sendsCredentials ? undefined : new URL(this.#base).host;
    const redact = (text: string) => this.redact(text);
    return explainStatus(response, method, {
      side,
      url,
      base: this.#base,
      authorization,
      notSentTo: sentTo,
      proxy,
      redact,
      nowMs,
      gitFollows: this.#configured().follows === 'each',
    });
  }

  close(): void {
    this.#connections.close();
  }

  /** As git does: only the first request of a conversation is followed, and the rest goes where it led. */
  #follow(path: string, location: string): void {
    const { side } = this.options;
    const { base, isElsewhere } = resolveRedirect(side, this.#base, path, location);
    if (this.#configured().follows === 'none') throw unfollowedRedirect(side, 'configuration');
    // Credentials are for the host they were given for.
    if (isElsewhere) this.#sendsCredentials = false;
    this.#base = base;
  }
}
