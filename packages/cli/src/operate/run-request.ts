/** `hourglass request`: asks, and with --wait follows the request until it ends. */
import type { RequestLife } from '@hourglass/operations/model';
import type { Deployment } from '@hourglass/operations/parts/deployment/open-deployment';
import { readLife } from '@hourglass/operations/parts/history/read-life';
import { requestTask } from '@hourglass/operations/parts/requests/request-task';
import { withDeployment } from './connect.ts';
import { describeOutcome } from './describe-life.ts';
import type { DeploymentOptions } from './options.ts';
import { oneLine, printJson, printLines, say } from './print.ts';
import { pause } from './run-status.ts';

interface RequestOptions extends DeploymentOptions {
  readonly maxDelay?: number;
  readonly wait?: boolean;
  readonly source?: string;
}

const LOOK_EVERY_MS = 1_000;
/** Between the bus and the table; after it, a line says where it may be. */
const ACCEPTED_WITHIN_MS = 60_000;
const ENDED = ['succeeded', 'failed', 'superseded', 'discarded'];

export async function runRequest(kind: 'mirror' | 'command', name: string, options: RequestOptions): Promise<void> {
  await withDeployment(options, async (deployment) => {
    const asked = { kind, name, source: options.source, maxDelaySeconds: options.maxDelay };
    const { requestId, task } = await requestTask(deployment, asked);
    if (!options.wait) {
      if (options.json) printJson({ requestId, task, state: 'requested' });
      else printLines([`${task} is asked for as ${requestId}`]);
      return;
    }
    if (!options.json) say(`${task} is asked for as ${requestId}`);
    await follow(deployment, requestId, options.json ?? false);
  });
}

async function follow(deployment: Deployment, requestId: string, json: boolean): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const life = await untilEnded(deployment, requestId, interrupted.signal, json);
    if (life === undefined) {
      say(`The request ${requestId} stands, and goes on without this command: hourglass show ${requestId}`);
      process.exitCode = 130;
      return;
    }
    if (json) printJson({ ...life, result: resultOf(life) });
    else printLines(describeOutcome(life));
    process.exitCode = resultOf(life) === 'succeeded' ? 0 : 1;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** What became of what was asked: of a request that joined another, what became of that one. */
function resultOf(life: RequestLife): string {
  return life.state === 'joined' ? (life.joinedState ?? 'joined') : life.state;
}

/** @returns undefined if it was interrupted */
async function untilEnded(
  deployment: Deployment,
  requestId: string,
  signal: AbortSignal,
  quiet: boolean,
): Promise<RequestLife | undefined> {
  const beganMs = Date.now();
  let [shown, isWarned] = [0, false];
  while (!signal.aborted) {
    const [life] = await readLife(deployment, requestId);
    if (life) {
      if (!quiet) for (const { at, what } of life.steps.slice(shown)) say(`${at.slice(11, 19)}  ${oneLine(what)}`);
      shown = Math.max(shown, life.steps.length);
      if (ENDED.includes(resultOf(life))) return life;
    } else if (!isWarned && Date.now() - beganMs > ACCEPTED_WITHIN_MS) {
      isWarned = true;
      say('It is not accepted yet; if it was refused, hourglass replay shows it with the reason.');
    }
    await pause(LOOK_EVERY_MS, signal);
  }
  return undefined;
}
