/** `hourglass status`: once, or again and again. */
import type { Deployment } from '@hourglass/operations/parts/deployment/open-deployment';
import { readStatus } from '@hourglass/operations/parts/status/read-status';
import { untilStopped } from '../until-stopped.ts';
import { withDeployment } from './connect.ts';
import { describeStatus } from './describe-status.ts';
import type { DeploymentOptions } from './options.ts';
import { printJson, printLines } from './print.ts';

const EVERY_MS = 2_000;

export async function runStatus(options: DeploymentOptions & { watch?: boolean }): Promise<void> {
  await withDeployment(options, async (deployment) => {
    if (options.watch) return watch(deployment, options.json ?? false);
    const status = await readStatus(deployment);
    if (options.json) printJson(status);
    else printLines(describeStatus(status));
  });
}

/** On a terminal each status replaces the one before; in a pipe they follow each other. */
async function watch(deployment: Deployment, json: boolean): Promise<void> {
  const stopped = new AbortController();
  void untilStopped().then(() => stopped.abort());
  while (!stopped.signal.aborted) {
    const status = await readStatus(deployment);
    if (json) printJson(status);
    else {
      if (process.stdout.isTTY) process.stdout.write('\u001b[H\u001b[2J');
      printLines([...describeStatus(status), '']);
    }
    await pause(EVERY_MS, stopped.signal);
  }
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
