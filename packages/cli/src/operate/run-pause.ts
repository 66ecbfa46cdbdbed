/** `hourglass pause`, `resume` and `close`: each asks, and waits until the lease says so. */
import type { Deployment } from '@hourglass/operations/parts/deployment/open-deployment';
import { pause as askPause, close, readHolds, resume } from '@hourglass/operations/parts/requests/pause';
import { CommandFailed } from '../errors.ts';
import { withDeployment } from './connect.ts';
import { isKnown, nameTask } from './name-task.ts';
import type { DeploymentOptions } from './options.ts';
import { printJson, printLines } from './print.ts';
import { pause as waitFor } from './run-status.ts';

type Holds = Awaited<ReturnType<typeof readHolds>>;

/** An ask goes by the bus and a queue. */
const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 500;

export async function runPause(name: string | undefined, options: DeploymentOptions): Promise<void> {
  await withDeployment(options, async (deployment) => {
    const task = name === undefined ? undefined : nameTask(deployment, name);
    if (task !== undefined && !isKnown(deployment, task)) {
      throw new CommandFailed(`the deployment has no ${task.replace(':', ' ')}`);
    }
    await askPause(deployment, task);
    await untilHolds(deployment, ({ throughout: { everything, tasks } }) =>
      task === undefined ? everything : tasks.includes(task),
    );
    const running = (await readHolds(deployment)).running;
    if (options.json) return printJson({ paused: task ?? 'everything' });
    const still = task === undefined && running > 0 ? `; ${running} still running, which end by themselves` : '';
    printLines([`${task ?? 'everything'} is paused: requests are kept, nothing is started${still}`]);
  });
}

export async function runResume(name: string | undefined, options: DeploymentOptions): Promise<void> {
  await withDeployment(options, async (deployment) => {
    const task = name === undefined ? undefined : nameTask(deployment, name);
    const resumed = await resume(deployment, task);
    await untilHolds(deployment, ({ everything, tasks }) =>
      resumed.every((held) => (held === null ? !everything : !tasks.includes(held))),
    );
    const names = resumed.map((held) => held ?? 'everything');
    if (options.json) return printJson({ resumed: names });
    printLines([names.length === 0 ? 'nothing was paused' : `resumed: ${names.join(', ')}`]);
  });
}

export async function runClose(options: DeploymentOptions): Promise<void> {
  await withDeployment(options, async (deployment) => {
    const before = await readHolds(deployment);
    const isOpen = ({ phase }: Holds) => phase === 'open' || phase === 'opening';
    if (isOpen(before)) {
      await close(deployment);
      await untilHolds(deployment, (holds) => holds.closeAsked || !isOpen(holds));
    }
    const { phase, closeAsked } = await readHolds(deployment);
    if (options.json) return printJson({ phase, closeAsked });
    printLines([describeClose(phase, closeAsked, isOpen(before))]);
  });
}

function describeClose(phase: Holds['phase'], closeAsked: boolean, wasOpen: boolean): string {
  if (!wasOpen) return phase === 'closing' ? 'the endpoints are going already' : 'there are no endpoints to close';
  return closeAsked
    ? 'the endpoints go as soon as nothing runs and nothing is to be started'
    : 'the endpoints are going';
}

async function untilHolds(deployment: Deployment, isSo: (holds: Holds) => boolean): Promise<void> {
  const untilMs = Date.now() + WITHIN_MS;
  while (!isSo(await readHolds(deployment))) {
    if (Date.now() > untilMs) {
      throw new CommandFailed(
        'it was asked for, and the lease does not say so after a minute: look at the intake (hourglass status, hourglass logs --service intake); what was asked stands in its queue',
      );
    }
    await waitFor(LOOK_EVERY_MS, new AbortController().signal);
  }
}
