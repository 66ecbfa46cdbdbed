/** The trace and the durations, from files or from a repository's own history. */
import { readFile } from 'node:fs/promises';
import { drawDurations, readDurations, readTrace, type Trace, TraceInvalid } from '@hourglass/cost';
import { UsageError } from '../errors.ts';
import { GitFailed, runGit } from '../git/run-git.ts';

const GIT_PREFIX = 'git:';

export interface NamedWorkload {
  trace: string;
  arrivalsMs: number[];
  durationsMs: number[];
}

/** Where the durations come from: a file, or the draw. */
export type DurationSource = { file: string } | { medianMs: number; seed: number };

/**
 * @param note gets what was done to a trace that was not in order.
 * @throws UsageError a file cannot be read or has a line that is wrong; the message names the file and the line.
 */
export async function readWorkload(
  name: string,
  source: DurationSource,
  note: (message: string) => void,
): Promise<NamedWorkload> {
  const fromGit = name.startsWith(GIT_PREFIX);
  const text = fromGit ? await readHistory(name.slice(GIT_PREFIX.length)) : await readText(name);
  const trace = readNamed(name, () => readTrace(text));
  if (trace.unsortedAtLine !== null && !fromGit) {
    note(`${name}: line ${trace.unsortedAtLine} is earlier than the line before it: the times were sorted`);
  }
  return { trace: name, arrivalsMs: trace.arrivalsMs, durationsMs: await readTaskTimes(trace, source) };
}

async function readTaskTimes(trace: Trace, source: DurationSource): Promise<number[]> {
  if (!('file' in source)) return drawDurations(trace.arrivalsMs.length, source.medianMs, source.seed);
  const text = await readText(source.file);
  return readNamed(source.file, () => readDurations(text, trace));
}

/** When each first-parent commit of HEAD was committed: on a branch that is merged into, about one a push. */
async function readHistory(path: string): Promise<string> {
  try {
    const seconds = await runGit(['log', '--first-parent', '--format=%ct', 'HEAD', '--'], {
      cwd: path,
      configuration: 'users',
    });
    const times = seconds.split('\n').filter((line) => line !== '');
    return times.map((time) => new Date(Number(time) * 1_000).toISOString()).join('\n');
  } catch (error) {
    if (error instanceof GitFailed) throw new UsageError(`${GIT_PREFIX}${path}: ${error.message}`);
    throw unreadable(`${GIT_PREFIX}${path}`, error);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(name: string, error: unknown): Error {
  if (!(error instanceof Error && 'code' in error)) return error as Error;
  return new UsageError(`${name}: cannot be read (${String(error.code)})`);
}

function readNamed<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TraceInvalid) throw new UsageError(`${name}: ${error.message}`);
    throw error;
  }
}
