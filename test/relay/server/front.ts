/**
 * A git server like CodeCommit's, for tests: git's real `http-backend` behind a front that knows fewer capabilities, refuses big pushes,
 * checks passwords, counts bytes, and fails on demand.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';
import { challengeOf, refuseCredentials, type ServerAuth } from './check-credentials.ts';
import { createCommandCounter } from './command-counter.ts';
import { createCut, createThrottle, type Faults } from './faults.ts';
import { type GitRequest, type Phase, readGitRequest } from './git-request.ts';
import { type BackendAnswer, runBackend } from './http-backend.ts';
import { type Capabilities, rewriteAdvertisement } from './receive-advertisement.ts';

export interface FrontOptions {
  /** The folder that holds the bare repositories. */
  readonly root: string;
  readonly auth?: ServerAuth;
  /** `codecommit`, the default, hides what CodeCommit does not have. */
  readonly capabilities?: Capabilities;
  /** Ref commands a push may hold; CodeCommit's 4,000 by default. */
  readonly maxCommands?: number;
  /** As a server older than protocol v2. */
  readonly knowsOnlyV0?: boolean;
  /** As a server that answers in protocol v1. */
  readonly speaksV1?: boolean;
  /** PEM texts: then it is reached by https. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface LoggedRequest {
  readonly phase: Phase;
  readonly repository: string;
  readonly status: number;
  /** How much of a push's body was passed on to git; grows until the request ends. */
  readonly body: { readonly bytes: number };
  /** The body of a push, kept when `keepPushes` is set. */
  readonly push?: Buffer;
}

export interface Front {
  readonly url: string;
  readonly requests: LoggedRequest[];
  /** May be changed at any time. */
  faults: Faults;
  keepPushes: boolean;
  /** Bytes on the wire from this server, heads included, since it began. */
  bytesSent(): number;
  close(): Promise<void>;
}

/** CodeCommit's quota: https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
const MAX_COMMANDS = 4000;

/** Serves the bare repositories under `root` at 127.0.0.1. */
export async function startFront(options: FrontOptions): Promise<Front> {
  const running = new Set<ChildProcess>();
  const sockets = new Set<Socket>();
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answer(front, options, running, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, String(error));
    });
  };
  const server = options.tls ? createTlsServer(options.tls, handle) : createServer(handle);
  server.requestTimeout = 0;
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const front: Front = {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    faults: {},
    keepPushes: false,
    bytesSent: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0),
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      const ends = [...running].map((child) => once(child, 'close'));
      for (const child of running) child.kill();
      await Promise.all([closed, ...ends]);
    },
  };
  return front;
}

