/** The history, newest first: by time over all tasks, or of one task. Nothing that is not shown is read, but requests of other tasks that joined. */
import { type HistoryQuery, readTaskHistory, readTimeline } from '@hourglass/lease-dynamodb';
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

export async function readHistory(deployment: Deployment, asked: HistoryAsked): Promise<HistoryEntry[]> {
  const { clients, description, name } = deployment;
  const document = await clients.dynamoDb();
  const query: HistoryQuery = asked;
  const timeline = (which: 'failed' | 'ended') => readTimeline(document, description.table, name, which, query);
  const { task } = asked;
  const reads =
    task === undefined
      ? asked.failedOnly
        ? [timeline('failed')]
        : [timeline('failed'), timeline('ended')]
      : [
          readTaskHistory(document, description.table, name, task, query),
          ...(asked.failedOnly ? [] : [timeline('ended')]),
        ];
  const [first = [], ...others] = await Promise.all(reads);
  // Of the task's own partition all, of the others those only that have no entry there.
  const more = others
    .flat()
    .filter((item) => task === undefined || (item.kind === 'joined' && item.joined.taskKey === task));
  return [...first, ...more]
    .sort((a, b) => b.atMs - a.atMs)
    .map((item) => entryOf(deployment, item))
    .filter(({ result }) => !asked.failedOnly || result === 'failed')
    .slice(0, asked.limit);
}
