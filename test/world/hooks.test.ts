/** Real clients in a real world: a bare repository with the printed hook, a real `git push`, curl; and at the end the mirror that a git client sees. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { addCommit, compareMirror, createEmptyRepository, createWorld, type World } from '@hourglass/cli';
import { MINUTE_MS } from '@hourglass/lease';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AWS_CLI_VARIABLE } from '../parts/aws-cli.ts';
import { needs } from '../parts/needs.ts';

const run = promisify(execFile);
const main = new URL('../../packages/cli/src/main.ts', import.meta.url).pathname;

let dir: string;
let world: World;
let asked: string[];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hourglass-hooks-'));
  const source = await createEmptyRepository(dir, 'app');
  await addCommit(source, { branch: 'main', message: 'one', files: { 'a.txt': 'one' } });
  world = await createWorld({ sources: [source], startMs: Date.UTC(2026, 0, 5, 9) });
  asked = [];
  world.cloud.onTrace((trace) => {
    if (trace.kind === 'event' && trace.detailType === 'MirrorRequested') asked.push(String(trace.source));
  });
});
afterAll(async () => {
  await world?.close();
  await rm(dir, { recursive: true, force: true });
});

/** The client is a process of its own, and nothing here knows when it has asked. */
async function untilAsked(count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      await world.cloud.driver.advanceBy(1_000);
      expect(asked).toHaveLength(count);
    },
    { timeout: 300_000, interval: 50 },
  );
}

describe('a bare repository with the post-receive hook', needs('curl'), () => {
  it('is mirrored after a real git push, which does not wait for it', async () => {
    const [repository] = world.repositories;
    if (repository === undefined) throw new Error('no repository is served');
    const [url] = Object.values(await world.cloud.apiUrls());
    await writeFile(join(dir, 'key'), world.apiKey);
    const options = ['--repository', repository.name, '--source-url', repository.sourceUrl];
    const to = ['--url', `${url}/requests`, '--key-file', join(dir, 'key')];
    const { stdout: script } = await run(process.execPath, [main, 'hook', ...options, ...to]);
    const hook = join(repository.path, 'hooks', 'post-receive');
    await mkdir(join(repository.path, 'hooks'), { recursive: true });
    await writeFile(hook, script);
    await chmod(hook, 0o755);

    const work = join(dir, 'work');
    const git = (...args: string[]) =>
      run('git', ['-C', work, '-c', 'user.name=Aiko', '-c', 'user.email=aiko@example.com', ...args]);
    await run('git', ['clone', '--quiet', repository.path, work]);
    await git('commit', '--quiet', '--allow-empty', '--message=two');
    await git('tag', 'v1');
    const { stderr } = await git('push', '--quiet', 'origin', 'HEAD', 'v1');
    expect(stderr).toBe('');

    await untilAsked(1);
    await world.cloud.driver.advanceBy(20 * MINUTE_MS);
    expect(asked).toEqual(['hourglass.webhook']);
    expect(await compareMirror(repository)).toMatchObject({ refsEqual: true, sourceRefs: 2, destinationRefs: 2 });
  });
});

describe('a hook of a git server', () => {
  it('has GitLab’s push mirrored', async () => {
    const [repository] = world.repositories;
    const gitlab = world.hooks.find(({ server }) => server === 'gitlab');
    if (repository === undefined || gitlab === undefined) throw new Error('no repository or no hook is served');
    const [url] = Object.values(await world.cloud.apiUrls());
    await addCommit(repository.path, { branch: 'topic', message: 'three', files: { 'b.txt': 'three' } });
    const before = asked.length;
    // As GitLab's documentation shows it, with the name that the server has for itself.
    const push = {
      object_kind: 'push',
      event_name: 'push',
      before: '0'.repeat(40),
      after: '9'.repeat(40),
      ref: 'refs/heads/topic',
      project_id: 15,
      project: {
        path_with_namespace: repository.name,
        git_http_url: `http://gitlab.example.com/${repository.name}.git`,
        git_ssh_url: `git@gitlab.example.com:${repository.name}.git`,
      },
    };
    const send = async (token: string, id: string) => {
      const headers = {
        'Content-Type': 'application/json',
        'X-Gitlab-Event': 'Push Hook',
        'X-Gitlab-Token': token,
        'Idempotency-Key': id,
      };
      const driving = world.cloud.driver.drive({ speed: 1 });
      try {
        const to = `${url}/hooks/${gitlab.source}`;
        return (await fetch(to, { method: 'POST', headers, body: JSON.stringify(push) })).status;
      } finally {
        await driving.stop();
      }
    };
    expect(await send('another', 'a')).toBe(401);
    expect(await send(gitlab.secret, 'b')).toBe(202);
    await untilAsked(before + 1);
    await world.cloud.driver.advanceBy(20 * MINUTE_MS);
    expect(await compareMirror(repository)).toMatchObject({ refsEqual: true });
  });
});

describe('the AWS CLI', needs('aws-cli'), () => {
  const putEvents = async (entry: object, more: object = {}) => {
    const { url } = await world.cloud.listen();
    const { accessKeyId, secretAccessKey, sessionToken } = world.client;
    const keys = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    };
    const settings = { AWS_ENDPOINT_URL: url, AWS_REGION: world.cloud.region, AWS_DEFAULT_REGION: world.cloud.region };
    // Nothing of the machine's own settings.
    const env = { PATH: process.env.PATH, HOME: dir, AWS_PAGER: '', ...keys, ...settings, ...more };
    const driving = world.cloud.driver.drive({ speed: 1 });
    try {
      const words = ['events', 'put-events', '--output', 'json', '--entries', JSON.stringify([entry])];
      return JSON.parse((await run(process.env[AWS_CLI_VARIABLE] ?? 'aws', words, { env })).stdout);
    } finally {
      await driving.stop();
    }
  };
  const entryOf = (repository: string, sourceUrl: string) => ({
    EventBusName: `hourglass-${world.deployment}`,
    Source: 'hourglass.client',
    DetailType: 'MirrorRequested',
    Detail: JSON.stringify({ version: 1, repository, sourceUrl }),
  });

  it('asks as the README says, and the mirror equals its source', async () => {
    const [repository] = world.repositories;
    if (repository === undefined) throw new Error('no repository is served');
    await addCommit(repository.path, { branch: 'by-cli', message: 'four', files: { 'c.txt': 'four' } });
    const before = asked.length;
    const answer = await putEvents(entryOf(repository.name, repository.sourceUrl));
    expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
    await untilAsked(before + 1);
    await world.cloud.driver.advanceBy(20 * MINUTE_MS);
    expect(asked.at(-1)).toBe('hourglass.client');
    expect(await compareMirror(repository)).toMatchObject({ refsEqual: true });
  });

  it('is refused in words for what a client may not say', async () => {
    const forged = { ...entryOf('app', 'https://git.test/app'), DetailType: 'EndpointsReady' };
    await expect(putEvents(forged)).rejects.toThrow(/AccessDenied.*not authorized to perform: events:PutEvents/s);
  });
});
