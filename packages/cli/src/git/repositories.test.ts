/** Copies, empty repositories and commits, looked at with git itself. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareRefs, listRefs } from './refs.ts';
import { addCommit, copyForServing, createEmptyRepository } from './repositories.ts';
import { hideCredentials, runGit } from './run-git.ts';

let scratch: string;
let source: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'hourglass-repositories-'));
  source = await createEmptyRepository(scratch, 'source');
  await mkdir(join(scratch, 'served'));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

const commit = (message: string, branch = 'main') => addCommit(source, { branch, message, files: { f: message } });
const copy = (from: string | URL, name = 'copy') => copyForServing(from, join(scratch, 'served'), name);

describe('addCommit', () => {
  it('begins a branch, then adds to it, keeping the other files', async () => {
    const first = await addCommit(source, { branch: 'main', message: 'one', files: { 'a "b".txt': 'a', 'd/e': 'e' } });
    const second = await addCommit(source, {
      branch: 'main',
      message: 'two',
      files: { 'd/e': null, g: 'ä' },
      atSeconds: 9,
    });
    const log = await runGit(['log', '--format=%H %s %ct', 'main'], { cwd: source });
    expect(log).toMatch(new RegExp(`^${second} two 9\n${first} one \\d+\n$`));
    expect(await runGit(['ls-tree', '-rz', '--name-only', 'main'], { cwd: source })).toBe('a "b".txt\0g\0');
    expect(await runGit(['show', 'main:g'], { cwd: source })).toBe('ä');
    await runGit(['fsck', '--strict'], { cwd: source });
  });
});

describe('copyForServing', () => {
  it('has the heads and tags of its source, by path or file URL, and nothing else', async () => {
    const tip = await commit('one');
    await commit('two', 'topic/x');
    await runGit(['update-ref', 'refs/tags/v1', tip], { cwd: source });
    await runGit(['update-ref', 'refs/pull/1/head', tip], { cwd: source });
    for (const [from, name] of [
      [source, 'a'],
      [pathToFileURL(source), 'b'],
    ] as const) {
      const made = await copy(from, name);
      expect(compareRefs(await listRefs(source), await listRefs(made)).equal).toBe(true);
      expect(await runGit(['for-each-ref', 'refs/pull', 'refs/remotes'], { cwd: made })).toBe('');
    }
  });

  it('is apart from its source: a commit in the copy does not show there', async () => {
    await commit('one');
    const made = await copy(source);
    await addCommit(made, { branch: 'main', message: 'two', files: { f: 'two' } });
    const difference = compareRefs(await listRefs(source), await listRefs(made));
    expect(difference).toEqual({ equal: false, missing: [], extra: [], different: ['refs/heads/main'] });
  });

  it('calls a detached HEAD without branches main', async () => {
    const tip = await commit('one');
    await runGit(['update-ref', '--no-deref', 'HEAD', tip], { cwd: source });
    await runGit(['update-ref', '-d', 'refs/heads/main'], { cwd: source });
    expect(await listRefs(await copy(source))).toEqual(new Map([['refs/heads/main', tip]]));
  });

  it('says what is wrong with a source that cannot be served', async () => {
    await expect(copy(source)).rejects.toThrow(/source has no commit yet/);
    await mkdir(join(scratch, 'plain'));
    await expect(copy(join(scratch, 'plain'), 'b')).rejects.toThrow(/plain is not a git repository/);
    await expect(copy(join(scratch, 'absent'), 'c')).rejects.toThrow(/absent is not a folder/);
    await commit('one');
    await commit('two');
    const cut = join(scratch, 'cut');
    await runGit(['clone', '--quiet', '--depth=1', pathToFileURL(source).href, cut]);
    await expect(copy(cut, 'd')).rejects.toThrow(/cut is a shallow clone.*--unshallow/);
    await expect(copy(source, '../out')).rejects.toThrow(/cannot name a repository/);
    await expect(copy('http://me:secret@127.0.0.1:1/app', 'e')).rejects.toThrow(
      /^cannot copy http:\/\/\*\*\*@127(?!.*secret)/s,
    );
  });
});

it('hides user and password in every URL of a text', () => {
  expect(hideCredentials('at https://u:p@ss@host/x and ssh://git@h, not mail a@b')).toBe(
    'at https://***@host/x and ssh://***@h, not mail a@b',
  );
});
