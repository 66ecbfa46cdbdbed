/** What the endpoints have cost since a moment, such as the day's beginning. */
import type { Deployment } from '../deployment/open-deployment.ts';
import type { MonthCost } from '../model/index.ts';
import { readCostSince } from '../status/month-cost.ts';
import { readLeaseStates } from '../status/read-status.ts';

export async function readCost(deployment: Deployment, sinceMs: number): Promise<MonthCost> {
  const lease = readLeaseStates(deployment).then(([state]) => state.lease);
  return await readCostSince(deployment, lease, sinceMs);
}
