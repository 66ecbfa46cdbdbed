/** MiniStack from PyPI, in a virtual environment of its own, on a free port of this machine, ended with everything it started. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Unusable } from './steps.ts';

/** The version that this acceptance was written against. */
export const MINISTACK_VERSION = '1.5.33';
const STARTS_WITHIN_MS = 60_000;

export interface Emulator {
  name: string;
  endpoint: string;
  stop(): Promise<void>;
}

/** @throws Unusable if it cannot be installed or does not start. */
export async function startMiniStack(region: string): Promise<Emulator> {
  const program = await install();
  const directory = mkdtempSync(join(tmpdir(), 'hourglass-ministack-'));
  const port = await findFreePort();
  const log = openSync(join(directory, 'ministack.log'), 'w');
  const child = spawn(program, [], {
    // A group of its own: its functions are processes, which end with it.
    detached: true,
    stdio: ['ignore', log, log],
    cwd: directory,
    env: {
      // Its functions run on the very Node that runs this.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      HOME: directory,
      TMPDIR: directory,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_REGION: region,
    },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await end(child);
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  const givesUpAtMs = Date.now() + STARTS_WITHIN_MS;
  while (!(await answers(endpoint))) {
    if (child.exitCode !== null || Date.now() > givesUpAtMs) {
      await stop();
      throw new Unusable(`MiniStack does not answer on port ${port}.`);
    }
    await sleep(200);
  }
  return { name: `MiniStack ${MINISTACK_VERSION}`, endpoint, stop };
}

async function install(): Promise<string> {
  const environment = join(tmpdir(), `hourglass-ministack-${MINISTACK_VERSION}`);
  const program = join(environment, 'bin', 'ministack');
  if (existsSync(program)) return program;
  const run = promisify(execFile);
  try {
    await run('python3', ['-m', 'venv', environment]);
    await run(join(environment, 'bin', 'pip'), ['install', '--quiet', `ministack==${MINISTACK_VERSION}`]);
  } catch (error) {
    rmSync(environment, { recursive: true, force: true });
    throw new Unusable(
      `MiniStack cannot be installed (python3 with venv and pip is needed): ${(error as Error).message}`,
    );
  }
  return program;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGTERM');
  await Promise.race([ended, sleep(5_000)]);
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group is gone already.
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(2_000) });
    return true;
  } catch {
    return false;
  }
}
