/** The console of a world on this machine, with keys of its own that may do all. */

import type { Trace } from '@hourglass/cloud';
import { openSource, type RunningConsole } from '@hourglass/console';
import { createOperatorClients, openDeployment } from '@hourglass/operations';
import type { World } from '../world/world.ts';
import { startOn } from './start-on.ts';

/** A simulated AWS answers at once and costs nothing. */
const EVERY_MS = 500;

/** Its calls are no part of what happens in the world. */
export const CONSOLE_USER = 'console';

const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }] };

/** Whether this is the page's own reading. */
export function isConsoleCall(trace: Trace): boolean {
  return trace.kind === 'api' && trace.principal.endsWith(`/${CONSOLE_USER}`);
}

export interface WorldConsole {
  /** 0: any that is free. */
  port: number;
  allowActions: boolean;
}

export async function serveWorld({ cloud, deployment: name }: World, options: WorldConsole): Promise<RunningConsole> {
  const clients = createOperatorClients({
    region: cloud.region,
    credentials: cloud.createUser(CONSOLE_USER, [everything]),
    requestHandler: cloud.requestHandler(),
  });
  const deployment = await openDeployment({ clients, name });
  return await startOn({ source: openSource(deployment), everyMs: EVERY_MS, ...options });
}
