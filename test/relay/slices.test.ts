/** First mirrors that do not fit into one push: in slices, on from where an earlier run was cut off, and nothing left behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundledHourglass, runHourglass } from './bundle-hourglass.ts';
import { git, refsOf } from './git.ts';
import { writeNoise } from './noise-history.ts';
import { createPair, type Pair } from './pair.ts';

/** The sizes here are to each other as real ones, and small, so that git need not hash them long. */
const UNIT = 300_000;
let pair: Pair;
beforeEach(async () => {
  pair = await createPair();
  for (const repository of [pair.source, pair.destination]) git(repository, 'config', 'core.compression', '0');
});
afterEach(() => pair.close());

const FILTER = ['uploadpack.allowFilter', 'true'] as const;
const temporaryRefs = () =>
  git(pair.destination, 'for-each-ref', '--format=%(refname)', 'refs/hourglass', 'refs/heads/hourglass-slices');
const pushes = () => pair.to.requests.filter(({ phase }) => phase === 'receive-pack');

/** 9 units in 93 commits: merges, tags, a branch that left early, one without common history. */
function writeHistory(): void {
  writeNoise(pair.source, { commits: 50, bytes: 0.11 * UNIT, mergeEvery: 20, tagEvery: 30 });
  git(pair.source, 'branch', 'base', 'main~40');
  writeNoise(pair.source, { commits: 12, bytes: 0.1 * UNIT, branch: 'early', from: 'base', seed: 2 });
  writeNoise(pair.source, { commits: 25, bytes: 0.06 * UNIT, branch: 'apart', seed: 3 });
}

describe.each([
  { source: 'that can leave objects out', filter: true },
  { source: 'that only knows depths', filter: false },
])('from a source $source', ({ filter }) => {
  beforeEach(() => {
    if (filter) git(pair.source, 'config', ...FILTER);
    writeHistory();
  });

  it('a push answered 413 goes on in slices that pass, and no push is as big as the refused one again', async () => {
    pair.to.faults = { maxPushBytes: 2.5 * UNIT };
    const result = await pair.mirror();
    expect(result).toMatchObject({ result: 'mirrored', via: 'relay-slices', refs: { rejected: [] } });
    expect(result.why).toEqual(['relay: the destination answered 413: the request is too large']);
    expect(result.slices).toBeGreaterThan(4);
    expect(pushes().filter(({ status }) => status === 413).length).toBeLessThan(4);
    pair.expectEqual();
    expect(temporaryRefs()).toBe('');
    expect(await pair.mirror()).toMatchObject({ result: 'unchanged', slices: 0 });
  });

  it('connections that break at a random byte end with all refs', async () => {
    let seed = 7;
    pair.to.faults = {
      cutPushesAt() {
        seed = (seed * 48_271) % 2_147_483_647;
        return 0.5 * UNIT + (seed % (6 * UNIT));
      },
    };
    const result = await pair.mirror();
    expect(result).toMatchObject({ result: 'mirrored', via: 'relay-slices' });
    pair.expectEqual();
    expect(temporaryRefs()).toBe('');
  });
});

describe('a source that gives no parts of its history', () => {
  it('is mirrored in slices out of a scratch repository', async () => {
    await pair.close();
    pair = await createPair({ sourceServer: { knowsOnlyV0: true } });
    for (const repository of [pair.source, pair.destination]) git(repository, 'config', 'core.compression', '0');
    writeHistory();
    pair.to.faults = { maxPushBytes: 2.5 * UNIT };
    const result = await pair.mirror({ via: 'auto' });
    expect(result).toMatchObject({ result: 'mirrored', via: 'git', slices: expect.any(Number) });
    expect(result.slices).toBeGreaterThan(4);
    expect(pushes().filter(({ status }) => status === 413).length).toBeLessThan(4);
    pair.expectEqual();
    expect(temporaryRefs()).toBe('');
  });

  it('nor does git send a refused push twice when it is the only way', async () => {
    writeHistory();
    pair.to.faults = { maxPushBytes: 2.5 * UNIT };
    const result = await pair.mirror({ via: 'git' });
    expect(result).toMatchObject({ result: 'mirrored', via: 'git' });
    expect(result.slices).toBeGreaterThan(4);
    pair.expectEqual();
    expect(temporaryRefs()).toBe('');
  });
});

