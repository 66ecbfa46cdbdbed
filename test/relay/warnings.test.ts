/** What is no failure, and looks like a mistake or is not carried: warned of, whichever the way. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundledHourglass, runHourglass } from './bundle-hourglass.ts';
import { git, gitWithInput, updateRefs } from './git.ts';
import { createPair, type Pair } from './pair.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await createPair();
});
afterEach(() => pair.close());

const pointer = (n: number) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${createHash('sha256').update(`${n}`).digest('hex')}\nsize 12345\n`;

describe.each(['relay', 'git'] as const)('a mirror (%s)', (via) => {
  it('warns of a pattern and of a map that match nothing, and of nothing else', async () => {
    await pair.commit('main');
    const none = 'matches no ref of the source';
    expect(await pair.mirror({ via, include: ['mian'] })).toMatchObject({
      result: 'unchanged',
      warnings: [`the pattern "mian" ${none}`],
    });
    expect((await pair.mirror({ via, map: ['trunk:main'] })).warnings).toEqual([`the map "trunk:main" ${none}`]);
    const mixed = await pair.mirror({ via, include: ['main', 'refs/pull/*'], exclude: ['wip/*'] });
    expect(mixed).toMatchObject({ result: 'mirrored', warnings: [`the pattern "refs/pull/*" ${none}`] });
    expect((await pair.mirror({ via })).warnings).toEqual([]);
  });

  it('warns of an empty source with an empty destination', async () => {
    const { result, warnings } = await pair.mirror({ via });
    expect({ result, warnings }).toEqual({
      result: 'unchanged',
      warnings: ['the source has no branches and no tags, and neither has the destination: nothing was mirrored'],
    });
  });

  it('warns of a default branch that no text can hold', async () => {
    const commit = await pair.commit('main');
    updateRefs(pair.source, [`create refs/heads/caf\xe9 ${commit}`]);
    await writeFile(join(pair.source, 'HEAD'), Buffer.from('ref: refs/heads/caf\xe9\n', 'latin1'));
    const { defaultBranch, warnings } = await pair.mirror({ via });
    expect(defaultBranch).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('default branch, caf\\xe9, has a name that no text can hold')]);
  });

  it('finds a pointer in folders that hold each other ten times, a dozen deep', async () => {
    const blob = gitWithInput(pair.source, pointer(1), 'hash-object', '-w', '--stdin');
    let tree = gitWithInput(pair.source, `100644 blob ${blob}\tbig.bin\n`, 'mktree');
    for (let depth = 0; depth < 12; depth++) {
      const lines = Array.from({ length: 10 }, (_, n) => `040000 tree ${tree}\tfolder-${n}\n`);
      tree = gitWithInput(pair.source, lines.join(''), 'mktree');
    }
    git(pair.source, 'update-ref', 'refs/heads/main', git(pair.source, 'commit-tree', '-m', 'deep', tree));
    const { result, warnings } = await pair.mirror({ via });
    expect(result).toBe('mirrored');
    expect(warnings).toEqual([expect.stringMatching(/^1 Git LFS pointer, such as (folder-\d\/){12}big\.bin,/)]);
  });

  it('counts Git LFS pointers, names one, and says that their files are not carried', async () => {
    await pair.commit('main', 'plain');
    expect((await pair.mirror({ via })).warnings).toEqual([]);
    await pair.commit('main', 'one', { 'assets/film \u00e9.bin': pointer(1), 'docs/a.txt': 'a' });
    expect(await pair.mirror({ via })).toMatchObject({
      lfsPointers: true,
      warnings: ['1 Git LFS pointer, such as assets/film \u00e9.bin, was carried, and the file behind it is not'],
    });
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`assets/${n % 7}/${n}.bin`, pointer(n + 2)]));
    await pair.commit('main', 'many', many);
    const { warnings } = await pair.mirror({ via });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      via === 'git'
        ? /^41 Git LFS pointers, such as assets/
        : /^40 Git LFS pointers, such as assets\/\d\/\d+\.bin, were/,
    );
  });
});

it('names a Git LFS pointer of a source that can leave files out, and only counts one that protocol v0 hides', async () => {
  git(pair.source, 'config', 'uploadpack.allowFilter', 'true');
  await pair.commit('main', 'one', { 'a/b/c.bin': pointer(1) });
  expect((await pair.mirror()).warnings).toEqual([expect.stringContaining('such as a/b/c.bin,')]);
  const old = await createPair({ sourceServer: { knowsOnlyV0: true } });
  try {
    await old.commit('main', 'one', { 'a/b/c.bin': pointer(1) });
    expect((await old.mirror()).warnings).toEqual(['1 Git LFS pointer was carried, and the file behind it is not']);
  } finally {
    await old.close();
  }
});

it('looks once into a folder that lies in many: ten in ten of them would take for ever', async () => {
  git(pair.source, 'config', 'uploadpack.allowFilter', 'true');
  await pair.commit('main', 'one', { 'a.bin': pointer(1) });
  let [mode, type, oid] = ['100644', 'blob', gitWithInput(pair.source, 'x', 'hash-object', '-w', '--stdin')];
  for (let level = 0; level < 9; level++) {
    const lines = Array.from({ length: 10 }, (_, n) => `${mode} ${type} ${oid}\td${n}\n`).join('');
    [mode, type, oid] = ['040000', 'tree', gitWithInput(pair.source, lines, 'mktree')];
  }
  const tip = git(pair.source, 'commit-tree', '-m', 'many', '-p', 'main', oid);
  git(pair.source, 'update-ref', 'refs/heads/main', tip);
  expect(await pair.mirror()).toMatchObject({
    result: 'mirrored',
    warnings: ['1 Git LFS pointer was carried, and the file behind it is not'],
  });
});

describe('hourglass mirror', () => {
  let program: string;
  beforeAll(async () => {
    program = await bundledHourglass();
  });

  it('prints warnings on standard error and in its JSON, and ends as it would without them', async () => {
    await pair.commit('main');
    const words = ['mirror', `${pair.from.url}/source`, `${pair.to.url}/destination`, '--include', 'mian'];
    const warning = 'the pattern "mian" matches no ref of the source';
    expect(await runHourglass(program, words)).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^unchanged: neither side has a ref that is to be mirrored/),
      stderr: `hourglass: warning: ${warning}\n`,
    });
    const planned = await runHourglass(program, ['plan', ...words.slice(1)]);
    expect(planned.stderr).toBe(`hourglass: warning: ${warning}\n`);
    const { code, stdout } = await runHourglass(program, [...words, '--json']);
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, result: 'unchanged', warnings: [warning] });
  });
});
