/** One request through git's own `http-backend`, a CGI program, streaming both ways. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { GitRequest } from './git-request.ts';

const BACKEND = join(spawnSync('git', ['--exec-path'], { encoding: 'utf8' }).stdout.trim(), 'git-http-backend');

export interface BackendAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Readable;
  /** Resolves when the program has ended, and so has written what it writes. */
  readonly ended: Promise<unknown>;
}

export interface BackendOptions {
  readonly root: string;
  readonly asked: GitRequest;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Feeds the program's standard input. */
  readonly feed: (child: ChildProcess & { stdin: NonNullable<ChildProcess['stdin']> }) => void;
  readonly refuseThin: boolean;
  readonly running: Set<ChildProcess>;
}

/** Starts the program and gives its answer once its headers are there. @throws if it says nothing */
export async function runBackend(options: BackendOptions): Promise<BackendAnswer> {
  const { asked, running } = options;
  // Only receive-pack itself can be set to take no thin pack, so for that git is run without http-backend.
  const bare = options.refuseThin && asked.phase === 'receive-pack';
  const child = bare
    ? spawn('git', [...REFUSING, join(options.root, asked.repository)], { env: ownEnvironment(), stdio: STDIO })
    : spawn(BACKEND, { env: cgiEnvironment(options), stdio: STDIO });
  running.add(child);
  const ended = once(child, 'close').finally(() => running.delete(child));
  // The program may end before it has read everything.
  child.stdin.on('error', () => {});
  options.feed(child);
  if (bare) {
    const headers = [['content-type', 'application/x-git-receive-pack-result']] as const;
    return { status: 200, headers, body: child.stdout, ended };
  }
  const head = await readHead(child.stdout);
  return { ...head, body: child.stdout, ended };
}

const STDIO: ['pipe', 'pipe', 'ignore'] = ['pipe', 'pipe', 'ignore'];
// A small pack is unpacked, and a missing base found, whatever the option says.
const REFUSING = ['-c', 'receive.unpackLimit=1', 'receive-pack', '--stateless-rpc', '--reject-thin-pack-for-testing'];

async function readHead(output: Readable): Promise<Pick<BackendAnswer, 'status' | 'headers'>> {
  let head = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    if (output.readableLength === 0) {
      const ready = new AbortController();
      const { signal } = ready;
      await Promise.race([once(output, 'readable', { signal }), once(output, 'end', { signal })]).finally(() =>
        ready.abort(),
      );
    }
    const chunk = output.read() as Buffer | null;
    if (chunk === null && output.readableEnded) throw new Error('git http-backend ended without an answer');
    head = Buffer.concat([head, chunk ?? Buffer.alloc(0)]);
    end = head.indexOf('\r\n\r\n');
  }
  if (head.length > end + 4) output.unshift(head.subarray(end + 4));
  let status = 200;
  const headers: [string, string][] = [];
  for (const line of head.subarray(0, end).toString('latin1').split('\r\n')) {
    const at = line.indexOf(':');
    const [name, value] = [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    if (name === 'status') status = Number.parseInt(value, 10);
    else headers.push([name, value]);
  }
  return { status, headers };
}

function cgiEnvironment({ root, asked, method, headers }: BackendOptions): NodeJS.ProcessEnv {
  const protocol = headers['git-protocol'];
  return {
    ...ownEnvironment(),
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${asked.repository}/${asked.action}`,
    QUERY_STRING: asked.query,
    REQUEST_METHOD: method,
    REMOTE_ADDR: '127.0.0.1',
    // http-backend lets only a known user push; the front has checked who it is.
    REMOTE_USER: 'known',
    ...(headers['content-type'] ? { CONTENT_TYPE: headers['content-type'] } : {}),
    ...(headers['content-encoding'] ? { HTTP_CONTENT_ENCODING: headers['content-encoding'] } : {}),
    ...(typeof protocol === 'string' ? { GIT_PROTOCOL: protocol } : {}),
  };
}

function ownEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
}
