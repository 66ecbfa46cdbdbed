/** Which commits a mirror has brought: from the history of its request. */
import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';

/** A request that has ended, of one of the deployment's leases. */
export interface Ended {
  readonly leaseId: string;
  readonly taskKey: string;
  readonly requestId: string;
}

/** An object's id, in SHA-1 or SHA-256. */
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** The history of a task is in the order of its ends, and its event comes seconds after. */
const LATEST = 10;

export function createCommitReader(document: DynamoDBDocumentClient, TableName: string) {
  return async ({ leaseId, taskKey, requestId }: Ended): Promise<readonly string[]> => {
    const { Items = [] } = await document.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :history',
        ExpressionAttributeValues: { ':history': `history#${leaseId}#${taskKey}` },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: LATEST,
      }),
    );
    const found = Items.find(({ data }) => data?.request?.requestId === requestId);
    const changes: { ref?: string; to?: string | null }[] = found?.data?.report?.changes ?? [];
    // A tag may point to an object of its own, which has no status.
    const commits = changes.flatMap(({ ref, to }) =>
      ref?.startsWith('refs/heads/') && to && OBJECT_ID.test(to) ? [to] : [],
    );
    return [...new Set(commits)];
  };
}
