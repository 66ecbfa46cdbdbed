/**
 * The life of a task: read the work, do it within its time limit, write the result on its item, and tell the exit code.
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
import { runCommand } from './command.ts';
import { Terminated, TimeLimitOver } from './ends.ts';
import { EXIT } from './exit-codes.ts';
import { mirror } from './mirror.ts';

export interface RunTaskOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Made only once the environment is known to be whole. */
  readonly connect: () => DynamoDBDocumentClient;
  /** Aborted with `Terminated` when the task is stopped from outside. */
  readonly stopped: AbortSignal;
  readonly write: (line: string) => void;
}

const REQUIRED = ['WORK_ID', 'TABLE_NAME'] as const;

/** Does one task and gives its exit code; it never throws. */
export async function runTask(options: RunTaskOptions): Promise<number> {
  const { environment, write } = options;
  const missing = REQUIRED.filter((name) => !environment[name]);
  if (missing.length > 0) {
    write(`missing environment variables: ${missing.join(', ')}`);
    return EXIT.misconfigured;
  }
  const token = environment.WORK_ID ?? '';
  const tableName = environment.TABLE_NAME ?? '';
  const document = options.connect();
  const conclude = async (result: WorkResult, code: number): Promise<number> => {
    write(`${result.status}: ${result.message}`);
    try {
      await writeResult(document, tableName, token, result);
    } catch (error) {
      // The exit code still tells what came of the work.
      write(`the result could not be written: ${messageOf(error)}`);
    }
    return code;
  };
  try {
    const work = await readWork(document, tableName, token, { abortSignal: options.stopped });
    const redact = createRedact(work.kind === 'mirror' ? [work.sourceUrl, work.destination] : []);
    try {
      const done = await withinTimeLimit(work, options, redact);
      return await conclude({ status: 'succeeded', ...done }, EXIT.succeeded);
    } catch (error) {
      return await conclude({ status: 'failed', message: redact(messageOf(error)) }, exitCodeOf(error));
    }
  } catch (error) {
    const reason = options.stopped.aborted ? options.stopped.reason : error;
    return await conclude({ status: 'failed', message: createRedact([])(messageOf(reason)) }, exitCodeOf(reason));
  }
}

async function withinTimeLimit(
  work: Work,
  options: RunTaskOptions,
  redact: Redact,
): Promise<{ message: string; refs?: number }> {
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
  return error instanceof WorkMalformed || error instanceof WorkNotFound ? EXIT.misconfigured : EXIT.failed;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
