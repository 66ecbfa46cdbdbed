/** `hourglass replay` and `hourglass discard`: what failed for good. */
import { count } from '@hourglass/cost';
import type { DeadLetter } from '@hourglass/operations/model';
import { discard } from '@hourglass/operations/parts/dead-letters/discard';
import { listDeadLetters } from '@hourglass/operations/parts/dead-letters/list';
import { type Replayed, replay } from '@hourglass/operations/parts/dead-letters/replay';
import { UsageError } from '../errors.ts';
import { withDeployment } from './connect.ts';
import { nameTask } from './name-task.ts';
import type { DeploymentOptions } from './options.ts';
import { columns, oneLine, paint, printJson, printLines, say, shortTime } from './print.ts';

interface ReplayOptions extends DeploymentOptions {
  readonly all?: boolean;
  readonly limit: number;
}

export async function runReplay(name: string | undefined, options: ReplayOptions): Promise<void> {
  if (options.all && name !== undefined) throw new UsageError('a name and --all contradict each other');
  await withDeployment(options, async (deployment) => {
    if (name === undefined && !options.all) {
      const letters = await listDeadLetters(deployment, { limit: options.limit });
      if (options.json) return printJson(letters);
      printLines(describeLetters(letters));
      say(
        letters.length === 0
          ? 'There are no dead letters.'
          : 'hourglass replay NAME or --all brings the failed ones back; hourglass discard REQUEST puts one away.',
      );
      return;
    }
    const done: Replayed =
      name === undefined
        ? await replay(deployment, { all: true })
        : /[:/]/.test(name) && !/^(mirror|command):[\w.-]+$/.test(name)
          ? await replay(deployment, { requestId: name })
          : await replayNamed();
    if (options.json) return printJson(done);
    printLines([describeReplayed(done)]);

    /** A name is a task's; if none of it is there, it may be a request's id. */
    async function replayNamed(): Promise<Replayed> {
      const byTask = await replay(deployment, { task: nameTask(deployment, name ?? '') });
      return byTask.replayed > 0 ? byTask : replay(deployment, { requestId: name ?? '' });
    }
  });
}

export async function runDiscard(requestId: string, options: DeploymentOptions & { reason: string }): Promise<void> {
  await withDeployment(options, async (deployment) => {
    const letter = await discard(deployment, requestId, options.reason);
    if (options.json) return printJson({ ...letter, discarded: true, discardReason: options.reason });
    printLines([
      `${letter.requestId ?? letter.messageId}${letter.task === null ? '' : ` (${letter.task})`} is put away: ${oneLine(options.reason)}`,
    ]);
  });
}

function describeReplayed({ replayed, requestIds }: Replayed): string {
  if (replayed === 0) return 'nothing to bring back';
  const what = replayed === 1 ? 'one dead letter is' : `${replayed} dead letters are`;
  return `${what} on the way back${requestIds.length > 0 ? `, as ${requestIds.join(', ')}` : ''}`;
}

function describeLetters(letters: readonly DeadLetter[]): string[] {
  return columns(
    letters.map(({ kind, requestId, task, attempts, reason, sentAt, messageId }) => [
      shortTime(sentAt),
      paint(kind === 'failed' ? 'red' : 'yellow', kind),
      task ?? 'not known',
      requestId ?? messageId,
      kind === 'failed' ? count(attempts, 'attempt') : '',
      oneLine(reason ?? '', 160),
    ]),
  );
}
