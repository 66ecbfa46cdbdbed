/** The `hourglass` command as its user runs it: a process of its own, that knows the emulator by `--endpoint-url` alone. */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../packages/cli/bin/hourglass.mjs', import.meta.url));
const WITHIN_MS = 120_000;

export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

export interface Command {
  /** @throws Error for a stack trace, or another exit status than 0. */
  (...args: string[]): Promise<Ended>;
  /** With `--json`. @returns what it printed, parsed */
  json<Answer>(...args: string[]): Promise<Answer>;
  /** Of `doctor`, whose exit status is 1 where it finds a fault. */
  findings<Answer>(...args: string[]): Promise<Answer>;
  /** @returns the one sentence by which it refuses. @throws Error if it does anything else */
  refusal(...args: string[]): Promise<string>;
  /** Of a command that goes on until it is interrupted. */
  start(...args: string[]): ChildProcessByStdio<null, Readable, Readable>;
}

export function createCommand({ endpoint, region }: { endpoint: string; region: string }): Command {
  const { AWS_PROFILE: _, AWS_ENDPOINT_URL: __, HOURGLASS_DEPLOYMENT: ___, ...rest } = process.env;
  const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', ...rest, AWS_REGION: region, NO_COLOR: '1' };
  const argumentsFor = (args: string[]) => [
    PROGRAM,
    ...args,
    ...(args.includes('--endpoint-url') ? [] : ['--endpoint-url', endpoint]),
  ];
  const run = (args: string[]) =>
    new Promise<Ended>((resolve, reject) => {
      const options = { env, timeout: WITHIN_MS, maxBuffer: 2 ** 26 };
      execFile(process.execPath, argumentsFor(args), options, (error, stdout, stderr) => {
        const status = error === null ? 0 : error.code;
        if (typeof status !== 'number') return reject(new Error(`hourglass ${args.join(' ')} did not end: ${stderr}`));
        if (/^\s+at .+[:)]/m.test(stderr)) return reject(new Error(`a stack trace: ${stderr.slice(0, 2_000)}`));
        resolve({ status, stdout, stderr });
      });
    });
  const command = async (...args: string[]) => {
    const ended = await run(args);
    if (ended.status !== 0) throw new Error(`hourglass ${args.join(' ')}: ${ended.status}, ${ended.stderr.trim()}`);
    return ended;
  };
  return Object.assign(command, {
    json: async <Answer>(...args: string[]) => JSON.parse((await command(...args, '--json')).stdout) as Answer,
    findings: async <Answer>(...args: string[]) => JSON.parse((await run([...args, '--json'])).stdout) as Answer,
    refusal: async (...args: string[]) => {
      const { status, stderr } = await run(args);
      const lines = stderr.trim().split('\n');
      if (status === 0) throw new Error('it did not refuse');
      if (lines.length !== 1 || !lines[0]?.startsWith('hourglass: ')) throw new Error(`not one sentence: ${stderr}`);
      return lines[0].slice('hourglass: '.length);
    },
    start: (...args: string[]) =>
      spawn(process.execPath, argumentsFor(args), { env, stdio: ['ignore', 'pipe', 'pipe'] }),
  });
}