async function answer(
  front: Front,
  options: FrontOptions,
  running: Set<ChildProcess>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const read = readGitRequest(request);
  if (read === undefined) return refuse(response, 404, 'this address speaks git smart HTTP only');
  const { early } = front.faults;
  if (early?.on === read.phase && early.isFor(request.headers) && early.times-- > 0) {
    front.requests.push({ phase: read.phase, repository: read.repository, status: early.status, body: { bytes: 0 } });
    response.writeHead(early.status, { 'content-type': 'text/plain', connection: 'close' });
    response.end(early.text, () => request.socket.destroy());
    return;
  }
  const { asked, body } = read.phase === 'fetch' ? await readFetch(read, request) : { asked: read, body: undefined };
  const { faults } = front;
  const passed = { bytes: 0 };
  const note = (status: number, push?: Buffer) => {
    const { phase, repository } = asked;
    front.requests.push({ phase, repository, status, body: passed, ...(push ? { push } : {}) });
  };

  const refusal = options.auth && refuseCredentials(request, asked, options.auth);
  if (refusal !== undefined) {
    note(refusal);
    if (refusal === 401) response.setHeader('www-authenticate', options.auth ? challengeOf(options.auth) : '');
    return refuse(response, refusal, 'who are you?');
  }
  if (faults.answer?.on === asked.phase && faults.answer.times-- > 0) {
    note(faults.answer.status);
    const { retryAfterSeconds } = faults.answer;
    if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
    return refuse(response, faults.answer.status, 'not now');
  }
  if (faults.before?.on === asked.phase) await faults.before.run();

  const cut = faults.cut?.on === asked.phase && faults.cut.times-- > 0 ? faults.cut : undefined;
  const kept: Buffer[] = [];
  let tooMany: number | undefined;
  const maxCommands = options.maxCommands ?? MAX_COMMANDS;
  const refuseMany = (child: ChildProcess) => {
    tooMany = 400;
    refuse(response, 400, `a push may hold at most ${maxCommands} references`);
    child.kill();
  };
  const refuseBig = (child: ChildProcess) => {
    tooMany = 413;
    note(413);
    refuse(response, 413, 'the request is too large');
    child.kill();
  };
  const given = await runBackend({
    root: options.root,
    asked,
    method: request.method ?? 'GET',
    headers: {
      ...request.headers,
      ...(body && { 'content-encoding': undefined }),
      ...(options.knowsOnlyV0 && { 'git-protocol': undefined }),
      ...(options.speaksV1 && { 'git-protocol': 'version=1' }),
    },
    refuseThin: faults.refuseThin !== undefined,
    running,
    feed(child) {
      if (body !== undefined) {
        child.stdin.end(cut?.side === 'request' ? body.subarray(0, cut.afterBytes) : body);
        if (cut?.side === 'request') response.destroy();
        return;
      }
      const stages = [
        ...(faults.pushBytesPerSecond ? [createThrottle(faults.pushBytesPerSecond)] : []),
        ...(cut?.side === 'request' ? [createCut(cut.afterBytes, () => request.socket.destroy())] : []),
        ...(asked.phase === 'receive-pack' && faults.cutPushesAt
          ? [createCut(faults.cutPushesAt(), () => request.socket.destroy())]
          : []),
        ...(asked.phase === 'receive-pack' && faults.maxPushBytes !== undefined
          ? [createCut(faults.maxPushBytes, () => refuseBig(child))]
          : []),
        ...(asked.phase === 'receive-pack' ? [createCommandCounter(maxCommands, () => refuseMany(child))] : []),
        new PassThrough(),
      ];
      stages.at(-1)?.on('data', (chunk: Buffer) => {
        passed.bytes += chunk.length;
      });
      if (front.keepPushes) stages.at(-1)?.on('data', (chunk: Buffer) => kept.push(chunk));
      // A program that has ended early has an answer all the same, so the rest of the body is read and dropped.
      child.stdin.on('error', () => request.unpipe().resume());
      // A client that goes away leaves it with half a body.
      request.on('close', () => request.complete || child.stdin.destroy());
      stages.reduce<Readable>((from, to) => from.pipe(to), request).pipe(child.stdin);
    },
  }).catch((error: unknown) => {
    if (tooMany !== undefined || request.destroyed) return undefined;
    throw error;
  });
  if (tooMany !== 413) note(tooMany ?? given?.status ?? 0, front.keepPushes ? Buffer.concat(kept) : undefined);
  if (given === undefined || tooMany !== undefined) return;
  await respond(given, asked, faults, cut?.side === 'answer' ? cut.afterBytes : undefined, options, response);
}

async function respond(
  given: BackendAnswer,
  asked: GitRequest,
  faults: Faults,
  cutAfterBytes: number | undefined,
  options: FrontOptions,
  response: ServerResponse,
): Promise<void> {
  const garble = faults.garble?.on === asked.phase ? faults.garble.change : undefined;
  const rewrites = asked.phase === 'receive-advertisement';
  let { body } = given;
  if (rewrites || garble || (cutAfterBytes !== undefined && asked.phase === 'receive-pack')) {
    let whole: Buffer = await buffer(body);
    await given.ended;
    const noThin = faults.refuseThin === 'announced';
    if (rewrites && given.status === 200) {
      whole = rewriteAdvertisement(whole, options.capabilities ?? 'codecommit', noThin);
    }
    if (garble) whole = garble(whole);
    body = new PassThrough().end(whole);
  }
  if (cutAfterBytes === 0) {
    response.destroy();
    await body.resume().toArray();
    return;
  }
  response.statusCode = given.status;
  const gzip = faults.gzips ? [createGzip()] : [];
  if (faults.gzips) response.setHeader('content-encoding', 'gzip');
  for (const [name, value] of given.headers) if (name !== 'content-length') response.setHeader(name, value);
  const cut = cutAfterBytes === undefined ? [] : [createCut(cutAfterBytes, () => response.destroy())];
  await pipeline([body, ...gzip, ...cut, response] as [Readable, ...PassThrough[], Writable]).catch(() =>
    response.destroy(),
  );
  await given.ended;
}

/** The small body of a POST to upload-pack, and what it turns out to be. */
async function readFetch(asked: GitRequest, request: IncomingMessage): Promise<{ asked: GitRequest; body: Buffer }> {
  const sent = await buffer(request);
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
  const listing = body.subarray(4, 20).toString('latin1') === 'command=ls-refs\n'.slice(0, 16);
  return { asked: listing ? { ...asked, phase: 'ls-refs' } : asked, body };
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${reason}\n`);
}
