/** What a task has said: the end of its log stream. */
import { GetLogEventsCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import type { Deployment } from '../deployment/open-deployment.ts';
import type { LogLine, RequestLife } from '../model/index.ts';
import { isoTime } from '../times.ts';

/** The last so many lines, oldest first; none where nothing ran, or where the log is gone. */
export async function readTaskLog(
  { clients }: Deployment,
  { logGroup, logStream }: Pick<RequestLife, 'logGroup' | 'logStream'>,
  { limit }: { limit: number },
): Promise<LogLine[]> {
  if (logGroup === null || logStream === null) return [];
  const logs = await clients.logs();
  try {
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({ logGroupName: logGroup, logStreamName: logStream, limit, startFromHead: false }),
    );
    return events.map(({ timestamp = 0, message = '' }) => ({ at: isoTime(timestamp), message }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}
