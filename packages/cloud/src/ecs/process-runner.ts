/**
 * Runs a task's container as a real local process in a process group of its own, with a home folder of its own. When the process ends,
 * whatever it left behind in its group ends with it, as in a container.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ProcessRequest {
  /** The container's entrypoint, then its command. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

export interface RunningProcess {
  readonly pid: number | undefined;
  /** As Docker reports it: 128 + signal for a process that a signal ended. 127 if it could not be started. */
  readonly exited: Promise<number>;
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};
const NOT_STARTED = 127;

const running = new Set<ChildProcess>();
let watchesExit = false;

export function startProcess({ argv, environment, onLine }: ProcessRequest): RunningProcess {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  const [command = '', ...args] = argv;
  const home = mkdtempSync(join(tmpdir(), 'hourglass-task-'));
  const child = spawn(command, args, {
    cwd: home,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), ...environment, HOME: home, TMPDIR: home },
  });
  running.add(child);
  killAllAtExit();
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  const exited = new Promise<number>((resolve) => {
    const end = (code: number) => {
      running.delete(child);
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
      resolve(code);
    };
    child.once('error', (error) => {
      onLine(`cannot start ${command}: ${error.message}`);
      end(NOT_STARTED);
    });
    // What still holds the output open is killed first, so that the output's end is not waited for in vain.
    child.once('exit', () => killGroup(child, 'SIGKILL'));
    child.once('close', (code, signal) => end(code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0)));
  });
  return {
    pid: child.pid,
    exited,
    signal(name) {
      // Like Docker: SIGTERM goes to the entrypoint alone, SIGKILL ends the whole container.
      if (name === 'SIGKILL') killGroup(child, name);
      else child.kill(name);
    },
  };
}

function killGroup(child: ChildProcess, signal: 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}

/** A world that is never closed must not leave processes behind either. */
function killAllAtExit(): void {
  if (watchesExit) return;
  watchesExit = true;
  process.on('exit', () => {
    for (const child of running) killGroup(child, 'SIGKILL');
  });
}
