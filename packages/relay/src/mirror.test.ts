/** Every way of carrying between two local repositories, by real git at both ends. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MirrorRefused } from './errors.ts';
import { mirror } from './mirror.ts';
import type { MirrorOptions } from './options.ts';

let scratch: string;
let source: string;
let destination: string;
const identity = {
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@e.test',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@e.test',
};
const git = (at: string, ...words: string[]) =>
  execFileSync('git', ['-C', at, ...words], {
    encoding: 'utf8',
    env: { ...process.env, ...identity },
    stdio: 'pipe',
  }).trim();
const refsOf = (at: string) => git(at, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags');

function commit(branch: string, text: string): string {
  const parent = git(source, 'for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`);
  const blob = execFileSync('git', ['-C', source, 'hash-object', '-w', '--stdin'], {
    input: text,
    encoding: 'utf8',
  }).trim();
  const tree = execFileSync('git', ['-C', source, 'mktree'], {
    input: `100644 blob ${blob}\tf\n`,
    encoding: 'utf8',
  }).trim();
  const made = git(source, 'commit-tree', tree, '-m', text, ...(parent ? ['-p', parent] : []));
  git(source, 'update-ref', `refs/heads/${branch}`, made);
  return made;
}

/** A commit that `receive.fsckObjects` refuses, on a branch; the destination is configured to look. */
function badTree(branch: string, parent: string): void {
  const entry = Buffer.concat([
    Buffer.from('0100644 f\0'),
    Buffer.from(git(source, 'rev-parse', `${parent}:f`), 'hex'),
  ]);
  const words = ['-C', source, 'hash-object', '-t', 'tree', '--literally', '-w', '--stdin'];
  const tree = execFileSync('git', words, { input: entry, encoding: 'utf8' }).trim();
  git(source, 'update-ref', `refs/heads/${branch}`, git(source, 'commit-tree', tree, '-m', 'x', '-p', parent));
  git(destination, 'config', 'receive.fsckObjects', 'true');
  git(destination, 'config', 'receive.fsck.zeroPaddedFilemode', 'error');
}

const run = (more: Partial<MirrorOptions> = {}) => mirror({ source, destination, scratchDir: scratch, ...more });

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'hourglass-relay-'));
  source = join(scratch, 'source');
  destination = join(scratch, 'destination');
  for (const path of [source, destination]) git(scratch, 'init', '--quiet', '--bare', '--initial-branch=main', path);
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

describe.each(['relay', 'git'] as const)('by %s', (via) => {
  it('batch by batch everything arrives, and names may become folders and folders names', async () => {
    const one = commit('a', 'one');
    for (const name of ['b', 'c', 'd']) git(source, 'update-ref', `refs/heads/${name}`, one);
    git(source, 'tag', '-a', '-m', 'v1', 'v1', one);
    expect(await run({ via, maxRefsPerPush: 2 })).toMatchObject({ result: 'mirrored', via, refs: { created: 5 } });
    expect(refsOf(destination)).toBe(refsOf(source));

    git(source, 'update-ref', '-d', 'refs/heads/a');
    commit('a/b', 'two');
    commit('b', 'three');
    const refs = { created: 1, updated: 1, deleted: 1, rejected: [] };
    expect(await run({ via, maxRefsPerPush: 2 })).toMatchObject({ result: 'mirrored', refs });
    expect(refsOf(destination)).toBe(refsOf(source));
    expect(git(destination, 'fsck', '--strict', '--no-dangling')).toBe('');
    expect((await run({ via })).result).toBe('unchanged');
  });

  it("a hook's sentence stands beside its refusal", async () => {
    commit('main', 'one');
    const hook = join(destination, 'hooks', 'pre-receive');
    mkdirSync(join(destination, 'hooks'), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\necho "Ask team-x; see https://u:hunter22@h.test/" >&2\nexit 1\n', { mode: 0o755 });
    const { result, refs } = await run({ via });
    expect(result).toBe('rejected');
    const reason = 'pre-receive hook declined: Ask team-x; see https://***@h.test/';
    expect(refs.rejected).toEqual([{ ref: 'refs/heads/main', reason }]);
  });

  it('what the check of the objects has found is reported', async () => {
    badTree('main', commit('main', 'one'));
    const reported = await run({ via });
    expect(JSON.stringify([reported.message, reported.refs.rejected])).toContain('zeroPaddedFilemode');
  });

  it('commits that only the destination has are kept, refused or overwritten, as asked', async () => {
    const base = commit('main', 'one');
    await run();
    const own = git(destination, 'commit-tree', '-p', base, '-m', 'own', `${base}^{tree}`);
    git(destination, 'update-ref', 'refs/heads/main', own);
    commit('main', 'two');
    await expect(run({ via, divergence: 'fail' })).rejects.toThrow(MirrorRefused);
    const kept = await run({ via, divergence: 'keep' });
    expect(kept).toMatchObject({ result: 'rejected', refs: { updated: 0, rejected: [{ ref: 'refs/heads/main' }] } });
    expect(git(destination, 'rev-parse', 'main')).toBe(own);
    expect((await run({ via })).result).toBe('mirrored');
    expect(refsOf(destination)).toBe(refsOf(source));
  });

  it('a branch that was rewritten in the source has not diverged', async () => {
    const base = commit('main', 'one');
    commit('main', 'two');
    const { tips } = await run();
    git(source, 'update-ref', 'refs/heads/main', base);
    commit('main', 'other two');
    expect((await run({ via, divergence: 'fail', rememberedTips: tips })).result).toBe('mirrored');
  });
});

it('a mirror that fails after some refs were written reports how many', async () => {
  badTree('b', commit('a', 'one'));
  const reported = await run({ via: 'relay', maxRefsPerPush: 1 });
  expect(reported).toMatchObject({ result: 'failed', refs: { created: 1, updated: 0, deleted: 0 }, sourceRefs: 2 });
  expect(refsOf(destination)).toBe(git(source, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads/a'));
});

it('a relay that fails is reported, and the git command takes over', async () => {
  commit('main', 'one');
  // A git that cannot give packs to strangers, but can be fetched from: only uploads without a terminal of their own fail.
  const folder = join(scratch, 'bin');
  execFileSync('mkdir', [folder]);
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh\nif [ "$1" = upload-pack ]; then echo 000dversion 2; exit 1; fi\nexec ${real} "$@"\n`,
    { mode: 0o755 },
  );
  const environment = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const outcome = await run({ environment });
  expect(outcome).toMatchObject({ result: 'mirrored', via: 'git', why: [expect.stringMatching(/^relay: /)] });
  expect(refsOf(destination)).toBe(refsOf(source));
});

it('what is not there or malformed is refused in words', async () => {
  await expect(run({ source: join(scratch, 'absent') })).rejects.toThrow(/the source cannot be opened: .*absent/);
  await expect(run({ rememberedTips: ['x'] })).rejects.toMatchObject({ kind: 'input' });
  const reason = new Error('enough');
  await expect(run({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
