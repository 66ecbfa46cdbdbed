/** Lines of several log groups, merged by time. Reads pages until there are enough, and never more than a bounded number of them. */

import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { serviceNames } from '@hourglass/shared/deployment-description';
import type { Deployment } from '../deployment/open-deployment.ts';
import { NotFound } from '../errors.ts';
import type { LogLine } from '../model/log-line.ts';

export interface LogSource {
  /** What its lines are shown as. */
  readonly name: string;
  readonly group: string;
  /** Only of these. */
  readonly streams?: readonly string[];
  /** A filter pattern of CloudWatch Logs. */
  readonly pattern?: string;
  /** Whether a group that is not there is passed over. */
  readonly mayBeMissing?: boolean;
}

export interface ReadLogsOptions {
  readonly sinceMs: number;
  /** Lines at most, the newest of them. */
  readonly limit: number;
}

/** A line, with what it is known by among all: for who asks again and again. */
export type TailedLine = PrintedLine & { readonly eventId: string };

/** One line, and where it was printed: `task`, or the service whose function it was. */
export type PrintedLine = LogLine & { readonly source: string; readonly stream: string };

/** Pages of a group that are read, at most: CloudWatch gives up to 1 MB a page, and empty ones where it has only searched. */
const MOST_PAGES = 50;
/** What FilterLogEvents takes. */
const MOST_STREAMS = 100;

/** @returns oldest first */
export async function readLogs(
  { clients }: Deployment,
  sources: readonly LogSource[],
  { sinceMs, limit }: ReadLogsOptions,
): Promise<TailedLine[]> {
  const client = await clients.logs();
  const read = async ({ name, group, streams, pattern, mayBeMissing }: LogSource): Promise<TailedLine[]> => {
    const lines: TailedLine[] = [];
    let nextToken: string | undefined;
    try {
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const command: FilterLogEventsCommand = new FilterLogEventsCommand({
          logGroupName: group,
          startTime: Math.max(0, Math.trunc(sinceMs)),
          ...(streams !== undefined && { logStreamNames: streams.slice(-MOST_STREAMS) }),
          ...(pattern !== undefined && { filterPattern: pattern }),
          ...(nextToken !== undefined && { nextToken }),
        });
        const answer = await client.send(command);
        for (const { timestamp = 0, message = '', logStreamName = '', eventId = '' } of answer.events ?? []) {
          const at = new Date(timestamp).toISOString();
          lines.push({ at, source: name, stream: logStreamName, message: message.trimEnd(), eventId });
        }
        // Only the newest are shown.
        if (lines.length > 2 * limit) lines.splice(0, lines.length - limit);
        nextToken = answer.nextToken;
        if (nextToken === undefined) break;
      }
    } catch (error) {
      // A task that has only begun has no stream yet, either.
      if ((error as Error).name !== 'ResourceNotFoundException') throw error;
      if (!mayBeMissing && streams === undefined) {
        throw new NotFound(
          `there is no log group ${group}: the services are ${serviceNames.join(', ')}, as far as they were deployed`,
        );
      }
    }
    return lines;
  };
  const all = (await Promise.all(sources.map(read))).flat();
  return all.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0)).slice(-limit);
}
