/** How a task ends: its exit codes, its time limit, a stop from outside, and commands; from the bundle that the image carries too. */
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleEntrypoint } from '@hourglass/docker/build';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runTask, startTask } from './task-process.ts';
import { startWorkTable, type WorkTable } from './work-table.ts';

let scratch: string;
let tmp: string;
let table: WorkTable;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'hourglass-life-'));
  tmp = join(scratch, 'tmp');
  await mkdir(tmp);
  table = await startWorkTable();
});
afterEach(async () => {
  await table.close();
  await rm(scratch, { recursive: true, force: true });
});

const command = (argv: string[], timeLimitSeconds = 250) => ({ kind: 'command', name: 'try', argv, timeLimitSeconds });
const node = (script: string) => [process.execPath, '-e', script];

/** A source that accepts a request and never answers it. */
async function startHangingServer() {
  const server = createServer();
  const asked = once(server, 'request');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    asked,
    // Resolves when the client's connection is gone, which says that git is.
    async left() {
      const [request] = await asked;
      if (!request.socket.destroyed) await once(request.socket, 'close');
    },
    work: (timeLimitSeconds: number) => ({
      kind: 'mirror',
      repository: 'app',
      sourceUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/app`,
      destination: 'http://127.0.0.1:1/app',
      timeLimitSeconds,
    }),
    close: () => server.close(),
  };
}

describe('a task', () => {
  it('ends itself when its time limit is over, with git and its scratch folder gone', async () => {
    const hanging = await startHangingServer();
    table.put('t1', hanging.work(1));
    const { code } = await runTask({ table, token: 't1', tmp });
    expect(code).toBe(124);
    expect(table.result('t1')).toEqual({ status: 'failed', message: 'time limit of 1 s is over' });
    await hanging.left();
    expect(await readdir(tmp)).toEqual([]);
    hanging.close();
  });

  it('ends on SIGTERM with a failed result', async () => {
    const hanging = await startHangingServer();
    table.put('t1', hanging.work(250));
    const { child, end } = startTask({ table, token: 't1', tmp });
    await hanging.asked;
    child.kill('SIGTERM');
    expect((await end).code).toBe(143);
    expect(table.result('t1')).toEqual({ status: 'failed', message: 'stopped from outside by SIGTERM' });
    await hanging.left();
    expect(await readdir(tmp)).toEqual([]);
    hanging.close();
  });

  it('names every missing variable and exits 2', async () => {
    const environment = { WORK_ID: '', TABLE_NAME: '' };
    const end = await runTask({ table, token: '', tmp, environment });
    expect(end).toEqual({ code: 2, output: 'missing environment variables: WORK_ID, TABLE_NAME\n' });
  });

  it('exits 2 when its work is not there or malformed, and says so on the item', async () => {
    const absent = await runTask({ table, token: 'absent', tmp });
    expect(absent).toMatchObject({ code: 2, output: expect.stringContaining('there is no work "absent"') });
    table.put('bad', { kind: 'shell', timeLimitSeconds: 5 });
    expect((await runTask({ table, token: 'bad', tmp })).code).toBe(2);
    expect(table.result('bad')?.message).toContain('kind must be "mirror" or "command"');
  });

  it('runs a named command from the bundle, as the image does, and logs its output', async () => {
    const entrypoint = await bundleEntrypoint({ outDir: scratch });
    table.put('t1', command(node('console.log("hello", process.env.HOME === process.cwd())')));
    const { code, output } = await runTask({ table, token: 't1', tmp, entrypoint });
    expect(output).toBe('hello true\nsucceeded: command try succeeded\n');
    expect(code).toBe(0);
    expect(table.result('t1')).toEqual({ status: 'succeeded', message: 'command try succeeded' });
  });

  it('says first which request it runs for', async () => {
    table.put('t1', { ...command(node('console.log(1)')), requestId: 'push-7' });
    const { output } = await runTask({ table, token: 't1', tmp });
    expect(output).toBe('request push-7\n1\nsucceeded: command try succeeded\n');
  });

  it('passes arguments to a command as they are, without a shell', async () => {
    table.put('t1', command([...node('console.log(process.argv[1])'), '$(id); `id` > x']));
    expect((await runTask({ table, token: 't1', tmp })).output).toContain('$(id); `id` > x\n');
  });

  it('gives a command AWS credentials but nothing else of its environment', async () => {
    table.put('t1', command(node('console.log(Object.keys(process.env).sort().join())')));
    const { output } = await runTask({ table, token: 't1', tmp, environment: { SECRET: 'x' } });
    expect(output).toMatch(/AWS_ACCESS_KEY_ID.*HOME.*PATH/);
    expect(output).not.toMatch(/SECRET\b(?!_ACCESS)|WORK_ID|TABLE_NAME/);
  });

  it('fails with a command that fails, and says how it ended', async () => {
    table.put('t1', command(node('console.error("no bucket"); process.exit(3)')));
    expect((await runTask({ table, token: 't1', tmp })).code).toBe(1);
    expect(table.result('t1')?.message).toBe('command try ended with code 3: no bucket');
    table.put('t2', command(['no-such-program']));
    expect((await runTask({ table, token: 't2', tmp })).code).toBe(1);
    expect(table.result('t2')?.message).toBe('cannot start "no-such-program": there is no such program here');
  });

  it('leaves nothing that its command has started in the background', async () => {
    // The inner process holds the outputs open: if it lived on, the task would run into its time limit.
    const inner = `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 3600000)'], { stdio: 'inherit' })`;
    table.put('t1', command(node(`${inner}.unref(); process.exit(0)`)));
    expect((await runTask({ table, token: 't1', tmp })).code).toBe(0);
  });
});

