/** A source and a destination on two real git servers, the relay between them, and what must hold afterwards. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addCommit } from '@hourglass/cli/git';
import { type MirrorOptions, MirrorRefused, type MirrorResult, mirror } from '@hourglass/relay';
import { expect } from 'vitest';
import { git, refsOf } from './git.ts';
import type { ServerAuth } from './server/check-credentials.ts';
import { type Front, type FrontOptions, startFront } from './server/front.ts';

/** The result, or `refused` with its message in place of a thrown MirrorRefused. */
export type Outcome = Omit<MirrorResult, 'result'> & { readonly result: MirrorResult['result'] | 'refused' };

export interface Pair {
  readonly scratch: string;
  /** Bare repositories. */
  readonly source: string;
  readonly destination: string;
  readonly from: Front;
  readonly to: Front;
  /** Commits to a branch of the source and gives the commit. */
  commit(branch: string, text?: string, files?: Record<string, string | Uint8Array | null>): Promise<string>;
  /** By the relay and nothing else, by default. */
  mirror(options?: Partial<MirrorOptions>): Promise<Outcome>;
  /** Heads and tags are equal, and both repositories are whole. */
  expectEqual(): void;
  close(): Promise<void>;
}

export interface PairOptions {
  readonly objectFormat?: 'sha1' | 'sha256';
  readonly destinationFormat?: 'sha1' | 'sha256';
  readonly sourceAuth?: ServerAuth;
  readonly sourceServer?: Pick<FrontOptions, 'knowsOnlyV0' | 'tls'>;
  readonly destinationAuth?: ServerAuth;
  readonly destinationServer?: Pick<FrontOptions, 'tls'>;
}

export async function createPair(options: PairOptions = {}): Promise<Pair> {
  const scratch = await mkdtemp(join(tmpdir(), 'hourglass-relay-'));
  const [source, destination] = [
    createRepository(join(scratch, 'left'), 'source', options.objectFormat),
    createRepository(join(scratch, 'right'), 'destination', options.destinationFormat ?? options.objectFormat),
  ];
  await mkdir(join(scratch, 'disk'));
  const [from, to] = await Promise.all([
    startFront({
      root: join(scratch, 'left'),
      ...options.sourceServer,
      ...(options.sourceAuth && { auth: options.sourceAuth }),
    }),
    startFront({
      root: join(scratch, 'right'),
      ...options.destinationServer,
      ...(options.destinationAuth && { auth: options.destinationAuth }),
    }),
  ]);
  return {
    scratch,
    source,
    destination,
    from,
    to,
    commit: (branch, text = branch, files = { [`${branch}.txt`]: text }) =>
      addCommit(source, { branch, message: text, files, atSeconds: 1_700_000_000 }),
    mirror: (more = {}) =>
      settle({
        source: `${from.url}/source`,
        destination: `${to.url}/destination`,
        via: 'relay',
        scratchDir: join(scratch, 'disk'),
        ...more,
      }),
    expectEqual() {
      expect(refsOf(destination)).toEqual(refsOf(source));
      expectWhole(destination);
    },
    async close() {
      await Promise.all([from.close(), to.close()]);
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** `git fsck` finds nothing wrong and nothing missing. */
export function expectWhole(repository: string): void {
  expect(git(repository, 'fsck', '--full', '--strict', '--no-dangling', '--no-progress')).toBe('');
}

/** What git has written into an empty repository, by object format: a copy takes less than a process of git's. */
const written = new Map<string, { readonly HEAD: string; readonly config: string }>();

export function createRepository(dir: string, name: string, objectFormat: 'sha1' | 'sha256' = 'sha1'): string {
  const path = join(dir, name);
  const files = written.get(objectFormat);
  if (files === undefined) {
    initialize(path, objectFormat);
    const read = (file: string) => readFileSync(join(path, file), 'utf8');
    written.set(objectFormat, { HEAD: read('HEAD'), config: read('config') });
    return path;
  }
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
    mkdirSync(join(path, folder), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

function initialize(path: string, objectFormat: string): void {
  const words = ['--quiet', '--bare', '--template=', '--initial-branch=main', `--object-format=${objectFormat}`];
  git('/', 'init', ...words, path);
  // Nothing here must outlive a power failure, and many refs brought to disk one by one take long.
  git(path, 'config', 'core.fsync', 'none');
  git(path, 'config', 'receive.denyDeleteCurrent', 'ignore');
  // None lives long enough for git to tidy it up after each push.
  git(path, 'config', 'receive.autogc', 'false');
}

async function settle(options: MirrorOptions): Promise<Outcome> {
  try {
    return await mirror(options);
  } catch (error) {
    if (!(error instanceof MirrorRefused)) throw error;
    const refs = { created: 0, updated: 0, deleted: 0, rejected: [] };
    const nothing = { bytesFromSource: 0, bytesToDestination: 0, durationMs: 0, peakRssBytes: 0, sourceRefs: 0 };
    const rest = {
      via: 'relay' as const,
      why: [],
      refs,
      tips: [],
      slices: 0,
      lfsPointers: false,
      warnings: [],
      moved: false,
    };
    return { result: 'refused', message: error.message, ...rest, ...nothing };
  }
}
