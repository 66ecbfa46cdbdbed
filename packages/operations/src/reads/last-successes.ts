/** When tasks last succeeded and how long that took, for thousands of them: by their keys, a hundred a call. */
import { readSuccesses } from '@hourglass/lease-dynamodb';
import type { Deployment } from '../deployment/open-deployment.ts';

export interface LastSuccess {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly seconds: number | null;
}

/** @returns by task; what has never succeeded is left out */
export async function readLastSuccesses(
  { clients, description, name }: Deployment,
  tasks: readonly string[],
): Promise<Map<string, LastSuccess>> {
  const found = await readSuccesses(await clients.dynamoDb(), description.table, name, tasks);
  return new Map(
    [...found].map(([task, { lastSuccessAtMs, lastDurationMs }]) => [
      task,
      { atMs: lastSuccessAtMs, seconds: lastDurationMs === null ? null : Math.round(lastDurationMs / 1_000) },
    ]),
  );
}