describe('a task that several works share', () => {
  const say = (text: string) => node(`console.log('${text}')`);
  const hang = node('console.log("began"); setTimeout(() => {}, 3600000)');

  function putBatch(works: object[]): void {
    const [first, ...others] = works.map((work, index) => [`t${index + 1}`, work] as const);
    table.put('t1', { ...first?.[1], members: others.map(([token]) => token) });
    for (const [token, work] of others) table.put(token, { ...work });
  }

  it('does one after the other, each with its own result, and one that fails keeps none from its turn', async () => {
    const asked = { ...command(say('four')), requestId: 'operator:4' };
    putBatch([command(say('one')), command(node('process.exit(3)')), { kind: 'shell' }, asked]);
    const { code, output } = await runTask({ table, token: 't1', tmp });
    expect(code).toBe(1);
    expect(output).toMatch(
      /^1 of 4: try\none\nsucceeded: .*\n2 of 4: try\nfailed: .*\nfailed: .*malformed.*\n4 of 4: try, request operator:4\nfour\n/,
    );
    expect(['t1', 't2', 't3', 't4'].map((token) => table.result(token)?.status)).toEqual([
      'succeeded',
      'failed',
      'failed',
      'succeeded',
    ]);
    expect(table.result('t4')?.durationMs).toBeGreaterThan(0);
    expect(await readdir(tmp)).toEqual([]);
  });

  it('exits with 0 if all of it was done', async () => {
    putBatch([command(say('one')), command(say('two'))]);
    expect((await runTask({ table, token: 't1', tmp })).code).toBe(0);
  });

  it('begins nothing once its time limit is over, and writes no result for what it did not begin', async () => {
    putBatch([command(hang, 1), command(say('two'), 1)]);
    const { code, output } = await runTask({ table, token: 't1', tmp });
    expect(code).toBe(124);
    expect(output).toContain('1 of 2 were not begun');
    expect(table.result('t1')).toMatchObject({ status: 'failed', message: 'time limit of 1 s is over' });
    expect(table.result('t2')).toBeUndefined();
  });

  it('begins nothing once it is stopped', async () => {
    putBatch([command(say('one')), command(hang), command(say('three'))]);
    const { child, end } = startTask({ table, token: 't1', tmp });
    child.stdout?.on('data', (text: string) => {
      if (text.includes('began')) child.kill('SIGTERM');
    });
    expect((await end).code).toBe(143);
    expect(['t1', 't2', 't3'].map((token) => table.result(token)?.status)).toEqual(['succeeded', 'failed', undefined]);
  });
});