describe('a mirror in slices', () => {
  let program: string;
  beforeAll(async () => {
    program = await bundledHourglass();
  });
  beforeEach(() => {
    git(pair.source, 'config', ...FILTER);
    writeHistory();
  });
  const words = () => ['mirror', `${pair.from.url}/source`, `${pair.to.url}/destination`];

  it.each(['filter', 'depth'])(
    'that is killed goes on from its last slice (by %s): the default branch has gone first, and nothing is sent twice',
    async (way) => {
      git(pair.source, 'config', FILTER[0], String(way === 'filter'));
      const child = spawn(process.execPath, [program, ...words(), '--max-pack-bytes', String(1.5 * UNIT)], {
        stdio: 'ignore',
      });
      let seen = 0;
      pair.to.faults = { before: { on: 'receive-pack', run: async () => ++seen === 9 && child.kill('SIGKILL') } };
      await once(child, 'close');
      pair.to.faults = {};
      expect(refsOf(pair.destination)).toEqual([]);
      const held = git(pair.destination, 'for-each-ref', '--format=%(objectname)', 'refs/hourglass/slices').split('\n');
      for (const commit of held) git(pair.source, 'merge-base', '--is-ancestor', commit, 'main');
      const before = git(pair.destination, 'rev-list', '--count', '--all');
      expect(Number(before)).toBeGreaterThan(10);

      pair.to.requests.length = 0;
      const { code, stdout } = await runHourglass(program, [...words(), '--json']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ result: 'mirrored', via: 'relay-slices', why: [] });
      expect(Math.max(...pushes().map(({ body }) => body.bytes))).toBeLessThan(1.5 * UNIT);
      const sent = pushes().reduce((sum, { body }) => sum + body.bytes, 0);
      expect(sent).toBeLessThan(9.3 * UNIT - Number(before) * 0.09 * UNIT);
      pair.expectEqual();
      expect(temporaryRefs()).toBe('');
    },
  );

  it('has no push bigger than it was allowed beforehand', async () => {
    const result = await pair.mirror({ maxPackBytes: 0.8 * UNIT });
    expect(result).toMatchObject({ result: 'mirrored', via: 'relay-slices' });
    expect(Math.max(...pushes().map(({ body }) => body.bytes))).toBeLessThanOrEqual(0.8 * UNIT);
    pair.expectEqual();
    expect(temporaryRefs()).toBe('');
  });

  it('makes branches of its own where a destination takes nothing else, and takes them away', async () => {
    await mkdir(join(pair.destination, 'hooks'));
    const hook = join(pair.destination, 'hooks/update');
    await writeFile(
      hook,
      '#!/bin/sh\ncase "$1" in refs/heads/*|refs/tags/*) ;; *) echo "branches only" >&2; exit 1;; esac\n',
    );
    await chmod(hook, 0o755);
    expect(await pair.mirror({ maxPackBytes: 2 * UNIT })).toMatchObject({ result: 'mirrored', via: 'relay-slices' });
    pair.expectEqual();
    expect(temporaryRefs()).toBe('');
  });

  it('leaves the branches alone that the destination has and the mirror is not about', async () => {
    writeNoise(pair.destination, { commits: 2, bytes: 1000, branch: 'own', seed: 9 });
    const own = git(pair.destination, 'rev-parse', 'own');
    await pair.mirror({ maxPackBytes: 2 * UNIT, exclude: ['own'] });
    expect(git(pair.destination, 'rev-parse', 'own')).toBe(own);
    git(pair.destination, 'update-ref', '-d', 'refs/heads/own');
    pair.expectEqual();
  });

  it('names the commit that does not fit into a push alone', async () => {
    await pair.mirror();
    await pair.commit('main', 'big', { big: Buffer.alloc(1_000_000, Math.random().toString()) });
    pair.to.faults = { maxPushBytes: 1000 };
    git(pair.source, 'config', 'core.compression', '0');
    const commit = git(pair.source, 'rev-parse', 'main');
    const result = await pair.mirror();
    expect(result).toMatchObject({ result: 'failed', message: expect.stringContaining(commit) });
    expect(pushes().length).toBeLessThan(12);
  });
});
