/** `hourglass history`. */
import { readHistory } from '@hourglass/operations/parts/history/read-history';
import { withDeployment } from './connect.ts';
import { describeEntries } from './describe-life.ts';
import { nameTask } from './name-task.ts';
import { type DeploymentOptions, type Since, sinceMs } from './options.ts';
import { printJson, printLines, say } from './print.ts';

interface HistoryOptions extends DeploymentOptions {
  readonly since?: Since;
  readonly failed?: boolean;
  readonly limit: number;
}

export async function runHistory(name: string | undefined, options: HistoryOptions): Promise<void> {
  await withDeployment(options, async (deployment) => {
    const entries = await readHistory(deployment, {
      task: name === undefined ? undefined : nameTask(deployment, name),
      failedOnly: options.failed,
      sinceMs: sinceMs(options.since, deployment.nowMs()),
      limit: options.limit,
    });
    if (options.json) return printJson(entries);
    printLines(describeEntries(entries));
    if (entries.length === 0) say('No request has ended yet, as far as that goes.');
    else if (entries.length === options.limit) say(`The newest ${options.limit}; --limit gives more.`);
  });
}
