/** `hourglass mirror` as a process of its own: exit status, report, and how much memory it takes. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundledHourglass, runHourglass } from './bundle-hourglass.ts';
import { git, refsOf } from './git.ts';
import { createPair, type Pair } from './pair.ts';

let pair: Pair;
let program: string;
beforeAll(async () => {
  // As a container image has it: memory and start are not those of the type stripper.
  program = await bundledHourglass();
});
beforeEach(async () => {
  pair = await createPair();
});
afterEach(() => pair.close());

const hourglass = (...words: string[]) => runHourglass(program, ['mirror', ...words]);
const both = () => [`${pair.from.url}/source`, `${pair.to.url}/destination`];

describe('hourglass mirror', () => {
  it('ends with 0 and the report when it has mirrored, and when there was nothing to do', async () => {
    await pair.commit('main');
    const first = await hourglass(...both(), '--json');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(first.stdout)).toEqual({
      result: 'mirrored',
      via: 'relay',
      refs: { created: 1, updated: 0, deleted: 0, rejected: [] },
      bytesFromSource: expect.any(Number),
      bytesToDestination: expect.any(Number),
      durationMs: expect.any(Number),
      peakRssBytes: expect.any(Number),
      why: [],
      warnings: [],
      defaultBranch: 'main',
    });
    pair.expectEqual();
    const second = await hourglass(...both(), '--json');
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ result: 'unchanged' });
  });

  it.each(['relay', 'git'])('says in one line what was done (%s)', async (via) => {
    for (const branch of ['main', 'a', 'b', 'gone']) await pair.commit(branch);
    const by = [...both(), '--via', via];
    const first = await hourglass(...by);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^mirrored: 4 created, 0 updated, 0 deleted, 0 unchanged \((relay|git), [^\n]+\)\n$/);
    await pair.commit('a', 'two');
    await pair.commit('new');
    git(pair.source, 'update-ref', '-d', 'refs/heads/gone');
    const second = await hourglass(...by);
    expect(second.stdout).toMatch(/^mirrored: 1 created, 1 updated, 1 deleted, 2 unchanged \([^\n]+\)\n$/);
    const third = await hourglass(...by);
    expect(third).toMatchObject({ code: 0, stderr: '' });
    expect(third.stdout).toMatch(/^unchanged: both sides have the same 4 refs \([\d.]+ s\)\n$/);
    pair.expectEqual();
  });

  it('ends with 1 and the reason when a guard or a failure stops it', async () => {
    await pair.commit('main');
    await hourglass(...both());
    git(pair.source, 'update-ref', '-d', 'refs/heads/main');
    const stopped = await hourglass(...both());
    expect(stopped).toMatchObject({ code: 1, stdout: '' });
    expect(stopped.stderr).toMatch(/^hourglass: .+\n$/);
    const reported = await hourglass(...both(), '--json');
    expect(reported).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(reported.stdout)).toMatchObject({ result: 'failed', via: null, message: expect.any(String) });
    const absent = await hourglass(`${pair.from.url}/absent`, both()[1] ?? '');
    expect(absent).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('source') });
    expect(refsOf(pair.destination)).toHaveLength(1);
  });

  it('ends with 2 when it is asked wrongly', async () => {
    for (const words of [
      [],
      ['one'],
      [...both(), '--divergence', 'perhaps'],
      [...both(), '--via', 'pigeon'],
      [...both(), '--unknown'],
      ['ext::sh -c id', both()[1] ?? ''],
    ]) {
      const { code, stdout, stderr } = await hourglass(...words);
      expect([code, stdout], words.join(' ')).toEqual([2, '']);
      expect(stderr).toMatch(/\w/);
    }
  });

  it('ends with 3 when some refs are rejected, and names them', async () => {
    const base = await pair.commit('main');
    await hourglass(...both());
    const own = git(pair.destination, 'commit-tree', '-p', base, '-m', 'own', `${base}^{tree}`);
    git(pair.destination, 'update-ref', 'refs/heads/main', own);
    await pair.commit('main', 'two');
    await pair.commit('other');
    const end = await hourglass(...both(), '--divergence', 'keep');
    expect(end.code).toBe(3);
    expect(end.stdout).toMatch(/^rejected: 1 created, 0 updated, 0 deleted, 1 rejected \(/);
    expect(end.stderr).toMatch(/refs\/heads\/main is rejected: \w/);
    const reported = await hourglass(...both(), '--divergence', 'keep', '--json');
    expect(reported).toMatchObject({ code: 3, stderr: '' });
    expect(JSON.parse(reported.stdout).refs.rejected).toEqual([{ ref: 'refs/heads/main', reason: expect.any(String) }]);
  });

  it('remembers in a file what both sides had, so that a rewritten branch is no full pack', async () => {
    const state = join(pair.scratch, 'state.json');
    const base = await pair.commit('main', 'one', { noise: randomBytes(200_000) });
    await hourglass(...both(), '--state', state);
    const gone = await pair.commit('main', 'two');
    await hourglass(...both(), '--state', state);
    // The source has forgotten what the destination shows; what both had before is nobody's ref.
    git(pair.source, 'update-ref', 'refs/heads/main', base);
    const rewritten = await pair.commit('main', 'another two');
    git(pair.source, 'reflog', 'expire', '--all', '--expire=now');
    git(pair.source, 'gc', '--quiet', '--prune=now');
    const { stdout } = await hourglass(...both(), '--via', 'relay', '--json', '--state', state);
    expect(JSON.parse(stdout)).toMatchObject({ result: 'mirrored', via: 'relay' });
    expect(JSON.parse(stdout).bytesFromSource).toBeLessThan(20_000);
    pair.expectEqual();

    expect(JSON.parse(readFileSync(state, 'utf8')).tips).toEqual([rewritten, gone, base]);
    const elsewhere = await hourglass(both()[0] ?? '', `${both()[1]}-other`, '--state', state);
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining('a file of its own') });
    writeFileSync(state, 'nonsense');
    expect(await hourglass(...both(), '--state', state)).toMatchObject({ code: 2, stdout: '' });
  });

  it('takes include and exclude patterns more than once', async () => {
    for (const branch of ['main', 'a/1', 'a/2', 'b']) await pair.commit(branch);
    await hourglass('--include', 'main', '--include', 'a/*', '--exclude', 'a/2', ...both());
    expect(refsOf(pair.destination).map((line) => line.split(' refs/heads/')[1])).toEqual(['a/1', 'main']);
  });

  it('stays small while a slow destination takes a big pack', async () => {
    for (const repository of [pair.source, pair.destination]) {
      // Noise that git neither compresses nor compares.
      git(repository, 'config', 'core.compression', '0');
      git(repository, 'config', 'core.bigFileThreshold', '1m');
    }
    const noise = Array.from({ length: 4 }, (_, n) => [`noise-${n}`, randomBytes(10_000_000)] as const);
    await pair.commit('main', 'big', Object.fromEntries(noise));
    pair.to.faults = { pushBytesPerSecond: 20_000_000 };
    const { code, stdout } = await hourglass(...both(), '--json', '--via', 'relay');
    expect(code).toBe(0);
    const { bytesToDestination, durationMs, peakRssBytes } = JSON.parse(stdout);
    expect(bytesToDestination).toBeGreaterThan(40_000_000);
    expect(durationMs).toBeGreaterThan(1500);
    expect(peakRssBytes).toBeLessThan(120_000_000);
    pair.expectEqual();
  });
});
