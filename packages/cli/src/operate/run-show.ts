/** `hourglass show`: one request. */
import { readLife } from '@hourglass/operations/parts/history/read-life';
import { CommandFailed } from '../errors.ts';
import { withDeployment } from './connect.ts';
import { describeLife } from './describe-life.ts';
import type { DeploymentOptions } from './options.ts';
import { printJson, printLines } from './print.ts';

export async function runShow(requestId: string, options: DeploymentOptions): Promise<void> {
  await withDeployment(options, async (deployment) => {
    const lives = await readLife(deployment, requestId);
    const [only] = lives;
    if (only === undefined) {
      throw new CommandFailed(
        `nothing is known of a request ${requestId}: it is not accepted yet, was refused (hourglass replay lists those), or is older than a month; hourglass history lists ids`,
      );
    }
    // One id may ask for several tasks; then there are as many lives.
    if (options.json) printJson(lives.length === 1 ? only : lives);
    else printLines(lives.flatMap((life, index) => (index === 0 ? describeLife(life) : ['', ...describeLife(life)])));
  });
}
