/**
 * The history, newest first: by time over all tasks, or of one task, whatever carried it. Nothing that is not shown is read, but requests of other tasks
 * that joined. A request that was handed over has an entry of each carrier.
 */
import { type HistoryItem, type HistoryQuery, readTaskHistory, readTimeline } from '@hourglass/lease-dynamodb';
import { leasesOf } from '../deployment/leases.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import type { HistoryEntry } from '../model/index.ts';
import { entryOf } from './entry.ts';

export interface HistoryAsked {
  /** `mirror:<repository>` or `command:<name>`. */
  readonly task?: string | undefined;
  /** Only what failed after its last attempt. */
  readonly failedOnly?: boolean | undefined;
  /** Finished from then on, and before then; epoch milliseconds. */
  readonly sinceMs?: number | undefined;
  readonly beforeMs?: number | undefined;
  readonly limit: number;
}

/** Ends of one task among which its failures are looked for, at most. */
const LOOKED_THROUGH = 1_000;

export async function readHistory(deployment: Deployment, asked: HistoryAsked): Promise<HistoryEntry[]> {
  const ofLeases = leasesOf(deployment).map(async ({ id, carrier }) =>
    (await readLease(deployment, id, asked)).map((item) => ({ item, carrier })),
  );
  return (await Promise.all(ofLeases))
    .flat()
    .sort((a, b) => b.item.atMs - a.item.atMs)
    .map(({ item, carrier }) => entryOf(deployment, item, carrier))
    .filter(({ result }) => !asked.failedOnly || result === 'failed')
    .slice(0, asked.limit);
}

async function readLease(
  { clients, description: { table } }: Deployment,
  leaseId: string,
  asked: HistoryAsked,
): Promise<HistoryItem[]> {
  const document = await clients.dynamoDb();
  const query: HistoryQuery = asked;
  const timeline = (which: 'failed' | 'ended') => readTimeline(document, table, leaseId, which, query);
  const { task, failedOnly } = asked;
  if (task === undefined) {
    return (await Promise.all(failedOnly ? [timeline('failed')] : [timeline('failed'), timeline('ended')])).flat();
  }
  const [own, ended] = await Promise.all([
    readTaskHistory(document, table, leaseId, task, failedOnly ? { ...query, limit: LOOKED_THROUGH } : query),
    failedOnly ? [] : timeline('ended'),
  ]);
  // Of the task's own partition all, of the others those only that have no entry there.
  return [...own, ...ended.filter((item) => item.kind === 'joined' && item.joined.taskKey === task)];
}
