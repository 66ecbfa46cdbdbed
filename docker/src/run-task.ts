/**
 * One work of a task: read it, do it within its time limit, write the result on its item, and give the exit code.
 *
 * Whatever happens, its scratch folder is removed, and no process of it is left.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  readWork,
  type Work,
  WorkMalformed,
  WorkNotFound,
  type WorkResult,
  writeResult,
} from '@hourglass/lease-dynamodb';
import { createRedact, type Redact } from '@hourglass/relay';
import { SourceNetworksMalformed } from '@hourglass/sources';
import { runCommand } from './command.ts';
import { RefsMoved, Terminated, TimeLimitOver, WorkFailed } from './ends.ts';
import { EXIT } from './exit-codes.ts';
import { isPermanent, mirror } from './mirror.ts';

export interface RunTaskOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly document: DynamoDBDocumentClient;
  readonly tableName: string;
  /** Aborted with `Terminated` when the task is stopped from outside. */
  readonly stopped: AbortSignal;
  readonly write: (line: string) => void;
}

/**
 * Does the work of one token and gives its exit code; it never throws.
 * @param turn where it stands among others that share the task, such as `2 of 20`
 */
export async function runTask(token: string, options: RunTaskOptions, turn?: string): Promise<number> {
  const beganMs = performance.now();
  const conclude = (reached: WorkResult, code: number): Promise<number> => {
    const result = turn === undefined ? reached : { ...reached, durationMs: Math.round(performance.now() - beganMs) };
    return report(token, result, code, options);
  };
  try {
    const work = await readWork(options.document, options.tableName, token, { abortSignal: options.stopped });
    const name = work.kind === 'mirror' ? work.repository : work.name;
    const { requestId } = work;
    const begins = [
      ...(turn === undefined ? [] : [`${turn}: ${name}`]),
      ...(requestId === undefined ? [] : [`request ${requestId}`]),
    ];
    if (begins.length > 0) options.write(begins.join(', '));
    const redact = createRedact(work.kind === 'mirror' ? [work.sourceUrl, work.destination] : []);
    try {
      const done = await withinTimeLimit(work, options, redact);
      return await conclude({ status: 'succeeded', ...done }, EXIT.succeeded);
    } catch (error) {
      const { defaultBranch, report } = error instanceof WorkFailed ? error : {};
      const known = { ...(defaultBranch && { defaultBranch }), ...(report && { report }) };
      const permanent = isPermanent(error) ? { permanent: true } : {};
      const message = redact(messageOf(error));
      const stale = error instanceof RefsMoved ? { stale: true } : {};
      return await conclude({ status: 'failed', message, ...known, ...permanent, ...stale }, exitCodeOf(error));
    }
  } catch (error) {
    return await reportUnread(token, error, options);
  }
}

/** What became of a work that could not be read. */
export async function reportUnread(token: string, error: unknown, options: RunTaskOptions): Promise<number> {
  const reason = options.stopped.aborted ? options.stopped.reason : error;
  const result = { status: 'failed', message: createRedact([])(messageOf(reason)) } as const;
  return await report(token, result, exitCodeOf(reason), options);
}

async function report(token: string, result: WorkResult, code: number, options: RunTaskOptions): Promise<number> {
  options.write(`${result.status}: ${result.message}`);
  try {
    await writeResult(options.document, options.tableName, token, result);
  } catch (error) {
    // The exit code still says what came of the work.
    options.write(`the result could not be written: ${messageOf(error)}`);
  }
  return code;
}

async function withinTimeLimit(
  work: Work,
  options: RunTaskOptions,
  redact: Redact,
): Promise<Omit<WorkResult, 'status'>> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new TimeLimitOver(work.timeLimitSeconds)), work.timeLimitSeconds * 1000);
  const scratch = await mkdtemp(join(tmpdir(), 'hourglass-task-'));
  try {
    const context = {
      environment: options.environment,
      scratch,
      signal: AbortSignal.any([options.stopped, limit.signal]),
      log: (line: string) => options.write(redact(line)),
    };
    return await (work.kind === 'mirror' ? mirror(work, context) : runCommand(work, context));
  } finally {
    clearTimeout(timer);
    // A process that was killed a moment ago may still be making files.
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof TimeLimitOver) return EXIT.timeLimitOver;
  if (error instanceof Terminated) return EXIT.terminated;
  const misconfigured = [WorkMalformed, WorkNotFound, SourceNetworksMalformed].some((kind) => error instanceof kind);
  return misconfigured ? EXIT.misconfigured : EXIT.failed;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
