/** `hourglass console`: the page over a deployment, with the caller's own credentials. */
import { openSource } from '@hourglass/console';
import type { Deployment } from '@hourglass/operations';
import { withDeployment } from '../operate/connect.ts';
import type { DeploymentOptions } from '../operate/options.ts';
import { untilStopped } from '../until-stopped.ts';
import { startOn } from './start-on.ts';

export interface ConsoleCommandOptions extends DeploymentOptions {
  readonly port: number;
  readonly allowActions?: boolean;
  /** Seconds. */
  readonly every: number;
}

export async function runConsole(options: ConsoleCommandOptions): Promise<void> {
  const { port, allowActions = false, every, json = false } = options;
  const stopped = untilStopped();
  await withDeployment(options, async (deployment) => {
    const running = await startOn({ source: openSource(deployment), port, allowActions, everyMs: every * 1_000 });
    const { name, region } = deployment;
    if (json) process.stdout.write(`${JSON.stringify({ console: running.address, deployment: name, region })}\n`);
    else process.stdout.write(explain(running.address, deployment, allowActions));
    await stopped;
    await running.close();
  });
}

function explain(address: string, { name, region }: Deployment, allowActions: boolean): string {
  const acts = allowActions ? 'It may act.' : 'It only looks; with --allow-actions it may act.';
  return `The console of ${name} in ${region}:\n\n  ${address}\n\n${acts} The address holds a token, and is for this machine alone. Ctrl-C ends it.\n`;
}
