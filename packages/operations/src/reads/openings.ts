/** Openings of the endpoints that have ended, newest first. */
import { readEndedLeases } from '@hourglass/lease-dynamodb';
import type { Deployment } from '../deployment/open-deployment.ts';
import type { Opening } from '../model/index.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';

export async function readOpenings(
  { clients, description, name }: Deployment,
  query: { sinceMs: number; limit: number },
): Promise<Opening[]> {
  const ended = await readEndedLeases(await clients.dynamoDb(), description.table, name, query);
  return ended.map(({ fence, openedAtMs, closedAtMs, failed, message }) => ({
    fence,
    openedAt: isoTimeOrNull(openedAtMs),
    closedAt: isoTime(closedAtMs),
    failed,
    message: message ?? null,
  }));
}
