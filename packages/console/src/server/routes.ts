/** Which answer a path has: the page's own files, its addresses, /events and /api. No path is ever looked up in a file system. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Assets } from '../assets/assets.ts';
import { pages } from '../model/pages.ts';
import { type ApiParts, act, BadQuestion, explain, reads } from './api.ts';
import { streamEvents } from './event-stream.ts';
import {
  type Guarded,
  hasSession,
  isToken,
  type Refusal,
  refuseAction,
  refusePlace,
  SAFE_HEADERS,
  setCookie,
} from './guard.ts';
import { notYours } from './not-yours.ts';

export interface Served extends Guarded {
  readonly api: ApiParts;
  readonly assets: Assets;
}

const MAX_BODY_BYTES = 64 * 1_024;

export async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
  const asked = { method: request.method ?? 'GET', headers: request.headers };
  const refusal = refusePlace(asked, served);
  if (refusal !== undefined) return refuse(response, refusal);
  const url = readUrl(request.url ?? '/');
  if (url === undefined) return refuse(response, { status: 400, code: 'type', message: 'That is no address.' });
  if (asked.method === 'GET' && url.searchParams.has('token')) return exchange(served, request, url, response);
  if (!hasSession(asked, served)) return letIn(request, url, response);
  const file = served.assets.get(url.pathname);
  if (file !== undefined && asked.method !== 'POST') return sendFile(response, file.type, file.bytes);
  if (url.pathname === '/events' && asked.method === 'GET') {
    const lastId = request.headers['last-event-id'] ?? url.searchParams.get('after') ?? undefined;
    return streamEvents(served.api.feed, response, lastId === undefined ? undefined : String(lastId));
  }
  if (url.pathname === '/api/actions' && asked.method === 'POST') return await runAction(served, request, response);
  if (url.pathname.startsWith('/api/') && asked.method === 'GET') return await read(served, url, response);
  const page = served.assets.get('/index.html');
  if (asked.method === 'GET' && isPage(url.pathname) && page !== undefined) {
    return sendFile(response, page.type, page.bytes);
  }
  sendJson(response, 404, { code: 'unknown', message: 'There is nothing at this address.' });
}

/** The token leaves the address bar, and the cookie is set. */
function exchange(served: Served, request: IncomingMessage, url: URL, response: ServerResponse): void {
  const valid = isToken(url.searchParams.get('token'), served.session);
  // An old first address, in a browser that is known since.
  const known = hasSession({ method: 'GET', headers: request.headers }, served);
  if (!valid && !known) {
    letIn(request, url, response);
    return;
  }
  url.searchParams.delete('token');
  if (valid) response.setHeader('set-cookie', setCookie(served));
  response.writeHead(303, { location: `${url.pathname}${url.search}` }).end();
}

/** A person reads how to get in; a program gets JSON. The cookie is not sent where a link of another site led here, so a reload is tried first. */
function letIn({ headers }: Pick<IncomingMessage, 'headers'>, url: URL, response: ServerResponse): void {
  const wantsPage = headers['sec-fetch-dest'] === 'document' || /text\/html/.test(headers.accept ?? '');
  if (wantsPage && isPage(url.pathname)) {
    response.writeHead(401, { 'content-type': 'text/html; charset=utf-8' });
    response.end(notYours(headers['sec-fetch-site'] === 'cross-site'));
    return;
  }
  const message = 'Open the address that the command has printed: it holds the token.';
  refuse(response, { status: 401, code: 'session', message });
}

async function read({ api }: Served, url: URL, response: ServerResponse): Promise<void> {
  const [first = '', id = '', ...rest] = url.pathname.slice('/api/'.length).split('/').map(decode);
  const path = [first, ...(id === '' ? [] : [':']), ...rest].join('/');
  const found = Object.hasOwn(reads, path) ? reads[path] : undefined;
  if (found === undefined) {
    return sendJson(response, 404, { code: 'unknown', message: 'There is nothing at this address.' });
  }
  await answerWith(api, response, () => found(api, url.searchParams, id));
}

async function runAction(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refusal = refuseAction({ method: 'POST', headers: request.headers }, served);
  if (refusal !== undefined) return refuse(response, refusal);
  await answerWith(served.api, response, async () => await act(served.api, await readBody(request)));
}

async function answerWith({ source }: ApiParts, response: ServerResponse, run: () => Promise<unknown>): Promise<void> {
  try {
    sendJson(response, 200, await run());
  } catch (error) {
    if (error instanceof BadQuestion) sendJson(response, 400, { code: 'question', message: error.message });
    else sendJson(response, 502, { code: 'failed', message: explain(error, source.region) });
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAX_BODY_BYTES) throw new BadQuestion('The action is too long.');
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new BadQuestion('The action is no JSON.');
  }
}

function isPage(pathname: string): boolean {
  const [first = ''] = pathname.slice(1).split('/');
  return (pages as readonly string[]).includes(first);
}

/** A path alone, never another server's address. */
function readUrl(text: string): URL | undefined {
  if (!text.startsWith('/') || text.startsWith('//')) return undefined;
  return URL.canParse(text, 'http://console') ? new URL(text, 'http://console') : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function sendFile(response: ServerResponse, type: string, bytes: Uint8Array): void {
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  sendJson(response, status, { code, message });
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const bytes = Buffer.from(JSON.stringify(value));
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length };
  response.writeHead(status, headers).end(bytes);
}
