import { plan } from '@hourglass/relay';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundledHourglass, runHourglass } from './bundle-hourglass.ts';
import { git, refsOf } from './git.ts';
import { createPair, type Pair } from './pair.ts';

let pair: Pair;
let program: string;
beforeAll(async () => {
  program = await bundledHourglass();
});
beforeEach(async () => {
  pair = await createPair();
});
afterEach(() => pair.close());

const both = () => ({ source: `${pair.from.url}/source`, destination: `${pair.to.url}/destination` });
const names = () => refsOf(pair.destination).map((line) => line.split(' ')[1]);

/** Each kind of difference once. */
async function differ(): Promise<{ readonly old: Record<string, string>; readonly now: Record<string, string> }> {
  for (const branch of ['main', 'gone', 'moved', 'same', 'theirs']) await pair.commit(branch);
  await pair.mirror();
  const id = (dir: string, name: string) => git(dir, 'rev-parse', name);
  const theirs = git(pair.destination, 'commit-tree', '-p', 'theirs', '-m', 'own', 'theirs^{tree}');
  git(pair.destination, 'update-ref', 'refs/heads/theirs', theirs);
  git(pair.source, 'update-ref', '-d', 'refs/heads/gone');
  await pair.commit('moved', 'again');
  await pair.commit('fresh');
  const ids = (dir: string, all: string[]) => Object.fromEntries(all.map((name) => [name, id(dir, name)]));
  return {
    old: ids(pair.destination, ['gone', 'moved', 'theirs']),
    now: ids(pair.source, ['fresh', 'moved', 'theirs']),
  };
}

describe('a plan', () => {
  it('says of each ref what would be done, from what to what and why, and writes nothing', async () => {
    const { old, now } = await differ();
    const before = refsOf(pair.destination);
    pair.to.requests.length = 0;
    expect(await plan(both())).toEqual({
      actions: [
        { action: 'create', ref: 'refs/heads/fresh', new: now.fresh, reason: expect.any(String) },
        { action: 'delete', ref: 'refs/heads/gone', old: old.gone, reason: expect.stringContaining('source') },
        {
          action: 'update',
          ref: 'refs/heads/moved',
          old: old.moved,
          new: now.moved,
          reason: expect.not.stringContaining('commits there'),
        },
        {
          action: 'update',
          ref: 'refs/heads/theirs',
          old: old.theirs,
          new: now.theirs,
          reason: expect.stringContaining('commits there'),
        },
      ],
      unchanged: 2,
      defaultBranch: 'main',
    });
    expect(refsOf(pair.destination)).toEqual(before);
    expect(pair.to.requests.map(({ phase }) => phase)).toEqual(['receive-advertisement']);
  });

  it('says what would be kept, and what the whole mirror would be refused for', async () => {
    await differ();
    const kept = await plan({ ...both(), divergence: 'keep' });
    expect(kept.actions.find(({ ref }) => ref === 'refs/heads/theirs')).toMatchObject({ action: 'keep' });
    expect((await plan({ ...both(), divergence: 'fail' })).refused).toMatch(/nothing was written.*theirs/);
    for (const line of refsOf(pair.source)) git(pair.source, 'update-ref', '-d', line.split(' ')[1] ?? '');
    const wiped = await plan(both());
    expect(wiped.refused).toMatch(/empty source/);
    expect(wiped.actions.every(({ action }) => action === 'delete')).toBe(true);
    expect((await plan({ ...both(), allowMassDelete: true })).refused).toBeUndefined();
  });

  it('is what the mirror then does', async () => {
    const { actions } = await differ().then(() => plan(both()));
    const { refs } = await pair.mirror();
    const count = (action: string) => actions.filter((one) => one.action === action).length;
    expect(refs).toMatchObject({ created: count('create'), updated: count('update'), deleted: count('delete') });
    expect(await plan(both())).toMatchObject({ actions: [] });
  });

  it('is printed by the command, and by mirror --plan', async () => {
    await differ();
    const { source, destination } = both();
    const text = await runHourglass(program, ['plan', source, destination]);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/^create {2}none {10}[0-9a-f]{12} {2}refs\/heads\/fresh: .+$/m);
    expect(text.stdout).toMatch(/1 to create, 2 to update, 1 to delete, 0 to keep; 2 unchanged\n$/);
    const json = await runHourglass(program, ['mirror', source, destination, '--plan', '--json']);
    expect(JSON.parse(json.stdout).actions).toHaveLength(4);
    expect(await runHourglass(program, ['plan', source, destination, '--divergence', 'fail'])).toMatchObject({
      code: 1,
    });
    const absent = await runHourglass(program, ['plan', `${source}-absent`, destination]);
    expect(absent).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^hourglass: .*source.*\n$/) });
    expect(await runHourglass(program, ['plan', source, source])).toMatchObject({ code: 2 });
    expect(names()).not.toContain('refs/heads/fresh');
  });
});

