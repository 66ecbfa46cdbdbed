/** When tasks last succeeded and how long that took, for thousands of them: by their keys, a hundred a call. */
import { readSuccesses } from '@hourglass/lease-dynamodb';
import { leasesOf } from '../deployment/leases.ts';
import type { Deployment } from '../deployment/open-deployment.ts';

export interface LastSuccess {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly seconds: number | null;
}

/** @returns by task; what has never succeeded is left out */
export async function readLastSuccesses(
  deployment: Deployment,
  tasks: readonly string[],
): Promise<Map<string, LastSuccess>> {
  const document = await deployment.clients.dynamoDb();
  const { table } = deployment.description;
  const ofLeases = leasesOf(deployment).map(({ id }) => readSuccesses(document, table, id, tasks));
  const found = (await Promise.all(ofLeases)).flatMap((successes) => [...successes]);
  // What was carried either way succeeded last with the later of both.
  found.sort(([, one], [, other]) => one.lastSuccessAtMs - other.lastSuccessAtMs);
  return new Map(
    found.map(([task, { lastSuccessAtMs, lastDurationMs }]) => [
      task,
      { atMs: lastSuccessAtMs, seconds: lastDurationMs === null ? null : Math.round(lastDurationMs / 1_000) },
    ]),
  );
}
