/** Child processes that misbehave. */
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { WorkFailed } from './ends.ts';
import { runProcess } from './run-process.ts';

const run = (script: string, options: Partial<Parameters<typeof runProcess>[1]> = {}) =>
  runProcess([process.execPath, '-e', script], {
    cwd: tmpdir(),
    env: {},
    signal: new AbortController().signal,
    ...options,
  });

it('a child that ignores SIGTERM is killed, and the reason of the stop is thrown', async () => {
  const stop = new AbortController();
  const stubborn = `process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000); console.log('up')`;
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    if (line === 'up') stop.abort(new Error('enough'));
  };
  await expect(run(stubborn, { signal: stop.signal, graceMs: 200, onLine })).rejects.toThrow('enough');
  expect(lines).toEqual(['up', 'no']);
});

it('nothing is started once the signal is aborted', async () => {
  await expect(run('', { signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow('over');
});

it('the code, the signal and the last lines of standard error are reported', async () => {
  const talk = 'for (let n = 0; n < 30; n++) console.error(n); console.log("out"); process.exit(4)';
  const end = await run(talk, { keepOutput: true });
  expect(end).toMatchObject({ code: 4, endedBy: null, stdout: 'out\n' });
  expect(end.lastLines).toHaveLength(20);
  expect(end.lastLines.at(-1)).toBe('29');
  expect(await run('process.kill(process.pid, "SIGKILL")')).toMatchObject({ code: null, endedBy: 'SIGKILL' });
});

it('a program that is not there is a failure of the work', async () => {
  const options = { cwd: tmpdir(), env: {}, signal: new AbortController().signal };
  await expect(runProcess(['/no/such'], options)).rejects.toThrow(WorkFailed);
});
