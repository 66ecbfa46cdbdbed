/** The entrypoint as a real process, between two real git servers. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addCommit,
  compareRefs,
  createEmptyRepository,
  type GitServer,
  listRefs,
  serveGit,
} from '../../packages/cli/src/git/index.ts';
import { startFront } from '../relay/server/front.ts';
import { runTask } from './task-process.ts';
import { startWorkTable, type WorkTable } from './work-table.ts';

let scratch: string;
let tmp: string;
let source: string;
let destination: string;
let server: GitServer;
let table: WorkTable;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'hourglass-mirror-'));
  tmp = join(scratch, 'tmp');
  const root = join(scratch, 'root');
  await Promise.all([mkdir(tmp), mkdir(root)]);
  source = await createEmptyRepository(root, 'source');
  destination = await createEmptyRepository(root, 'destination');
  server = await serveGit({ root });
  table = await startWorkTable();
});
afterEach(async () => {
  await Promise.all([server.close(), table.close()]);
  await rm(scratch, { recursive: true, force: true });
});

const AUTHOR = ['-c', 'user.name=Hourglass', '-c', 'user.email=hourglass@example.invalid'];
const commit = (branch: string, text = branch) =>
  addCommit(source, { branch, message: text, files: { [`${branch}.txt`]: text } });

function git(dir: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', words, { cwd: dir, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

async function mirror(changes: Record<string, unknown> = {}, environment: Record<string, string> = {}) {
  table.put('t1', {
    kind: 'mirror',
    repository: 'app',
    sourceUrl: `${server.url}/source`,
    destination: `${server.url}/destination`,
    // Far away, for a slow or busy machine.
    timeLimitSeconds: 250,
    ...changes,
  });
  const end = await runTask({ table, token: 't1', tmp, environment });
  expect(await readdir(tmp), 'the scratch folder is gone').toEqual([]);
  return { ...end, result: table.result('t1') };
}

async function expectMirrored(): Promise<void> {
  const [a, b] = await Promise.all([listRefs(source), listRefs(destination)]);
  expect(compareRefs(a, b)).toEqual({ equal: true, missing: [], extra: [], different: [] });
  git(destination, 'fsck', '--connectivity-only');
}

describe('a mirror task', () => {
  it('fills an empty destination with branches and tags, and nothing else', async () => {
    const tip = await commit('main');
    await commit('topic/x');
    git(source, 'tag', 'light', tip);
    git(source, '-c', 'user.name=T', '-c', 'user.email=t@example.invalid', 'tag', '-a', '-m', 'one', 'v1', tip);
    git(source, 'update-ref', 'refs/pull/1/head', tip);
    const { code, result } = await mirror();
    expect(result).toMatchObject({ status: 'succeeded', message: 'refs mirrored: 4, written: 4, deleted: 0', refs: 4 });
    expect(code).toBe(0);
    await expectMirrored();
    expect(git(destination, 'cat-file', '-t', 'v1')).toBe('tag');
    expect(git(destination, 'for-each-ref', 'refs/pull')).toBe('');
  });

  it('carries new commits, rewritten branches, moved tags and deletions', async () => {
    await commit('main', 'one');
    const old = await commit('topic');
    await commit('gone');
    git(source, 'tag', 'moving', old);
    await mirror();
    const tip = await commit('main', 'two');
    git(source, 'update-ref', 'refs/heads/topic', tip);
    git(source, 'tag', '--force', 'moving', tip);
    git(source, 'update-ref', '-d', 'refs/heads/gone');
    const { result } = await mirror();
    expect(result).toMatchObject({ status: 'succeeded', message: 'refs mirrored: 3, written: 3, deleted: 1' });
    await expectMirrored();
  });

  it('carries of a repository with `refs` what these select, and touches nothing else on either side', async () => {
    await commit('main');
    await commit('release/1');
    await commit('release/1-wip');
    await commit('topic');
    git(source, 'tag', 'v1', 'main');
    git(source, 'tag', 'nightly', 'main');
    const environment = {
      REPOSITORY_REFS: JSON.stringify({ destination: ['main', 'release/*', '^*-wip', 'v*'], other: ['topic'] }),
    };
    const written = async () => [...(await listRefs(destination)).keys()].filter((ref) => ref !== 'HEAD').sort();
    expect((await mirror({}, environment)).result).toMatchObject({ status: 'succeeded', refs: 3 });
    expect(await written()).toEqual(['refs/heads/main', 'refs/heads/release/1', 'refs/tags/v1']);
    // A branch of the destination's own, outside of what is selected; and what is selected goes with its source.
    git(destination, 'update-ref', 'refs/heads/kept-here', git(destination, 'rev-parse', 'refs/heads/main'));
    const tip = await commit('main', 'two');
    await commit('topic', 'two');
    git(source, 'update-ref', '-d', 'refs/heads/release/1');
    expect((await mirror({}, environment)).result).toMatchObject({ status: 'succeeded' });
    expect(await written()).toEqual(['refs/heads/kept-here', 'refs/heads/main', 'refs/tags/v1']);
    expect((await listRefs(destination)).get('refs/heads/main')).toBe(tip);
  });

  it('lets branch a become a/b, and a/b become a', async () => {
    await commit('main');
    await commit('a');
    await mirror();
    git(source, 'update-ref', '-d', 'refs/heads/a');
    await commit('a/b');
    expect((await mirror()).code).toBe(0);
    await expectMirrored();
    git(source, 'update-ref', '-d', 'refs/heads/a/b');
    await commit('a', 'again');
    expect((await mirror()).code).toBe(0);
    await expectMirrored();
  });

  it('has nothing to do when both sides are equal, empty ones too', async () => {
    expect((await mirror()).result).toMatchObject({
      status: 'succeeded',
      message: 'refs mirrored: 0, written: 0, deleted: 0',
      refs: 0,
    });
    await commit('main');
    await mirror();
    expect((await mirror()).result?.message).toBe('refs mirrored: 1, written: 0, deleted: 0');
  });

  it('never wipes a destination because its source is empty', async () => {
    await commit('main');
    await mirror();
    git(source, 'update-ref', '-d', 'refs/heads/main');
    const { code, result } = await mirror();
    expect(code).toBe(1);
    expect(result).toMatchObject({ status: 'failed', message: expect.stringContaining('never wipes a mirror') });
    expect((await listRefs(destination)).size).toBe(1);
  });

  it('refuses a shallow source', async () => {
    await commit('main', 'one');
    await commit('main', 'two');
    git(scratch, 'clone', '--quiet', '--bare', '--depth=1', pathToFileURL(source).href, join(scratch, 'root', 'cut'));
    const { code, result } = await mirror({ sourceUrl: `${server.url}/cut` });
    expect(code).toBe(1);
    expect(result?.message).toContain('shallow clone');
    expect((await listRefs(destination)).size).toBe(0);
  });

  it('names the refs that the destination refuses, and still writes the others', async () => {
    await commit('main');
    await mirror();
    // A branch that the destination keeps, because it is its default branch.
    git(source, 'update-ref', '-d', 'refs/heads/main');
    const tip = await commit('trunk');
    git(source, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
    const { code, result } = await mirror();
    expect(code).toBe(1);
    expect(result?.message).toMatch(/the destination refused 1 of the refs: refs\/heads\/main .*current branch/);
    // With it the runner can make another branch the default one, and the next attempt delete this one.
    expect(result?.defaultBranch).toBe('trunk');
    expect((await listRefs(destination)).get('refs/heads/trunk')).toBe(tip);
  });

  it('reports that somebody else has pushed meanwhile, which is no fault of the mirror', async () => {
    await commit('main');
    await mirror();
    const base = git(destination, 'rev-parse', 'main');
    await commit('main', 'more');
    const root = join(scratch, 'root');
    const front = await startFront({ root });
    try {
      const own = git(destination, ...AUTHOR, 'commit-tree', '-p', base, '-m', 'own', `${base}^{tree}`);
      front.faults = {
        before: { on: 'receive-pack', run: async () => git(destination, 'update-ref', 'refs/heads/main', own) },
      };
      const { code, result } = await mirror({ destination: `${front.url}/destination` });
      expect({ code, result }).toMatchObject({
        code: 1,
        result: {
          status: 'failed',
          stale: true,
          message: expect.stringMatching(/somebody else has pushed to refs\/heads\/main/),
        },
      });
      expect(git(destination, 'rev-parse', 'main')).toBe(own);
    } finally {
      await front.close();
    }
  });

  it('leaves its warnings for the history', async () => {
    const { code, result } = await mirror();
    const warnings = [
      expect.stringContaining('the source has no branches and no tags, and neither has the destination'),
    ];
    expect({ code, report: (result as { report?: unknown } | undefined)?.report }).toMatchObject({
      code: 0,
      report: { warnings },
    });
  });

  it('says which side is not there, without its credentials', async () => {
    await commit('main');
    const { host } = new URL(server.url);
    const missing = await mirror({ sourceUrl: `http://me:s3cr3t%40x@${host}/absent` });
    expect(missing.code).toBe(1);
    expect(missing.result?.message).toMatch(/^there is no repository at the source .*404/);
    expect(missing.result?.permanent).toBe(true);
    const unreachable = await mirror({ destination: 'http://me:s3cr3t%40x@127.0.0.1:1/app' });
    expect(unreachable.result?.message).toMatch(/the destination failed: .*127\.0\.0\.1/);
    expect(unreachable.result?.permanent).toBeUndefined();
    for (const { result, output } of [missing, unreachable]) {
      expect(`${result?.message}${output}`).not.toMatch(/s3cr3t/);
    }
  });

  it('reports what it has carried, and what earlier ones had, for the next mirror to remember', async () => {
    const before = await commit('main', 'one');
    expect((await mirror()).result).toMatchObject({ tips: [before], defaultBranch: 'main' });
    const tip = await commit('main', 'two');
    const older = 'a'.repeat(40);
    const { result } = await mirror({ rememberedTips: [before, older] });
    expect(result).toMatchObject({ status: 'succeeded', tips: [tip, before, older] });
    await expectMirrored();
  });

  it('finds a host that has no name here by the address that the deployment gives', async () => {
    await commit('main');
    const { port } = new URL(server.url);
    const sourceUrl = `http://git.no-such-host.invalid:${port}/source`;
    const networks = { 'git.no-such-host.invalid': { address: '127.0.0.1' } };
    const { code } = await mirror({ sourceUrl }, { SOURCE_NETWORKS: JSON.stringify(networks) });
    expect(code).toBe(0);
    await expectMirrored();
    const { code: misconfigured, result } = await mirror({ sourceUrl }, { SOURCE_NETWORKS: '{' });
    expect([misconfigured, result?.message]).toEqual([2, 'the environment variable SOURCE_NETWORKS is not JSON']);
  });

  it('names a host that does not exist', async () => {
    const { code, result } = await mirror({ sourceUrl: 'http://no-such-host.invalid/app' });
    expect(code).toBe(1);
    expect(result?.message).toMatch(/source failed: .*(resolve host|no-such-host)/);
  });

  it.each(['ext::sh -c "touch pwned"', '/etc', 'file:///etc', '--upload-pack=touch pwned', 'ssh://-oProxyCommand=x/y'])(
    'refuses the source %s before git sees it',
    async (sourceUrl) => {
      const { code, result } = await mirror({ sourceUrl });
      expect(code).toBe(1);
      expect(result?.message).toContain('is refused: only http, https and ssh URLs');
    },
  );
});

describe('a source that asks who is there', () => {
  it.each(['hunter2', 'a wrong one'])('is read with what rests in S3, which is shown nowhere: %s', async (password) => {
    await commit('main');
    const guarded = await startFront({
      root: join(scratch, 'root'),
      auth: { kind: 'basic', username: 'mirror', password: 'hunter2' },
    });
    const object = JSON.stringify({ username: 'mirror', password });
    const asked: string[] = [];
    const s3 = createServer((request, response) => {
      asked.push(`${request.method} ${new URL(request.url ?? '', 'http://s3').pathname}`);
      response.writeHead(200, { 'content-length': object.length }).end(object);
    });
    await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
    try {
      const { code, output, result } = await mirror(
        { sourceUrl: `${guarded.url}/source` },
        {
          AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(s3.address() as AddressInfo).port}`,
          SOURCE_NETWORKS: JSON.stringify({
            [new URL(guarded.url).host]: { credentials: { bucket: 'team-git', key: 'hourglass/git.json' } },
          }),
        },
      );
      expect(asked).toEqual(['GET /team-git/hourglass/git.json']);
      expect(`${output}${JSON.stringify(result)}`).not.toContain(password);
      if (password === 'hunter2') {
        expect({ code, result }).toMatchObject({ code: 0, result: { status: 'succeeded' } });
        await expectMirrored();
      } else {
        expect(code).not.toBe(0);
        expect(result).toMatchObject({
          status: 'failed',
          message: expect.stringContaining('are those in s3://team-git/hourglass/git.json'),
        });
      }
    } finally {
      s3.close();
      await guarded.close();
    }
  });
});
