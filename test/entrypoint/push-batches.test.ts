/** A push of several batches into a real git server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { push } from '../../docker/src/push.ts';
import { addCommit, createEmptyRepository, listRefs, serveGit } from '../../packages/cli/src/git/index.ts';

it('every batch arrives, deletions before writes, and a later round is not hindered by an earlier one', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'hourglass-push-'));
  const server = await serveGit({ root: scratch });
  try {
    const repository = await createEmptyRepository(scratch, 'scratch');
    await createEmptyRepository(scratch, 'destination');
    const one = await addCommit(repository, { branch: 'one', message: 'one', files: { f: '1' } });
    const two = await addCommit(repository, { branch: 'two', message: 'two', files: { f: '2' } });
    const destination = { url: `${server.url}/destination`, isCodeCommit: false };
    const context = {
      environment: { PATH: process.env.PATH },
      scratch,
      signal: new AbortController().signal,
      log: () => {},
    };
    const first = {
      deletions: [],
      writes: [
        [
          ['refs/heads/a', one],
          ['refs/heads/b', one],
        ],
        [['refs/tags/c', two]],
      ],
    } as const;
    expect(await push(repository, destination, first, 1, context)).toEqual([]);
    expect(Object.fromEntries(await listRefs(destination.url))).toEqual({
      'refs/heads/a': one,
      'refs/heads/b': one,
      'refs/tags/c': two,
    });
    const second = {
      deletions: [['refs/heads/a'], ['refs/tags/c']],
      writes: [[['refs/heads/a/b', one]], [['refs/heads/b', two]]],
    } as const;
    expect(await push(repository, destination, second, 2, context)).toEqual([]);
    expect(Object.fromEntries(await listRefs(destination.url))).toEqual({ 'refs/heads/a/b': one, 'refs/heads/b': two });
  } finally {
    await server.close();
    await rm(scratch, { recursive: true, force: true });
  }
});
