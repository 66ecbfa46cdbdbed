/**
 * All commits of some tips in an order in which they can be pushed, found by the git command.
 *
 * The commits alone come as a pack into a scratch repository: about a fourteenth of what the whole history weighs. git knows how objects
 * of a pack build on each other and how to order commits without holding them all; the order is a file beside them.
 */
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RelayFailed } from '../errors.ts';
import type { MirrorOptions } from '../options.ts';
import type { ObjectFormat } from '../protocol/object-id.ts';
import { printable } from '../protocol/pkt-line.ts';
import { gitEnvironment } from '../transport/git-environment.ts';
import type { CommitOrder } from './history-by-order.ts';

export interface OrderRequest {
  readonly format: ObjectFormat;
  /** A pack of all commits that the tips reach. */
  readonly commits: AsyncIterable<Buffer>;
  /** What comes first, with all that it reaches. */
  readonly first: string | undefined;
  readonly tips: readonly string[];
  /** Objects of the destination: what they reach is left out. */
  readonly known: readonly string[];
  readonly options: MirrorOptions;
}

/** @throws RelayFailed if git cannot be run or does not take the pack */
export async function orderCommits(request: OrderRequest): Promise<CommitOrder> {
  const { options, first, tips, known, format } = request;
  const folder = await mkdtemp(join(options.scratchDir ?? tmpdir(), 'hourglass-slices-'));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const repository = join(folder, 'commits.git');
    const git = (words: string[], input: AsyncIterable<Buffer> | Iterable<Buffer>, output?: number) =>
      feedGit(words, { folder, options, input, output });
    await git(['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, repository], []);
    await git(['--git-dir', repository, 'index-pack', '--stdin'], request.commits);
    const file = join(folder, 'order');
    const handle = await open(file, 'w');
    try {
      const walk = ['--git-dir', repository, 'rev-list', '--topo-order', '--reverse', '--parents'];
      // What the destination has may be unknown here, or not even a commit.
      const list = (wanted: readonly string[], without: readonly string[]) => {
        const lines = [...wanted, ...without.map((oid) => `^${oid}`)].map((oid) => `${oid}\n`);
        return git([...walk, '--ignore-missing', '--stdin'], [Buffer.from(lines.join(''))], handle.fd);
      };
      if (first !== undefined) await list([first], known);
      await list(tips, first === undefined ? known : [...known, first]);
    } finally {
      await handle.close();
    }
    const count = await countLines(file);
    const reader = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
    return {
      count,
      lines: reader[Symbol.asyncIterator](),
      async close() {
        reader.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function countLines(file: string): Promise<number> {
  let count = 0;
  for await (const piece of createReadStream(file)) for (const byte of piece as Buffer) if (byte === 10) count++;
  return count;
}

interface Feed {
  readonly folder: string;
  readonly options: MirrorOptions;
  readonly input: AsyncIterable<Buffer> | Iterable<Buffer>;
  readonly output: number | undefined;
}

async function feedGit(words: readonly string[], { folder, options, input, output }: Feed): Promise<void> {
  const { signal } = options;
  signal?.throwIfAborted();
  const child = spawn('git', words, {
    cwd: folder,
    env: { ...gitEnvironment(options.environment ?? process.env), GIT_CEILING_DIRECTORIES: folder },
    stdio: ['pipe', output ?? 'ignore', 'pipe'],
  });
  const stop = () => child.kill();
  signal?.addEventListener('abort', stop, { once: true });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(`git cannot be started: ${error.message}`));
    child.once('close', (code) =>
      resolve(
        code === 0 ? undefined : `git ${words.find((word) => !word.startsWith('-'))} has failed: ${printable(said)}`,
      ),
    );
  });
  const { stdin } = child;
  stdin?.on('error', () => {});
  try {
    for await (const piece of input) {
      if (stdin === null || !stdin.writable) break;
      if (!stdin.write(piece)) {
        await Promise.race([new Promise((resolve) => stdin.once('drain', resolve)), ended]);
      }
    }
  } catch (error) {
    child.kill();
    throw error;
  } finally {
    stdin?.end();
    signal?.removeEventListener('abort', stop);
  }
  const failure = await ended;
  signal?.throwIfAborted();
  if (failure !== undefined) throw new RelayFailed(failure);
}
