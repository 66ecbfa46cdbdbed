/** Runs the task's entrypoint as ECS would: a process of its own that knows a work id, a table and an AWS endpoint. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WorkTable } from './work-table.ts';

export const ENTRYPOINT = fileURLToPath(new URL('../../docker/src/main.ts', import.meta.url));

export interface TaskEnd {
  readonly code: number | null;
  readonly output: string;
}

export interface TaskOptions {
  readonly table: Pick<WorkTable, 'endpoint'>;
  readonly token: string;
  /** Where the task makes its scratch folder. */
  readonly tmp: string;
  readonly entrypoint?: string;
  readonly environment?: Record<string, string>;
}

/** Starts the task; `end` resolves with its exit code and all it said. */
export function startTask(options: TaskOptions): { child: ChildProcess; end: Promise<TaskEnd> } {
  const child = spawn(process.execPath, [options.entrypoint ?? ENTRYPOINT], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      TMPDIR: options.tmp,
      WORK_ID: options.token,
      TABLE_NAME: 'hourglass-test',
      AWS_REGION: 'ap-northeast-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_DYNAMODB: options.table.endpoint,
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return { child, end: once(child, 'close').then(([code]) => ({ code, output })) };
}

export async function runTask(options: TaskOptions): Promise<TaskEnd> {
  return await startTask(options).end;
}
