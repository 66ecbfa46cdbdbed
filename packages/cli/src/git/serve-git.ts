/**
 * Real git smart HTTP on the loopback address: every repository under one root, through git's own `http-backend` as a CGI program.
 *
 * A repository that holds the file `hourglass-password` is given to nobody who does not know what is in it.
 *
 * Both directions stream, so that a repository of any size passes; a client that goes away takes its backend with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, sep } from 'node:path';
import { respondFromCgi } from './cgi-response.ts';
import { gitEnvironment, runGit } from './run-git.ts';

export interface ServeGitOptions {
  /** The folder that holds the bare repositories. */
  readonly root: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Whether clients may push; by default they may. */
  readonly receivePack?: boolean;
}

export interface GitServer {
  /** Without a slash at the end; a repository is at `${url}/${name}`. */
  readonly url: string;
  /** Ends every connection and every backend; resolves when none is left. */
  close(): Promise<void>;
}

const PASSWORD_FILE = 'hourglass-password';

interface GitRequest {
  readonly repository: string;
  readonly action: 'info/refs' | 'git-upload-pack' | 'git-receive-pack';
  readonly query: string;
}

/** Serves the bare repositories under `root` at http://127.0.0.1. */
export async function serveGit(options: ServeGitOptions): Promise<GitServer> {
  const root = await realpath(options.root);
  const backend = join((await runGit(['--exec-path'])).trim(), 'git-http-backend');
  const running = new Set<ChildProcess>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = parseGitRequest(request);
    if (asked === undefined) return refuse(response, 404, 'this address speaks git smart HTTP only');
    if (!(await isRepository(root, asked.repository))) {
      return refuse(response, 404, `there is no repository ${JSON.stringify(asked.repository)} here`);
    }
    const pushes = asked.action === 'git-receive-pack' || asked.query === 'service=git-receive-pack';
    if (pushes && options.receivePack === false) return refuse(response, 403, 'pushing to this server is not allowed');

    if (!(await isAdmitted(root, asked.repository, request))) {
      response.setHeader('www-authenticate', 'Basic realm="git"');
      return refuse(response, 401, 'this repository wants a password');
    }

    const child = spawn(backend, { env: cgiEnvironment(root, asked, request), stdio: ['pipe', 'pipe', 'ignore'] });
    running.add(child);
    const ended = once(child, 'close').finally(() => running.delete(child));
    response.on('close', () => {
      if (!response.writableFinished) child.kill();
    });
    // The backend may answer, and end, before it has read the whole body.
    child.stdin.on('error', () => request.resume());
    request.pipe(child.stdin);
    await respondFromCgi(child.stdout, response);
    await ended;
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) refuse(response, 500, error instanceof Error ? error.message : String(error));
      else response.destroy();
    });
  });
  // A first push of a big repository may take longer than Node's five minutes.
  server.requestTimeout = 0;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      const ends = [...running].map((child) => once(child, 'close'));
      for (const child of running) child.kill();
      await Promise.all([closed, ...ends]);
    },
  };
}

function parseGitRequest(request: IncomingMessage): GitRequest | undefined {
  // By hand, not by URL: that would resolve `..` and decode nothing; here no segment may begin with a dot or hold a `%`.
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const match = /^\/((?:[A-Za-z0-9_][\w.-]*\/){1,4})(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path);
  const [, repository = '', action] = match ?? [];
  if (!match || request.method !== (action === 'info/refs' ? 'GET' : 'POST')) return undefined;
  if (action === 'info/refs' && !/^service=git-(upload|receive)-pack$/.test(query)) return undefined;
  return { repository: repository.slice(0, -1), action: action as GitRequest['action'], query };
}

/** By any user's name: a repository has one password, or none. */
async function isAdmitted(root: string, name: string, { headers }: IncomingMessage): Promise<boolean> {
  const password = await readFile(join(root, name, PASSWORD_FILE), 'utf8').catch(() => undefined);
  if (password === undefined) return true;
  const [, basic = ''] = /^Basic (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const given = Buffer.from(basic, 'base64').toString();
  return given.slice(given.indexOf(':') + 1) === password.trim();
}

async function isRepository(root: string, name: string): Promise<boolean> {
  // A symbolic link must not lead out of the root either.
  const path = await realpath(join(root, name)).catch(() => undefined);
  if (path === undefined || !path.startsWith(root + sep)) return false;
  const [head, objects] = await Promise.all(
    ['HEAD', 'objects'].map((part) => stat(join(path, part)).catch(() => null)),
  );
  return head?.isFile() === true && objects?.isDirectory() === true;
}

function cgiEnvironment(root: string, asked: GitRequest, request: IncomingMessage): NodeJS.ProcessEnv {
  const { headers } = request;
  const protocol = headers['git-protocol'];
  const given = {
    CONTENT_TYPE: headers['content-type'],
    CONTENT_LENGTH: headers['content-length'],
    HTTP_CONTENT_ENCODING: headers['content-encoding'],
    GIT_PROTOCOL: typeof protocol === 'string' ? protocol : undefined,
  };
  return {
    ...gitEnvironment('own'),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_PROTOCOL: 'HTTP/1.1',
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${asked.repository}/${asked.action}`,
    QUERY_STRING: asked.query,
    REQUEST_METHOD: request.method ?? 'GET',
    REMOTE_ADDR: '127.0.0.1',
    // http-backend lets only a known user push; who may push at all has been decided above.
    REMOTE_USER: 'loopback',
  };
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${reason}\n`);
}
