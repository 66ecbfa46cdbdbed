/** Every shape of history and of ref list: afterwards both sides are equal, and whole. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git, gitWithInput, refsOf } from './git.ts';
import { readPackKinds } from './pack-kinds.ts';
import { createPair, createRepository, type Pair } from './pair.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await createPair();
});
afterEach(() => pair.close());

const inSource = (...words: string[]) => git(pair.source, ...words);
const noise = (bytes: number) => randomBytes(bytes);
const phases = () => [...pair.from.requests, ...pair.to.requests].map((request) => request.phase);

/** Throws away, in the source, every object that no ref needs: what was rewritten is gone for good. */
function forgetOldObjects(): void {
  inSource('reflog', 'expire', '--expire=now', '--all');
  inSource('gc', '--quiet', '--prune=now');
}

describe('a mirror', () => {
  it('fills an empty destination, then has nothing to do and asks for no pack', async () => {
    const tip = await pair.commit('main');
    await pair.commit('topic/x');
    inSource('tag', 'light', tip);
    expect(await pair.mirror()).toMatchObject({
      result: 'mirrored',
      via: 'relay',
      refs: { created: 3, updated: 0, deleted: 0, rejected: [] },
      sourceRefs: 3,
    });
    pair.expectEqual();
    pair.from.requests.length = pair.to.requests.length = 0;
    expect(await pair.mirror()).toMatchObject({ result: 'unchanged', refs: { created: 0, updated: 0, deleted: 0 } });
    expect(phases()).not.toContain('fetch');
    expect(phases()).not.toContain('receive-pack');
  });

  it('asks the source for a pack once, also where nothing of the new branch is there', async () => {
    await pair.commit('main');
    await pair.mirror();
    inSource('symbolic-ref', 'HEAD', 'refs/heads/main');
    await pair.commit('apart');
    pair.from.requests.length = 0;
    expect(await pair.mirror()).toMatchObject({ result: 'mirrored', refs: { created: 1 } });
    expect(phases().filter((phase) => phase === 'fetch')).toHaveLength(1);
    pair.expectEqual();
  });

  it('carries one commit by about what one commit weighs, as a thin pack without offset deltas', async () => {
    const text = Array.from({ length: 20_000 }, (_, n) => `line ${n * 7919}\n`).join('');
    await pair.commit('main', 'one', { big: text, noise: noise(300_000) });
    await pair.mirror();
    await pair.commit('main', 'two', { big: `${text}one more\n` });
    pair.to.keepPushes = true;
    const { result, bytesFromSource, bytesToDestination } = await pair.mirror();
    expect(result).toBe('mirrored');
    expect(bytesFromSource).toBeLessThan(5_000);
    expect(bytesToDestination).toBeLessThan(5_000);
    const kinds = readPackKinds(pushOf());
    expect(kinds).toContain('ref-delta');
    expect(kinds).not.toContain('ofs-delta');
    pair.expectEqual();
  });

  function pushOf(): Buffer {
    const found = pair.to.requests.findLast((request) => request.phase === 'receive-pack');
    return found?.push ?? Buffer.alloc(0);
  }

  it('follows a force-push, and a history rewritten from its root', async () => {
    await pair.commit('main', 'one');
    await pair.commit('main', 'two');
    await pair.mirror();
    inSource('update-ref', 'refs/heads/main', inSource('rev-parse', 'main~1'));
    await pair.commit('main', 'other two');
    expect(await pair.mirror()).toMatchObject({ result: 'mirrored', refs: { updated: 1 } });
    pair.expectEqual();

    inSource('update-ref', '-d', 'refs/heads/main');
    await pair.commit('main', 'all new');
    forgetOldObjects();
    expect(await pair.mirror()).toMatchObject({ result: 'mirrored', refs: { updated: 1 } });
    pair.expectEqual();
  });

  it('finds common ground after a rewrite by the tips it remembers', async () => {
    await pair.commit('main', 'base', { noise: noise(400_000) });
    const { tips } = await pair.mirror();
    await pair.commit('main', 'soon rewritten');
    await pair.mirror();
    inSource('update-ref', 'refs/heads/main', inSource('rev-parse', 'main~1'));
    await pair.commit('main', 'rewritten');
    forgetOldObjects();
    const outcome = await pair.mirror({ rememberedTips: tips });
    expect(outcome.result).toBe('mirrored');
    expect(outcome.bytesFromSource).toBeLessThan(50_000);
    pair.expectEqual();
  });

  it('lets branch a become a/b, and a/b become a', async () => {
    await pair.commit('main');
    await pair.commit('a');
    await pair.mirror();
    inSource('update-ref', '-d', 'refs/heads/a');
    await pair.commit('a/b');
    expect(await pair.mirror()).toMatchObject({ result: 'mirrored', refs: { created: 1, deleted: 1 } });
    pair.expectEqual();
    inSource('update-ref', '-d', 'refs/heads/a/b');
    await pair.commit('a', 'again');
    expect((await pair.mirror()).result).toBe('mirrored');
    pair.expectEqual();
  });

  it('deletes branches and tags that the source has deleted, with no pack', async () => {
    const tip = await pair.commit('main');
    await pair.commit('gone');
    inSource('tag', 'kept', tip);
    inSource('tag', 'gone', tip);
    await pair.mirror();
    inSource('update-ref', '-d', 'refs/heads/gone');
    inSource('tag', '-d', 'gone');
    pair.from.requests.length = 0;
    expect(await pair.mirror()).toMatchObject({ result: 'mirrored', refs: { created: 0, updated: 0, deleted: 2 } });
    expect(phases().filter((phase) => phase === 'fetch')).toEqual([]);
    pair.expectEqual();
  });

  it('carries annotated and nested tags, and tags on trees and blobs', async () => {
    const tip = await pair.commit('main');
    inSource('tag', '-a', '-m', 'one', 'v1', tip);
    inSource('tag', '-a', '-m', 'of a tag', 'nested', 'v1');
    inSource('tag', '-a', '-m', 'of a tree', 'on-tree', `${tip}^{tree}`);
    inSource('tag', 'bare-tree', `${tip}^{tree}`);
    const blob = gitWithInput(pair.source, 'a blob of no commit', 'hash-object', '-w', '--stdin');
    inSource('tag', 'on-blob', blob);
    inSource('tag', '-a', '-m', 'of a blob', 'annotated-blob', blob);
    expect(await pair.mirror()).toMatchObject({ result: 'mirrored', refs: { created: 7 } });
    pair.expectEqual();
    expect(git(pair.destination, 'cat-file', '-t', 'nested')).toBe('tag');
    // Moved and taken away again.
    inSource('tag', '-f', '-a', '-m', 'moved', 'v1', await pair.commit('main', 'two'));
    inSource('tag', '-d', 'on-blob');
    expect(await pair.mirror()).toMatchObject({ result: 'mirrored', refs: { updated: 2, deleted: 1 } });
    pair.expectEqual();
  });

  it('stops at an empty source, and at one that has lost most of its refs, by default', async () => {
    const tip = await pair.commit('main');
    for (let n = 0; n < 20; n++) inSource('tag', `t${n}`, tip);
    await pair.mirror();
    const before = refsOf(pair.destination);
    for (let n = 0; n < 20; n++) inSource('tag', '-d', `t${n}`);
    const shrunken = await pair.mirror();
    expect(shrunken.result).toBe('refused');
    expect(shrunken.message).toMatch(/delete/i);
    inSource('update-ref', '-d', 'refs/heads/main');
    const empty = await pair.mirror({ via: 'auto' });
    expect(empty.result).toBe('refused');
    expect(empty.message).toMatch(/empty|no branches|no refs/i);
    expect(refsOf(pair.destination)).toEqual(before);

    await pair.commit('main', 'again');
    expect(await pair.mirror({ allowMassDelete: true })).toMatchObject({ result: 'mirrored', refs: { deleted: 20 } });
    pair.expectEqual();
  });

  it('has nothing to do between two empty repositories', async () => {
    expect(await pair.mirror()).toMatchObject({ result: 'unchanged' });
  });

  it('carries 9,000 refs in pushes of at most 4,000', async () => {
    const tips = [await pair.commit('main', 'one'), await pair.commit('main', 'two')];
    const lines = Array.from({ length: 9000 }, (_, n) => `create refs/tags/t${n} ${tips[n % 2]}\n`);
    gitWithInput(pair.source, lines.join(''), 'update-ref', '--stdin');
    inSource('pack-refs', '--all');
    expect(await pair.mirror()).toMatchObject({ result: 'mirrored', refs: { created: 9001 } });
    const pushes = pair.to.requests.filter((request) => request.phase === 'receive-pack');
    expect(pushes.map((push) => push.status)).toEqual([200, 200, 200]);
    git(pair.destination, 'pack-refs', '--all');
    pair.expectEqual();
  });

  it('carries heads and tags only: refs of pull requests and notes stay on their side', async () => {
    const tip = await pair.commit('main');
    inSource('update-ref', 'refs/pull/1/head', await pair.commit('hidden'));
    inSource('update-ref', '-d', 'refs/heads/hidden');
    inSource('update-ref', 'refs/merge-requests/2/head', tip);
    await pair.mirror();
    git(pair.destination, 'update-ref', 'refs/notes/own', git(pair.destination, 'rev-parse', 'main'));
    await pair.commit('main', 'two');
    await pair.mirror();
    pair.expectEqual();
    const names = git(pair.destination, 'for-each-ref', '--format=%(refname)');
    expect(names.split('\n')).toEqual(['refs/heads/main', 'refs/notes/own']);
  });

  it('copes with refs that the source hides from its own list', async () => {
    inSource('config', 'uploadpack.hideRefs', 'refs/heads/secret');
    await pair.commit('main');
    await pair.commit('secret/x');
    expect(await pair.mirror()).toMatchObject({ result: 'mirrored', refs: { created: 1 } });
    expect(refsOf(pair.destination).map((line) => line.split(' ')[1])).toEqual(['refs/heads/main']);
  });

  it('refuses a shallow source and leaves the destination alone', async () => {
    await pair.commit('main', 'one');
    await pair.commit('main', 'two');
    const url = pathToFileURL(pair.source).href;
    git(pair.scratch, 'clone', '--quiet', '--bare', '--depth=1', url, join(pair.scratch, 'left', 'cut'));
    for (const via of ['relay', 'auto', 'git'] as const) {
      const outcome = await pair.mirror({ source: `${pair.from.url}/cut`, via });
      expect(['refused', 'failed']).toContain(outcome.result);
      expect(`${outcome.message} ${outcome.why}`).toMatch(/shallow/);
    }
    expect(refsOf(pair.destination)).toEqual([]);
  });

  it('offers haves that the source does not know, and carries on', async () => {
    const base = await pair.commit('main', 'base', { noise: noise(300_000) });
    await pair.mirror();
    // Somebody's own branch at the destination, which this mirror does not cover.
    const tree = git(pair.destination, 'rev-parse', `${base}^{tree}`);
    for (let n = 0; n < 5; n++) {
      const own = git(pair.destination, 'commit-tree', '-p', base, '-m', `own ${n}`, tree);
      git(pair.destination, 'update-ref', `refs/heads/own/${n}`, own);
    }
    await pair.commit('main', 'two');
    const outcome = await pair.mirror({ exclude: ['own/*'], rememberedTips: ['1234567890'.repeat(4)] });
    expect(outcome).toMatchObject({ result: 'mirrored', refs: { updated: 1, deleted: 0 } });
    expect(outcome.bytesFromSource).toBeLessThan(20_000);
    expect(git(pair.destination, 'rev-parse', 'main')).toBe(inSource('rev-parse', 'main'));
    expect(refsOf(pair.destination)).toHaveLength(6);
  });

  it('makes refs to objects that are already there', async () => {
    const first = await pair.commit('main', 'one', { noise: noise(100_000) });
    await pair.commit('main', 'two');
    await pair.mirror();
    inSource('branch', 'old', first);
    inSource('tag', 'older', first);
    inSource('update-ref', 'refs/heads/main', first);
    const outcome = await pair.mirror();
    expect(outcome).toMatchObject({ result: 'mirrored', refs: { created: 2, updated: 1 } });
    expect(outcome.bytesFromSource).toBeLessThan(5_000);
    pair.expectEqual();
  });

  it('covers what is included and not excluded, and touches nothing else', async () => {
    await pair.commit('main');
    await pair.commit('release/1');
    await pair.commit('release/2');
    await pair.commit('topic');
    await pair.mirror({ include: ['main', 'refs/heads/release/*'], exclude: ['release/2'] });
    const names = () => refsOf(pair.destination).map((line) => line.split(' refs/heads/')[1]);
    expect(names()).toEqual(['main', 'release/1']);
    await pair.mirror({ include: ['topic'] });
    expect(names()).toEqual(['main', 'release/1', 'topic']);
  });

  it('reads and writes local paths as well', async () => {
    await pair.commit('main');
    const other = createRepository(pair.scratch, 'other');
    expect((await pair.mirror({ source: pair.source, destination: other })).result).toBe('mirrored');
    expect(refsOf(other)).toEqual(refsOf(pair.source));
    await pair.commit('main', 'two');
    expect((await pair.mirror({ source: pair.source })).result).toBe('mirrored');
    pair.expectEqual();
  });

  it('names Git LFS pointers, which are carried without the files they point to', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 12345\n`;
    await pair.commit('main', 'plain');
    expect((await pair.mirror()).lfsPointers).toBe(false);
    await pair.commit('main', 'lfs', { 'film.bin': pointer });
    expect((await pair.mirror()).lfsPointers).toBe(true);
    pair.expectEqual();
  });
});

describe('a destination that somebody else has pushed to', () => {
  async function diverge(): Promise<string> {
    const base = await pair.commit('main', 'one');
    await pair.mirror();
    const tree = git(pair.destination, 'rev-parse', `${base}^{tree}`);
    const own = git(pair.destination, 'commit-tree', '-p', base, '-m', 'own', tree);
    git(pair.destination, 'update-ref', 'refs/heads/main', own);
    await pair.commit('main', 'two');
    await pair.commit('other');
    return own;
  }

  it('is overwritten by default', async () => {
    await diverge();
    expect((await pair.mirror()).result).toBe('mirrored');
    pair.expectEqual();
  });

  it('keeps its own with keep, and the ref is named', async () => {
    const own = await diverge();
    const outcome = await pair.mirror({ divergence: 'keep' });
    expect(outcome).toMatchObject({ result: 'rejected', refs: { created: 1, rejected: [{ ref: 'refs/heads/main' }] } });
    expect(git(pair.destination, 'rev-parse', 'main')).toBe(own);
    expect(git(pair.destination, 'rev-parse', 'other')).toBe(inSource('rev-parse', 'other'));
  });

  it('is left as it is with fail', async () => {
    await diverge();
    const before = refsOf(pair.destination);
    const outcome = await pair.mirror({ divergence: 'fail', via: 'auto' });
    expect(outcome.result).toBe('refused');
    expect(outcome.message).toContain('refs/heads/main');
    expect(refsOf(pair.destination)).toEqual(before);
  });
});

describe('SHA-256', () => {
  it('is carried between two SHA-256 repositories', async () => {
    const other = await createPair({ objectFormat: 'sha256' });
    try {
      await other.commit('main', 'one');
      expect((await other.mirror()).result).toBe('mirrored');
      other.expectEqual();
      await other.commit('main', 'two');
      git(other.source, 'tag', '-a', '-m', 'one', 'v1', 'main');
      expect(await other.mirror()).toMatchObject({ result: 'mirrored', refs: { created: 1, updated: 1 } });
      other.expectEqual();
    } finally {
      await other.close();
    }
  });

  it('is refused where the other side has SHA-1, and nothing is written', async () => {
    const other = await createPair({ objectFormat: 'sha256', destinationFormat: 'sha1' });
    try {
      await other.commit('main', 'one');
      const outcome = await other.mirror({ via: 'auto' });
      expect(outcome.result).toBe('refused');
      expect(outcome.message).toMatch(/sha-?256/i);
      expect(refsOf(other.destination)).toEqual([]);
    } finally {
      await other.close();
    }
  });
});
