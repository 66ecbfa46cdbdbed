/** With real processes: real repositories over git smart HTTP, the real entrypoint as the task, DynamoDB Local, the real command. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { addCommit, compareMirror, createEmptyRepository, createWorld, requestMirror } from '@hourglass/cli';
import { MINUTE_MS } from '@hourglass/lease';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
let dir: string;
let source: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hourglass-processes-'));
  source = await createEmptyRepository(dir, 'app');
  for (const message of ['one', 'two'])
    await addCommit(source, { branch: 'main', message, files: { 'a.txt': message } });
  execFileSync('git', ['tag', 'v1', 'main'], { cwd: source });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('hourglass demo', () => {
  it('mirrors for real, uses the open hour for the second push, and prints its summary as JSON alone', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [main, 'demo', '--json', '--source', source]);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      requests: 3,
      tasks: 3,
      leases: [
        { fence: 1, paidHours: 1 },
        { fence: 2, paidHours: 1 },
      ],
      mirrors: [{ repository: 'app', refsEqual: true, sourceRefs: 3, destinationRefs: 3 }],
      leaseClosed: true,
    });
    expect(summary.paidEndpointHours).toBeLessThan(summary.alwaysOnEndpointHours);
    // Of the wall clock, on a machine that runs other tests too: no handler waits for anything.
    expect(summary.longestHandlerMs).toBeLessThan(60_000);
  });

  it('says in words what it cannot serve, with status 2', async () => {
    const run = promisify(execFile)(process.execPath, [main, 'demo', '--source', join(dir, 'nowhere')]);
    await expect(run).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^hourglass: .*nowhere is not a folder\n$/),
    });
  });
});

describe('a task process that is killed', () => {
  it('fails that mirror, which rests after its last attempt, and replay mirrors it later', async () => {
    const world = await createWorld({ sources: [source], startMs: Date.UTC(2026, 0, 5, 9) });
    try {
      const { cloud } = world;
      const [repository] = world.repositories;
      if (!repository) throw new Error('no repository is served');
      let killing = true;
      const dead: string[] = [];
      cloud.onTrace((trace) => {
        if (killing && trace.kind === 'task' && trace.pid !== undefined) process.kill(trace.pid, 'SIGKILL');
        if (trace.kind === 'event' && trace.detailType === 'TaskFailed')
          dead.push(String((trace.detail as { message: string }).message));
      });
      await requestMirror(world, repository.name, repository.sourceUrl);
      await cloud.driver.advanceBy(70 * MINUTE_MS);
      expect(dead).toHaveLength(3);
      expect(dead[0]).toMatch(/exit code 137/);
      expect(await compareMirror(repository)).toMatchObject({ refsEqual: false, destinationRefs: 0 });

      killing = false;
      const sqs = new SQSClient({
        region: cloud.region,
        credentials: cloud.credentialsFor('root'),
        requestHandler: cloud.requestHandler(),
      });
      const arn = (name: string) => `arn:aws:sqs:${cloud.region}:${cloud.account}:hourglass-local-${name}`;
      await sqs.send(
        new StartMessageMoveTaskCommand({ SourceArn: arn('failed-mirrors'), DestinationArn: arn('replay') }),
      );
      await cloud.driver.advanceBy(10 * MINUTE_MS);
      expect(await compareMirror(repository)).toMatchObject({ refsEqual: true, sourceRefs: 2, destinationRefs: 2 });
    } finally {
      await world.close();
    }
  });
});
