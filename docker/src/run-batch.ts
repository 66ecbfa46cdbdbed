/**
 * The life of a task: the one work that it was begun with, and the others of its batch, one after the other, each with its own result.
 *
 * A work that fails does not keep the next from its turn. Once the time limit is over no further one is begun; those wait for another task.
 */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Batch, readBatch } from '@hourglass/lease-dynamodb';
import { EXIT } from './exit-codes.ts';
import { type RunTaskOptions, reportUnread, runTask } from './run-task.ts';

export interface RunBatchOptions extends Pick<RunTaskOptions, 'environment' | 'stopped' | 'write'> {
  /** Made only once the environment is known to be whole. */
  readonly connect: () => DynamoDBDocumentClient;
}

const REQUIRED = ['WORK_ID', 'TABLE_NAME'] as const;

/** Does all the work of a task and gives its exit code, 0 only if all of it was done; it never throws. */
export async function runBatch(options: RunBatchOptions): Promise<number> {
  const { environment, write } = options;
  const missing = REQUIRED.filter((name) => !environment[name]);
  if (missing.length > 0) {
    write(`missing environment variables: ${missing.join(', ')}`);
    return EXIT.misconfigured;
  }
  const token = environment.WORK_ID ?? '';
  const task = { ...options, document: options.connect(), tableName: environment.TABLE_NAME ?? '' };
  try {
    return await runAll(await readBatch(task.document, task.tableName, token, { abortSignal: options.stopped }), task);
  } catch (error) {
    return await reportUnread(token, error, task);
  }
}

async function runAll({ tokens, timeLimitSeconds }: Batch, task: RunTaskOptions): Promise<number> {
  const endsMs = performance.now() + timeLimitSeconds * 1_000;
  let code: number = EXIT.succeeded;
  for (const [index, token] of tokens.entries()) {
    const left = tokens.length - index;
    if (index > 0 && (task.stopped.aborted || performance.now() >= endsMs)) {
      task.write(`${left} of ${tokens.length} were not begun`);
      return code || (task.stopped.aborted ? EXIT.terminated : EXIT.timeLimitOver);
    }
    const ended = await runTask(token, task, tokens.length > 1 ? `${index + 1} of ${tokens.length}` : undefined);
    code ||= ended;
  }
  return code;
}