describe('a mapped ref', () => {
  it.each(['relay', 'git'] as const)('arrives under its other name, and nothing else is touched (%s)', async (via) => {
    for (const branch of ['main', 'a', 'b']) await pair.commit(branch);
    git(pair.destination, 'update-ref', 'refs/heads/own', await ownCommit());
    const result = await pair.mirror({ via, map: ['main:trunk'] });
    expect(result).toMatchObject({ result: 'mirrored', defaultBranch: 'trunk', refs: { created: 1, deleted: 0 } });
    expect(names()).toEqual(['refs/heads/own', 'refs/heads/trunk']);
    expect(git(pair.destination, 'rev-parse', 'trunk')).toBe(git(pair.source, 'rev-parse', 'main'));
    git(pair.source, 'update-ref', '-d', 'refs/heads/main');
    await pair.mirror({ via, map: ['main:trunk'], allowMassDelete: true });
    expect(names()).toEqual(['refs/heads/own']);
  });

  it('may be many by one star, beside patterns of refs that keep their names', async () => {
    for (const branch of ['main', 'team/a', 'team/b']) await pair.commit(branch);
    git(pair.source, 'tag', 'v1', 'main');
    const map = ['refs/heads/team/*:refs/heads/mirrored/*', 'refs/tags/*:refs/tags/up-*'];
    await pair.mirror({ map, include: ['main'] });
    expect(names()).toEqual(['refs/heads/main', 'refs/heads/mirrored/a', 'refs/heads/mirrored/b', 'refs/tags/up-v1']);
    git(pair.source, 'update-ref', '-d', 'refs/heads/team/a');
    await pair.mirror({ map, include: ['main'] });
    expect(names()).not.toContain('refs/heads/mirrored/a');
  });

  it('is refused where it cannot be, or two would be one', async () => {
    for (const branch of ['main', 'trunk']) await pair.commit(branch);
    for (const map of ['main', 'a:b:c', ':b', 'a:', 'a*:b', '*:a*b*', 'a b:c', 'a:..']) {
      expect(await pair.mirror({ map: [map] }), map).toMatchObject({ result: 'refused' });
    }
    const twice = await pair.mirror({ map: ['main:trunk'], include: ['*'] });
    expect(twice).toMatchObject({ result: 'refused', message: expect.stringMatching(/main.*trunk/) });
    expect(names()).toEqual([]);
  });
});

async function ownCommit(): Promise<string> {
  return git(
    pair.destination,
    'commit-tree',
    '-m',
    'own',
    git(pair.destination, 'hash-object', '-t', 'tree', '-w', '/dev/null'),
  );
}

it('a repository is not mirrored to itself', async () => {
  const { source } = both();
  expect(await pair.mirror({ destination: `${source}/` })).toMatchObject({ message: expect.stringContaining('same') });
  const local = await pair.mirror({ source: pair.source, destination: `file://${pair.source}` });
  expect(local).toMatchObject({ result: 'refused', message: expect.stringContaining('same') });
});
