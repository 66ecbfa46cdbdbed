/** A named command: the deployment's own argv, run without a shell. */
import type { CommandWork } from '@hourglass/lease-dynamodb';
import { WorkFailed } from './ends.ts';
import { childEnvironment } from './environment.ts';
import { runProcess } from './run-process.ts';
import type { TaskContext } from './task-context.ts';

/**
 * Runs the command to its end; its output goes to the task's log.
 * @throws WorkFailed unless it ends with code 0
 */
export async function runCommand(work: CommandWork, context: TaskContext): Promise<{ message: string }> {
  const end = await runProcess(work.argv, {
    cwd: context.scratch,
    env: childEnvironment(context.environment, context.scratch, true),
    signal: context.signal,
    onLine: context.log,
  });
  if (end.code === 0) return { message: `command ${work.name} succeeded` };
  const how = end.endedBy ? `was ended by ${end.endedBy}` : `ended with code ${end.code}`;
  const last = end.lastLines.findLast((line) => line.trim() !== '');
  throw new WorkFailed(`command ${work.name} ${how}${last ? `: ${last}` : ''}`);
}
