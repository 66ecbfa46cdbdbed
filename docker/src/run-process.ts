/**
 * One child process in a process group of its own, to its end.
 *
 * However it ends, nothing of its group is left: what it started and did not wait for is killed with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { WorkFailed } from './ends.ts';

export interface RunProcessOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Each line of both outputs, as it comes. */
  readonly onLine?: (line: string) => void;
  /** What the child reads; nothing unless given. */
  readonly input?: string;
  /** Gather standard output and give it back. */
  readonly keepOutput?: boolean;
  /** Time for the child to end itself after SIGTERM, before SIGKILL. */
  readonly graceMs?: number;
}

export interface ProcessEnd {
  /** null if a signal ended it. */
  readonly code: number | null;
  readonly endedBy: NodeJS.Signals | null;
  /** Standard output if `keepOutput`, else ''. */
  readonly stdout: string;
  /** The last lines of standard error, without progress. */
  readonly lastLines: readonly string[];
}

/** Well below the 30 s that ECS gives the whole task: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const GRACE_MS = 5000;
const LAST_LINES = 20;

/**
 * Runs a program without a shell.
 * @throws WorkFailed if it cannot be started; the signal's reason if the signal ended it
 */
export async function runProcess(argv: readonly string[], options: RunProcessOptions): Promise<ProcessEnd> {
  options.signal.throwIfAborted();
  const [program = '', ...words] = argv;
  const child = spawn(program, words, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: 'pipe',
  });
  // A child may end before it has read everything; its exit code says more than EPIPE.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const lastLines: string[] = [];
  let stdout = '';
  if (options.keepOutput) {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
  } else readLines(child.stdout, (line) => options.onLine?.(line));
  readLines(child.stderr, (line) => {
    options.onLine?.(line);
    lastLines.push(line);
    if (lastLines.length > LAST_LINES) lastLines.shift();
  });

  let force: NodeJS.Timeout | undefined;
  const stop = () => {
    killGroup(child, 'SIGTERM');
    force = setTimeout(() => killGroup(child, 'SIGKILL'), options.graceMs ?? GRACE_MS);
  };
  options.signal.addEventListener('abort', stop, { once: true });
  // Orphans would hold our pipes open, and 'close' would wait for them.
  child.once('exit', () => killGroup(child, 'SIGKILL'));
  try {
    const [code, endedBy] = await closeOf(child, program);
    options.signal.throwIfAborted();
    return { code, endedBy, stdout, lastLines };
  } finally {
    clearTimeout(force);
    options.signal.removeEventListener('abort', stop);
  }
}

function closeOf(child: ChildProcess, program: string): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once('close', (code, endedBy) => resolve([code, endedBy]));
    child.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ENOENT' ? 'there is no such program here' : error.message;
      reject(new WorkFailed(`cannot start ${JSON.stringify(program)}: ${reason}`));
    });
  });
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
}

function killGroup(child: ChildProcess, signalName: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signalName);
  } catch (error) {
    // ESRCH: nobody of the group is left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
